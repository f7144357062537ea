/** Alerts on the telemetry of the operator: whether it arrives and is correct. */

import { selecting } from "../PromQl.ts"
import type { Alert, AlertGroup } from "./Alert.ts"

const of = selecting()
const exports = "spark.operator.telemetry.exports"
const faults = "spark.operator.telemetry.faults"
const reads = "spark.operator.progress.reads"

const exporting: Alert = {
  name: "FiresteelExportFailing",
  severity: "warning",
  expr: `sum by (job, signal) (rate(${of(exports, 'outcome="failure"')}[15m]))\n  / sum by (job, signal) (rate(${of(exports)}[15m])) > 0.5`,
  for: "15m",
  summary: "{{ $labels.signal }} do not reach the OTLP backend",
  description:
    "{{ $value | humanizePercentage }} of the exports of {{ $labels.signal }} by {{ $labels.job }} fail. The operator itself continues. Metrics catch up by themselves, traces and logs are dropped after some minutes.",
  look: ["The operator's log: once at `warn`, with the address and the backend's answer."],
  act: [
    "Fix the backend or the Collector, or `OTEL_EXPORTER_OTLP_ENDPOINT`, `…_HEADERS`, `…_CERTIFICATE`; see docs/telemetry.md.",
    "This alert cannot fire for metrics that are sent over OTLP only: FiresteelDown fires instead.",
  ],
}

const dropped: Alert = {
  name: "FiresteelTelemetryDropped",
  severity: "info",
  expr: `sum by (job, signal, reason) (increase(${of("spark.operator.telemetry.dropped", 'reason!="shutdown"')}[15m])) > 0`,
  for: "5m",
  summary: "{{ $labels.signal }} are dropped ({{ $labels.reason }})",
  description:
    '{{ printf "%.0f" $value }} records of {{ $labels.signal }} were dropped in a quarter of an hour and will never arrive.',
  look: [
    "`rejected`: the backend rejects them; the operator's log has its answer. `unanswered`: it did not answer for minutes. `queue_full`: there are more than can be sent.",
  ],
  act: [
    "`queue_full`: sample (`OTEL_TRACES_SAMPLER_ARG`) or enlarge the queue (`OTEL_BSP_MAX_QUEUE_SIZE`, `OTEL_BLRP_MAX_QUEUE_SIZE`).",
    "`rejected`: limits and tokens of the backend.",
  ],
}

const fault: Alert = {
  name: "FiresteelTelemetryFault",
  severity: "warning",
  expr: `sum by (job, fault) (increase(${of(faults, 'fault=~"negative_gauge|collection"')}[1h])) > 0`,
  summary: "Metrics of the operator may be wrong ({{ $labels.fault }})",
  description:
    '{{ $labels.job }} noticed {{ printf "%.0f" $value }} times in the last hour that its own metrics are incomplete or inexact. That is a bug in Firesteel.',
  look: ["The operator's log at the time of the increase; dashboard Operator, *Faults*."],
  act: ["Restart the operator: gauges are counted again from what exists.", "Report it, with the log."],
}

const overflow: Alert = {
  name: "FiresteelCardinalityOverflow",
  severity: "info",
  expr: `sum by (job) (increase(${of(faults, 'fault="attribute_overflow"')}[1h])) > 0`,
  summary: "Metrics have more namespaces or labels than are distinguished",
  description:
    "{{ $labels.job }} saw more than 100 values of the namespace or of a label of `--metrics-labels`, or more applications than have series of their own. The others are counted under `__other__`, so sums stay correct.",
  look: [
    "`count by (k8s_namespace_name) (spark_application_created_total)` and the same for your labels: which has too many?",
  ],
  act: [
    "Remove labels with many values from `--metrics-labels`.",
    "Many namespaces: run several operators. Many applications: `--metrics-per-application=false`.",
  ],
}

const unreadable: Alert = {
  name: "FiresteelDriversUnreadable",
  severity: "info",
  expr: `sum by (job) (rate(${of(reads, 'outcome!="success"')}[30m]))\n  / sum by (job) (rate(${of(reads)}[30m])) > 0.9`,
  for: "30m",
  summary: "The progress of running applications cannot be read",
  description:
    "{{ $value | humanizePercentage }} of the readings of {{ $labels.job }} fail, so applications show no progress. They continue to run.",
  look: [
    "Dashboard Operator, *Readings of drivers*: `unreachable` and `timeout` are the network, `forbidden` a login in front of the UI or a missing right, `refused` a UI that does not listen.",
  ],
  act: [
    "NetworkPolicies and meshes: let the operator reach port 4040 of drivers, or go through the API server (`--spark-ui-access proxy`); see docs/progress.md.",
    "If progress is not needed: `--spark-ui-access off`.",
  ],
}

export const telemetryAlerts: AlertGroup = {
  name: "firesteel-telemetry",
  title: "Telemetry",
  alerts: [exporting, dropped, fault, overflow, unreadable],
}
