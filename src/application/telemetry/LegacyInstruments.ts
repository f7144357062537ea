/**
 * Further metric names, letter for letter, for dashboards and alerts that exist. `v1` is the line of earlier Spark operators up to
 * v1beta2-1.6, `v2` is kubeflow's operator 2.x: names and types are those of `sparkapp_metrics.go` (v1) and `sparkapplication_metrics.go`,
 * `executor_metrics.go` (v2). `pods` are the names of the proposal for metrics of the life of pods, per application. They are computed from
 * the collected points of other instruments and are on `/metrics` only.
 */

/** Bounds of the histograms in seconds, unless the settings give others: the defaults of kubeflow's operator. */
export const legacyBuckets: ReadonlyArray<number> = [30, 60, 90, 120, 150, 180, 210, 240, 270, 300]

export interface LegacyInstrument {
  readonly set: LegacySet
  readonly name: string
  readonly kind: "counter" | "gauge" | "summary" | "histogram"
  readonly help: string
  /** The instrument whose points are summed up. */
  readonly from: string
  /** Only points with this attribute `result`. */
  readonly result?: "Succeeded" | "Failed"
  /** Durations are measured in seconds; the summaries of v1 are in microseconds. */
  readonly scale?: number
}

export type LegacySet = "v1" | "v2" | "pods"

const micros = 1_000_000
const v1 = (
  name: string,
  kind: LegacyInstrument["kind"],
  from: string,
  help: string,
  more: Partial<LegacyInstrument> = {},
): LegacyInstrument => ({ set: "v1", name, kind, from, help, ...more })
const v2: typeof v1 = (name, kind, from, help, more = {}) => ({ ...v1(name, kind, from, help, more), set: "v2" })
const pods = (name: string, from: string, help: string): LegacyInstrument => ({
  ...v1(name, "counter", from, help),
  set: "pods",
})

export const legacyInstruments: ReadonlyArray<LegacyInstrument> = [
  v1("spark_app_count", "counter", "spark.application.created", "Total Number of Spark Apps Handled by the Operator"),
  v1("spark_app_submit_count", "counter", "spark.application.submitted", "Spark App Submits via the Operator"),
  v1(
    "spark_app_success_count",
    "counter",
    "spark.application.by_label.runs",
    "Spark App Success Count via the Operator",
    {
      result: "Succeeded",
    },
  ),
  v1(
    "spark_app_failure_count",
    "counter",
    "spark.application.by_label.runs",
    "Spark App Failure Count via the Operator",
    {
      result: "Failed",
    },
  ),
  v1(
    "spark_app_failed_submission_count",
    "counter",
    "spark.application.submission.failed",
    "Spark App Failed Submission Count via the Operator",
  ),
  v1("spark_app_running_count", "gauge", "spark.application.running", "Spark App Running Count via the Operator"),
  v1(
    "spark_app_success_execution_time_microseconds",
    "summary",
    "spark.application.by_label.execution.duration",
    "Spark App Successful Execution Runtime via the Operator",
    { result: "Succeeded", scale: micros },
  ),
  v1(
    "spark_app_failure_execution_time_microseconds",
    "summary",
    "spark.application.by_label.execution.duration",
    "Spark App Failed Execution Runtime via the Operator",
    { result: "Failed", scale: micros },
  ),
  v1(
    "spark_app_start_latency_microseconds",
    "summary",
    "spark.application.by_label.start.duration",
    "Spark App Start Latency via the Operator",
    {
      scale: micros,
    },
  ),
  v1(
    "spark_app_start_latency_seconds",
    "histogram",
    "spark.application.by_label.start.duration",
    "Spark App Start Latency counts in buckets via the Operator",
  ),
  v1(
    "spark_app_executor_running_count",
    "gauge",
    "spark.executor.running",
    "Spark App Running Executor Count via the Operator",
  ),
  v1(
    "spark_app_executor_success_count",
    "counter",
    "spark.executor.succeeded",
    "Spark App Successful Executor Count via the Operator",
  ),
  v1(
    "spark_app_executor_failure_count",
    "counter",
    "spark.executor.failed",
    "Spark App Failed Executor Count via the Operator",
  ),

  v2("spark_application_count", "counter", "spark.application.created", "Total number of SparkApplication"),
  v2(
    "spark_application_submit_count",
    "counter",
    "spark.application.submitted",
    "Total number of submitted SparkApplication",
  ),
  v2(
    "spark_application_failed_submission_count",
    "counter",
    "spark.application.submission.failed",
    "Total number of failed SparkApplication submission",
  ),
  v2(
    "spark_application_running_count",
    "gauge",
    "spark.application.running",
    "Total number of running SparkApplication",
  ),
  v2(
    "spark_application_success_count",
    "counter",
    "spark.application.succeeded",
    "Total number of successful SparkApplication",
  ),
  v2(
    "spark_application_failure_count",
    "counter",
    "spark.application.failed",
    "Total number of failed SparkApplication",
  ),
  v2(
    "spark_application_success_execution_time_seconds",
    "summary",
    "spark.application.by_label.last_run.duration",
    "Execution time of successful SparkApplication",
    { result: "Succeeded" },
  ),
  v2(
    "spark_application_failure_execution_time_seconds",
    "summary",
    "spark.application.by_label.last_run.duration",
    "Execution time of failed SparkApplication",
    { result: "Failed" },
  ),
  v2(
    "spark_application_submit_latency_seconds",
    "summary",
    "spark.application.by_label.submit.duration",
    "Submit latency of SparkApplication",
  ),
  v2(
    "spark_application_submit_latency_seconds_histogram",
    "histogram",
    "spark.application.by_label.submit.duration",
    "Submit latency of SparkApplication in seconds as a histogram",
  ),
  v2(
    "spark_application_start_latency_seconds",
    "summary",
    "spark.application.by_label.start.duration",
    "Start latency of SparkApplication",
  ),
  v2(
    "spark_application_start_latency_seconds_histogram",
    "histogram",
    "spark.application.by_label.start.duration",
    "Start latency of SparkApplication in seconds as a histogram",
  ),
  v2("spark_executor_running_count", "gauge", "spark.executor.running", "Total number of running Spark executors"),
  v2(
    "spark_executor_success_count",
    "counter",
    "spark.executor.succeeded",
    "Total number of successful Spark executors",
  ),
  v2("spark_executor_failure_count", "counter", "spark.executor.failed", "Total number of failed Spark executors"),

  pods("spark_pod_creations_total", "spark.operator.pod.creations", "Spark pods that were created"),
  pods("spark_pod_updates_total", "spark.operator.pod.updates", "Changes of Spark pods"),
  pods("spark_pod_deletions_total", "spark.operator.pod.deletions", "Spark pods that were deleted"),
]

/** The work queue in the set v1: these follow the prefix and the name of the queue. */
export const legacyQueueInstruments = {
  depth: { kind: "gauge", from: "workqueue.depth", help: "Current depth of workqueue: " },
  adds: { kind: "counter", from: "workqueue.adds", help: "Total number of adds handled by workqueue: " },
  latency: { kind: "summary", from: "workqueue.queue.duration", help: "Latency for workqueue: " },
  work_duration: {
    kind: "summary",
    from: "workqueue.work.duration",
    help: "How long processing an item from workqueue takes: ",
  },
  retries: { kind: "counter", from: "workqueue.retries", help: "Total number of retries handled by workqueue: " },
  unfinished_work_seconds: { kind: "gauge", from: "workqueue.unfinished_work", help: "Unfinished work seconds: " },
  longest_running_processor_microseconds: {
    kind: "gauge",
    from: "workqueue.longest_running_processor",
    help: "Longest running processor microseconds: ",
    scale: micros,
  },
} as const satisfies Record<string, Pick<LegacyInstrument, "kind" | "from" | "help" | "scale">>

export type LegacyQueueSuffix = keyof typeof legacyQueueInstruments

export const legacyQueueSuffixes = Object.keys(legacyQueueInstruments) as ReadonlyArray<LegacyQueueSuffix>

/** The name in the set v1 for a work queue, without the prefix. */
export const legacyQueueName = (queue: string, suffix: LegacyQueueSuffix): string => `${queue}_${suffix}`
