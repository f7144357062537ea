/**
 * Further metric names, letter for letter, for dashboards and alerts that exist. `v1` is the line of earlier Spark operators up to
 * v1beta2-1.6, `v2` is kubeflow's operator 2.x: names and types are those of `sparkapp_metrics.go` (v1) and `sparkapplication_metrics.go`,
 * `executor_metrics.go` (v2). `pods` are the names of the proposal for metrics of the life of pods, per application. They are computed from
 * the collected points of other instruments and are on `/metrics` only.
 */

/** Bounds of the histograms in seconds, unless the settings give others: the defaults of kubeflow's operator. */
export const legacyBuckets: ReadonlyArray<number> = [30, 60, 90, 120, 150, 180, 210, 240, 270, 300]

export type LegacySet = "v1" | "v2" | "pods"

export interface LegacyInstrument {
  readonly set: LegacySet
  readonly name: string
  readonly kind: "counter" | "gauge" | "summary" | "histogram"
  readonly help: string
  /** The instrument whose points are summed up. */
  readonly from: string
  /** Only points with this attribute `result`. */
  readonly result: "Succeeded" | "Failed" | undefined
}

const of =
  (set: LegacySet) =>
  (
    name: string,
    kind: LegacyInstrument["kind"],
    from: string,
    help: string,
    result?: LegacyInstrument["result"],
  ): LegacyInstrument => ({ set, name, kind, from, help, result })
const v1 = of("v1")
const v2 = of("v2")
const pods = (name: string, from: string, help: string) => of("pods")(name, "counter", from, help)

export const legacyInstruments: ReadonlyArray<LegacyInstrument> = [
  v1("spark_app_count", "counter", "spark.application.created", "Total Number of Spark Apps Handled by the Operator"),
  v1("spark_app_submit_count", "counter", "spark.application.submitted", "Spark App Submits via the Operator"),
  v1(
    "spark_app_success_count",
    "counter",
    "spark.application.by_label.runs",
    "Spark App Success Count via the Operator",
    "Succeeded",
  ),
  v1(
    "spark_app_failure_count",
    "counter",
    "spark.application.by_label.runs",
    "Spark App Failure Count via the Operator",
    "Failed",
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
    "Succeeded",
  ),
  v1(
    "spark_app_failure_execution_time_microseconds",
    "summary",
    "spark.application.by_label.execution.duration",
    "Spark App Failed Execution Runtime via the Operator",
    "Failed",
  ),
  v1(
    "spark_app_start_latency_microseconds",
    "summary",
    "spark.application.by_label.start.duration",
    "Spark App Start Latency via the Operator",
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
    "Succeeded",
  ),
  v2(
    "spark_application_failure_execution_time_seconds",
    "summary",
    "spark.application.by_label.last_run.duration",
    "Execution time of failed SparkApplication",
    "Failed",
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

/** Of a work queue in the set v1, whose name is a part of these. */
export const legacyQueueInstruments = (queue: string): ReadonlyArray<LegacyInstrument> => [
  v1(`${queue}_depth`, "gauge", "workqueue.depth", `Current depth of workqueue: ${queue}`),
  v1(`${queue}_adds`, "counter", "workqueue.adds", `Total number of adds handled by workqueue: ${queue}`),
  v1(`${queue}_latency`, "summary", "workqueue.queue.duration", `Latency for workqueue: ${queue}`),
  v1(
    `${queue}_work_duration`,
    "summary",
    "workqueue.work.duration",
    `How long processing an item from workqueue takes: ${queue}`,
  ),
  v1(`${queue}_retries`, "counter", "workqueue.retries", `Total number of retries handled by workqueue: ${queue}`),
  v1(`${queue}_unfinished_work_seconds`, "gauge", "workqueue.unfinished_work", `Unfinished work seconds: ${queue}`),
  v1(
    `${queue}_longest_running_processor_microseconds`,
    "gauge",
    "workqueue.longest_running_processor",
    `Longest running processor microseconds: ${queue}`,
  ),
]
