/** Do probes kill what they should protect, and does everything that runs get on? Needs `spec.healthChecks`, or probes of one's own. */

import { selecting } from "../PromQl.ts"
import type { Alert, AlertGroup } from "./Alert.ts"

const of = selecting()
const namespaced = "job, k8s_namespace_name"

const kills = (role: string, range: string, more: number): string =>
  `sum by (${namespaced}, probe, preset) (increase(${of("spark.operator.probe.kills", `role="${role}"`)}[${range}])) > ${more}`

const aboveZero = (series: string): string =>
  `sum by (${namespaced}) (max without (instance, pod, node) (${series})) > 0`

const driver: Alert = {
  name: "SparkDriverKilledByProbe",
  severity: "warning",
  expr: kills("driver", "30m", 0),
  summary: "The {{ $labels.probe }} probe kills drivers in {{ $labels.k8s_namespace_name }}",
  description:
    '{{ printf "%.0f" $value }} drivers within half an hour ended because their {{ $labels.probe }} probe failed (preset {{ $labels.preset }}). Either they hang, or the probe is too impatient.',
  look: [
    "`status.attempts[].message` has the kubelet's words; `failure` is `ProbeFailed`.",
    "Dashboard Fleet, *Health*: does readiness fail as well? The driver's log and heap at that time: long collections stop the UI.",
  ],
  act: [
    "`startup`: what takes so long? Packages and images belong into the image; else raise `startup.failureThreshold`.",
    "`liveness`: more memory or a whole core; `computeHeavy: true`; a higher `failureThreshold` (docs/health-checks.md).",
    "Preset `none`: a probe of the application's own template; see what `firesteel render` shows with a preset.",
  ],
}

const executor: Alert = {
  name: "SparkExecutorsKilledByProbe",
  severity: "warning",
  expr: kills("executor", "15m", 5),
  summary: "The {{ $labels.probe }} probe kills executors in {{ $labels.k8s_namespace_name }}",
  description:
    '{{ printf "%.0f" $value }} executors within a quarter of an hour ended because their {{ $labels.probe }} probe failed (preset {{ $labels.preset }}). Their work is done again.',
  look: ["`status.recentExecutorFailures` of the applications.", "Throttled CPUs: limits below what tasks use."],
  act: [
    "Leave liveness of executors out, unless a policy demands it: Spark notices by itself when one is lost.",
    "Higher `failureThreshold` and `timeoutSeconds` in `spec.healthChecks.executor`.",
  ],
}

const stalled: Alert = {
  name: "SparkApplicationStalled",
  severity: "warning",
  expr: aboveZero(of("spark.application.stalled")),
  for: "5m",
  summary: "Applications in {{ $labels.k8s_namespace_name }} do not get on",
  description:
    '{{ printf "%.0f" $value }} running applications are stalled by the limits of their own watchdog: nothing begins or ends, or the newest micro-batch is too old. They hold executors for nothing.',
  look: [
    "`kubectl get sparkapplications -n <namespace> -o json | jq -r '.items[] | select(.status.stalled) | \"\\(.metadata.name) \\(.status.stalled.message)\"'`",
    "Dashboard Application: executors, running tasks, *When what went on*. A thread dump of the driver.",
  ],
  act: [
    "No executors: room, quota, failing executors (dashboard Pod lifecycle).",
    "One task that really takes longer: raise `spec.healthChecks.watchdog.stalledSeconds`; a change of it restarts nothing.",
    "`watchdog.restart: true` lets the operator end such runs by itself.",
  ],
}

const silent: Alert = {
  name: "SparkExecutorsSilent",
  severity: "warning",
  expr: aboveZero(of("spark.executor.silent")),
  for: "10m",
  summary: "Executors in {{ $labels.k8s_namespace_name }} run that no driver counts",
  description:
    '{{ printf "%.0f" $value }} executor pods run although their driver does not hear of them: they cost and do nothing. Mostly a node or a JVM hangs, or a network policy is in the way.',
  look: [
    "`status.silentExecutors.names` of the applications whose condition `ExecutorsHeard` is false.",
    "Their nodes.",
  ],
  act: [
    "Delete these pods; the driver makes others. `spec.healthChecks.executor.heartbeat.replace: true` does it by itself.",
    "All of an application: can its executors reach the driver's RPC port?",
  ],
}

export const healthAlerts: AlertGroup = {
  name: "spark-health",
  title: "Health checks",
  alerts: [driver, executor, stalled, silent],
}
