/** Alerts on applications that do not start, run or end as they should. */

import { transientStates } from "../Matchers.ts"
import { selecting } from "../PromQl.ts"
import type { Alert, AlertGroup } from "./Alert.ts"

const of = selecting()
const attemptFailed = "spark.application.attempt.failed"
const namespaced = "job, k8s_namespace_name"
const perApplication = "job, k8s_namespace_name, app_name"

const rise = (series: string, range: string, by = namespaced): string =>
  `sum by (${by}) (increase(${series}[${range}]))`

/** Failed attempts of one reason. */
const failures = (reason: string, range: string, more: number): string =>
  `${rise(of(attemptFailed, `reason=~"${reason}"`), range, `${namespaced}, reason`)} > ${more}`

const describe = "`kubectl describe sparkapplication`: state, reason and message, conditions, Events."
const inState = (state: string) => `\`kubectl get sparkapplications -n <namespace>\`, those in ${state}.`

const stuck: Alert = {
  name: "SparkApplicationStuck",
  severity: "warning",
  expr: `max by (${namespaced}, state) (${of("spark.application.state.age.max", transientStates)}) > 1800`,
  summary: "An application in {{ $labels.k8s_namespace_name }} is stuck in {{ $labels.state }}",
  description:
    "It has been in {{ $labels.state }} for {{ $value | humanizeDuration }}, a state that should pass within minutes. Find it with kubectl and see what it waits for. This alert fires for every application that hangs, whatever the reason.",
  look: [
    inState("the state of the alert: it is the oldest one."),
    `${describe} In SUBMITTED the condition reports what the driver pod waits for: image, node, volume, configuration.`,
    "NEW: no operator reconciles it. Is the operator up, and is the namespace among `--namespaces`?",
  ],
  act: [
    "Fix what the condition reports: the image's name, capacity of the cluster, a missing volume or Secret.",
    "Deadlines end such a wait automatically (`spec.deadlines`, `--started-deadline` and similar flags; docs/lifecycle.md).",
    "PENDING_RERUN with a long `onFailureRetryInterval` may be intended: change the threshold for that namespace.",
  ],
}

/** The operator's own part of the wait. The bound is `10.0` when scraped by Prometheus 3, and `10` over OTLP. */
const slow = (range: string): string => {
  const phase = 'phase=~"accept|submit"'
  const name = "spark.application.phase.duration"
  return `(1 - sum by (job) (rate(${of.buckets(name, phase, 'le=~"10(\\\\.0)?"')}[${range}])) / sum by (job) (rate(${of.count(name, phase)}[${range}]))) > 14.4 * 0.01`
}

const slowSubmission: Alert = {
  name: "SparkSubmissionSlow",
  severity: "critical",
  expr: `${slow("1h")}\nand ${slow("5m")}`,
  summary: "Applications wait for the operator",
  description:
    "{{ $value | humanizePercentage }} of the applications of the last hour waited longer than 10 s to be accepted or submitted by {{ $labels.job }}; the objective is 1 %. At this rate the error budget of a month is used up in two days.",
  look: [
    "Dashboard Fleet, *Phases, p95*: `accept` is the operator's queue, `submit` its requests to the API server. Neither includes waiting in a queue by `spec.suspend`, for nodes or for images.",
    "Dashboard Operator: if the operator is the cause, its own alerts fire as well.",
  ],
  act: [
    "As for FiresteelQueueSlow.",
    "A slow admission webhook for pods makes every submission slow: `apiserver_admission_webhook_admission_duration_seconds`.",
  ],
}

const failing: Alert = {
  name: "SparkFailureRateHigh",
  severity: "warning",
  expr: [
    `${rise(of("spark.application.failed"), "1h")}`,
    `  / (${rise(of("spark.application.failed"), "1h")} + ${rise(of("spark.application.succeeded"), "1h")}) > 0.5`,
    `and ${rise(of("spark.application.failed"), "1h")} > 4`,
  ].join("\n"),
  for: "5m",
  summary: "Most applications in {{ $labels.k8s_namespace_name }} fail",
  description:
    "{{ $value | humanizePercentage }} of the applications that ended within an hour failed permanently. Failures that a retry recovered from are not counted. See which reason they have in common.",
  look: ["Dashboard Fleet with this namespace, *Failed attempts by reason*.", `${inState("FAILED")} ${describe}`],
  act: [
    "`UserError`: their own code; see the driver's log. Did an image, a table or a password change?",
    "Another reason: docs/telemetry.md explains it, and most have an alert of their own.",
  ],
}

const retries: Alert = {
  name: "SparkRetryStorm",
  severity: "warning",
  expr: [
    `${rise(of("spark.application.retries"), "15m")} > 20`,
    `and ${rise(of("spark.application.retries"), "15m")} > 0.5 * ${rise(of("spark.application.submitted"), "15m")}`,
  ].join("\n"),
  summary: "Applications in {{ $labels.k8s_namespace_name }} fail and are retried again and again",
  description:
    '{{ printf "%.0f" $value }} retries in a quarter of an hour, more than half of all submissions there: load without results. See why the attempts fail.',
  look: ["Dashboard Fleet with this namespace, *Failed attempts by reason*.", describe],
  act: [
    "Fix the cause of the failures; meanwhile `spec.suspend: true` stops an application.",
    "Fewer or later retries: `restartPolicy.onFailureRetries`, `onFailureRetryInterval`.",
  ],
}

const memory: Alert = {
  name: "SparkDriverOutOfMemory",
  severity: "warning",
  expr: failures("OOMKilled|OutOfMemoryError", "1h", 2),
  summary: "Drivers in {{ $labels.k8s_namespace_name }} run out of memory ({{ $labels.reason }})",
  description: '{{ printf "%.0f" $value }} attempts within an hour ended because their driver had too little memory.',
  look: [`${inState("FAILED or PENDING_RERUN")} \`status.attempts[].failure\` has the reason.`],
  act: [
    "`OOMKilled`: the pod needs more than the heap: raise `driver.memoryOverhead` (Python, native memory).",
    "`OutOfMemoryError`: raise `driver.memory`, or collect less to the driver.",
  ],
}

const image: Alert = {
  name: "SparkImagePullFailing",
  severity: "warning",
  expr: failures("ImagePull", "30m", 0),
  summary: "Images cannot be pulled in {{ $labels.k8s_namespace_name }}",
  description:
    '{{ printf "%.0f" $value }} attempts within half an hour were given up because an image could not be pulled.',
  look: ["The message of the attempt has the image and the registry's answer.", describe],
  act: ["The image's name and tag; `spec.imagePullSecrets`; the registry and its limits."],
}

const unschedulable: Alert = {
  name: "SparkUnschedulable",
  severity: "warning",
  expr: failures("Unschedulable", "30m", 0),
  summary: "No node has capacity for drivers of {{ $labels.k8s_namespace_name }}",
  description:
    '{{ printf "%.0f" $value }} attempts within half an hour were given up because no node could run their driver.',
  look: [
    "The message of the attempt is the scheduler's: what was missing, and on how many nodes.",
    "Does the autoscaler add nodes?",
  ],
  act: [
    "Capacity of the cluster; node selectors, tolerations and affinities of the application.",
    "Many at once: put a queue in front (docs/batch-schedulers.md).",
  ],
}

const quota: Alert = {
  name: "SparkQuotaExceeded",
  severity: "warning",
  expr: failures("QuotaExceeded", "30m", 0),
  summary: "The quota of {{ $labels.k8s_namespace_name }} is used up",
  description: '{{ printf "%.0f" $value }} submissions within half an hour were refused because of a ResourceQuota.',
  look: ["`kubectl describe resourcequota -n <namespace>`: what is used, and by what? Executors count, too."],
  act: ["Raise the quota, stop what is not needed, or let a queue admit applications one after the other."],
}

const nodes: Alert = {
  name: "SparkDriversLost",
  severity: "warning",
  expr: failures("NodeLost|Evicted|Preempted|DriverLost", "1h", 2),
  summary: "Drivers in {{ $labels.k8s_namespace_name }} are lost ({{ $labels.reason }})",
  description:
    '{{ printf "%.0f" $value }} attempts within an hour ended because the cluster deleted or lost their driver, through no fault of its own. If the restart policy allows it, they start from scratch.',
  look: [
    "Events of nodes and pods at that time: drains, spot nodes, pressure on memory or disk, pods of a higher priority.",
  ],
  act: [
    "Run drivers on nodes that stay: node selector, priority class; executors may run on spot nodes.",
    "A PodDisruptionBudget for drivers (`--enable-driver-pdb`) delays drains; `Evicted` because of pressure: raise requests.",
  ],
}

const executors: Alert = {
  name: "SparkExecutorLossHigh",
  severity: "warning",
  expr: [
    `${rise(of("spark.executor.failed"), "15m")} > 10`,
    `and ${rise(of("spark.executor.failed"), "15m")}`,
    `  > 0.2 * sum by (${namespaced}) (max_over_time(${of("spark.executor.running")}[15m]))`,
  ].join("\n"),
  for: "5m",
  summary: "Executors in {{ $labels.k8s_namespace_name }} fail in large numbers",
  description:
    '{{ printf "%.0f" $value }} executors failed in a quarter of an hour, more than a fifth of those that ran. Spark replaces them, but their work is repeated, and applications that lose too many fail.',
  look: [
    "Dashboard Pod lifecycle, *Failed executors by reason*.",
    "`status.recentExecutorFailures` of the applications.",
  ],
  act: [
    "`OOMKilled`: raise `executor.memoryOverhead`; `OutOfMemoryError`: `executor.memory`, or more partitions.",
    "`Evicted`, `Preempted`, `NodeLost`: check the nodes; Spark's decommissioning saves shuffle data (`spark.decommission.enabled`).",
  ],
}

const batchAge = `max by (${perApplication}) (${of("spark.application.batch.age")})`

const streaming: Alert = {
  name: "SparkStreamingStalled",
  severity: "critical",
  // Without series per application only the namespace is known.
  expr: [
    `${batchAge} > 600`,
    `or (max by (${namespaced}) (${of("spark.streaming.batch.age")}) > 600 unless on (${namespaced}) ${of("spark.application.batch.age")})`,
  ].join("\n"),
  for: "5m",
  summary: "Streaming application {{ $labels.app_name }} in {{ $labels.k8s_namespace_name }} makes no progress",
  description:
    "No micro-batch has ended for {{ $value | humanizeDuration }}. Its output is late by that much. See whether it waits for executors, for its source or for one slow task.",
  look: [
    "Dashboard Application: executors, running tasks, *Activity*.",
    "The driver's log, and its Spark UI, page Structured Streaming.",
  ],
  act: [
    "No executors: capacity, quota, failing executors (dashboard Pod lifecycle).",
    "One batch takes that long: limit its input (`maxOffsetsPerTrigger`, `maxFilesPerTrigger`) or add executors.",
    "A trigger interval longer than ten minutes is not a fault: change the threshold for it.",
  ],
}

const idle: Alert = {
  name: "SparkApplicationNoProgress",
  severity: "info",
  expr: `max by (${perApplication}) (${of("spark.application.progress.age")}) > 7200\nunless ${batchAge}`,
  summary: "No progress in {{ $labels.k8s_namespace_name }}/{{ $labels.app_name }}",
  description:
    "No job, stage or task has begun or ended for {{ $value | humanizeDuration }}, although its driver runs. It may wait for executors or another system, or hang in its own code.",
  look: ["Dashboard Application.", "A thread dump of the driver: Spark UI, page Executors, or `jstack` in the pod."],
  act: [
    "A service that waits for clients (Thrift, Connect, notebooks) may be idle: exclude it from this rule.",
    "It hangs: delete or suspend it; `spec.deadlines.runningSeconds` ends such runs automatically.",
  ],
}

export const applicationAlerts: AlertGroup = {
  name: "spark-applications",
  title: "Applications",
  alerts: [
    stuck,
    slowSubmission,
    failing,
    retries,
    memory,
    image,
    unschedulable,
    quota,
    nodes,
    executors,
    streaming,
    idle,
  ],
}
