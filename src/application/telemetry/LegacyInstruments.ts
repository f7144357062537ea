/**
 * The metric names of earlier Spark operators, letter for letter, for dashboards and alerts that exist: `v1` is the line up to
 * v1beta2-1.6, `v2` is kubeflow's operator 2.x. They are made from the same measurements as the new instruments and are on
 * `/metrics` only. Names and types are those of `sparkapp_metrics.go` (v1) and `sparkapplication_metrics.go`, `executor_metrics.go` (v2).
 */

import type { Source } from "./Measurement.ts"

export interface LegacyInstrument {
  readonly set: LegacySet
  readonly name: string
  readonly kind: "counter" | "gauge" | "summary" | "histogram"
  readonly help: string
  readonly on: Source
  /** Only measurements with this attribute `result`. */
  readonly result?: "Succeeded" | "Failed"
  /** Durations are measured in seconds; the old summaries are in microseconds. */
  readonly scale?: number
}

export type LegacySet = "v1" | "v2"

const micros = 1_000_000
const v1 = (
  name: string,
  kind: LegacyInstrument["kind"],
  on: Source,
  help: string,
  more: Partial<LegacyInstrument> = {},
): LegacyInstrument => ({ set: "v1", name, kind, on, help, ...more })
const v2: typeof v1 = (name, kind, on, help, more = {}) => ({ ...v1(name, kind, on, help, more), set: "v2" })

export const legacyInstruments: ReadonlyArray<LegacyInstrument> = [
  v1("spark_app_count", "counter", "created", "Total Number of Spark Apps Handled by the Operator"),
  v1("spark_app_submit_count", "counter", "submitted", "Spark App Submits via the Operator"),
  v1("spark_app_success_count", "counter", "run-succeeded", "Spark App Success Count via the Operator"),
  v1("spark_app_failure_count", "counter", "run-failed", "Spark App Failure Count via the Operator"),
  v1(
    "spark_app_failed_submission_count",
    "counter",
    "submission-failed",
    "Spark App Failed Submission Count via the Operator",
  ),
  v1("spark_app_running_count", "gauge", "running", "Spark App Running Count via the Operator"),
  v1(
    "spark_app_success_execution_time_microseconds",
    "summary",
    "execution-time",
    "Spark App Successful Execution Runtime via the Operator",
    { result: "Succeeded", scale: micros },
  ),
  v1(
    "spark_app_failure_execution_time_microseconds",
    "summary",
    "execution-time",
    "Spark App Failed Execution Runtime via the Operator",
    { result: "Failed", scale: micros },
  ),
  v1("spark_app_start_latency_microseconds", "summary", "start-latency", "Spark App Start Latency via the Operator", {
    scale: micros,
  }),
  v1(
    "spark_app_start_latency_seconds",
    "histogram",
    "start-latency",
    "Spark App Start Latency counts in buckets via the Operator",
  ),
  v1(
    "spark_app_executor_running_count",
    "gauge",
    "executors-running",
    "Spark App Running Executor Count via the Operator",
  ),
  v1(
    "spark_app_executor_success_count",
    "counter",
    "executor-succeeded",
    "Spark App Successful Executor Count via the Operator",
  ),
  v1(
    "spark_app_executor_failure_count",
    "counter",
    "executor-failed",
    "Spark App Failed Executor Count via the Operator",
  ),

  v2("spark_application_count", "counter", "created", "Total number of SparkApplication"),
  v2("spark_application_submit_count", "counter", "submitted", "Total number of submitted SparkApplication"),
  v2(
    "spark_application_failed_submission_count",
    "counter",
    "submission-failed",
    "Total number of failed SparkApplication submission",
  ),
  v2("spark_application_running_count", "gauge", "running", "Total number of running SparkApplication"),
  v2("spark_application_success_count", "counter", "succeeded", "Total number of successful SparkApplication"),
  v2("spark_application_failure_count", "counter", "failed", "Total number of failed SparkApplication"),
  v2(
    "spark_application_success_execution_time_seconds",
    "summary",
    "last-execution-time",
    "Execution time of successful SparkApplication",
    { result: "Succeeded" },
  ),
  v2(
    "spark_application_failure_execution_time_seconds",
    "summary",
    "last-execution-time",
    "Execution time of failed SparkApplication",
    { result: "Failed" },
  ),
  v2("spark_application_submit_latency_seconds", "summary", "submit-latency", "Submit latency of SparkApplication"),
  v2(
    "spark_application_submit_latency_seconds_histogram",
    "histogram",
    "submit-latency",
    "Submit latency of SparkApplication in seconds as a histogram",
  ),
  v2("spark_application_start_latency_seconds", "summary", "start-latency", "Start latency of SparkApplication"),
  v2(
    "spark_application_start_latency_seconds_histogram",
    "histogram",
    "start-latency",
    "Start latency of SparkApplication in seconds as a histogram",
  ),
  v2("spark_executor_running_count", "gauge", "executors-running", "Total number of running Spark executors"),
  v2("spark_executor_success_count", "counter", "executor-succeeded", "Total number of successful Spark executors"),
  v2("spark_executor_failure_count", "counter", "executor-failed", "Total number of failed Spark executors"),
]

/** Bounds of the old histograms in seconds, unless the settings give others: the defaults of kubeflow's operator. */
export const legacyBuckets: ReadonlyArray<number> = [30, 60, 90, 120, 150, 180, 210, 240, 270, 300]

/** The work queue in the set v1: these follow the prefix and the name of the queue. */
export const legacyQueueInstruments = {
  depth: { kind: "gauge", help: "Current depth of workqueue: " },
  adds: { kind: "counter", help: "Total number of adds handled by workqueue: " },
  latency: { kind: "summary", help: "Latency for workqueue: " },
  work_duration: { kind: "summary", help: "How long processing an item from workqueue takes: " },
  retries: { kind: "counter", help: "Total number of retries handled by workqueue: " },
  unfinished_work_seconds: { kind: "gauge", help: "Unfinished work seconds: " },
  longest_running_processor_microseconds: { kind: "gauge", help: "Longest running processor microseconds: " },
} as const satisfies Record<string, Pick<LegacyInstrument, "kind" | "help">>

export type LegacyQueueSuffix = keyof typeof legacyQueueInstruments

export const legacyQueueSuffixes = Object.keys(legacyQueueInstruments) as ReadonlyArray<LegacyQueueSuffix>

/** The name in the set v1 for a work queue, without the prefix. */
export const legacyQueueName = (queue: string, suffix: LegacyQueueSuffix): string => `${queue}_${suffix}`
