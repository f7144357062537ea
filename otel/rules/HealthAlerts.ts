/** Alerts on probes that kill healthy pods, and on runs that make no progress. Need `spec.healthChecks` or probes in pod templates. */

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
    '{{ printf "%.0f" $value }} drivers within half an hour ended because their {{ $labels.probe }} probe failed (preset {{ $labels.preset }}). Either they hang, or the probe is too strict.',
  look: [
    "`status.attempts[].message` has the kubelet's message; `failure` is `ProbeFailed`.",
    "Dashboard Fleet, *Health*: does readiness fail as well? The driver's log and heap at that time: long garbage collections stop the UI.",
  ],
  act: [
    "`startup`: what takes so long? Put packages and dependencies into the image, or raise `startup.failureThreshold`.",
    "`liveness`: more memory or a whole core; `computeHeavy: true`; a higher `failureThreshold` (docs/health-checks.md).",
    "Preset `none`: a probe of the application's own template; compare it with what `firesteel render` shows for a preset.",
  ],
}

const executor: Alert = {
  name: "SparkExecutorsKilledByProbe",
  severity: "warning",
  expr: kills("executor", "15m", 5),
  summary: "The {{ $labels.probe }} probe kills executors in {{ $labels.k8s_namespace_name }}",
  description:
    '{{ printf "%.0f" $value }} executors within a quarter of an hour ended because their {{ $labels.probe }} probe failed (preset {{ $labels.preset }}). Their work is repeated.',
  look: ["`status.recentExecutorFailures` of the applications.", "CPU throttling: limits below what tasks use."],
  act: [
    "Remove the liveness probe of executors unless a policy requires it: Spark itself detects lost executors.",
    "Higher `failureThreshold` and `timeoutSeconds` in `spec.healthChecks.executor`.",
  ],
}

const stalled: Alert = {
  name: "SparkApplicationStalled",
  severity: "warning",
  expr: aboveZero(of("spark.application.stalled")),
  for: "5m",
  summary: "Applications in {{ $labels.k8s_namespace_name }} make no progress",
  description:
    '{{ printf "%.0f" $value }} running applications are stalled by the limits of their own watchdog: nothing begins or ends, or the newest micro-batch is too old. They occupy executors without using them.',
  look: [
    "`kubectl get sparkapplications -n <namespace> -o json | jq -r '.items[] | select(.status.stalled) | \"\\(.metadata.name) \\(.status.stalled.message)\"'`",
    "Dashboard Application: executors, running tasks, *Activity*. A thread dump of the driver.",
  ],
  act: [
    "No executors: capacity, quota, failing executors (dashboard Pod lifecycle).",
    "One task that really takes longer: raise `spec.healthChecks.watchdog.stalledSeconds`; changing it restarts nothing.",
    "`watchdog.restart: true` lets the operator end such runs automatically.",
  ],
}

const silent: Alert = {
  name: "SparkExecutorsSilent",
  severity: "warning",
  expr: aboveZero(of("spark.executor.silent")),
  for: "10m",
  summary: "Executors in {{ $labels.k8s_namespace_name }} are unknown to their drivers",
  description:
    '{{ printf "%.0f" $value }} executor pods run although their driver does not list them as active: they use resources and do nothing. Usually a node or a JVM hangs, or a network policy blocks them.',
  look: [
    "`status.silentExecutors.names` of the applications whose condition `ExecutorsHeard` is false.",
    "Their nodes.",
  ],
  act: [
    "Delete these pods; the driver creates new ones. `spec.healthChecks.executor.heartbeat.replace: true` does it automatically.",
    "All executors of an application: can they reach the driver's RPC port?",
  ],
}

export const healthAlerts: AlertGroup = {
  name: "spark-health",
  title: "Health checks",
  alerts: [driver, executor, stalled, silent],
}
