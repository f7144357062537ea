/** Attempts to run an application as the status reports them, and the categories of failures. */

import { Schema } from "effect"
import { optional, required } from "../schema/Field.ts"
import { Int32, Time } from "../schema/Scalar.ts"
import { AttemptUsage } from "./Usage.ts"

export const AttemptResult = Schema.Literals([
  "Succeeded",
  "Failed",
  "SubmissionFailed",
  /** Ended by the user: suspended, or replaced after a change of the spec. */
  "Stopped",
])

/** The category of the failure of a run, submission or executor. Alerts and counts by reason use it, so the set is small and closed. */
export const FailureReason = Schema.Literals([
  /** The kernel killed the container for its memory: `memoryOverhead` is too small. */
  "OOMKilled",
  /** The JVM ran out of heap and reported it (Spark's exit code 52): `memory` is too small. */
  "OutOfMemoryError",
  /** The cluster evicted the pod: pressure on the node, or an eviction through the API. */
  "Evicted",
  /** The scheduler deleted the pod in favour of one with a higher priority. */
  "Preempted",
  /** The node was removed or stopped responding. */
  "NodeLost",
  /** The image could not be pulled. */
  "ImagePull",
  /** No node has, or had, enough free resources for the pod. */
  "Unschedulable",
  /** The container could not be created or started: a missing ConfigMap, Secret or volume, a command that does not exist. */
  "ContainerStart",
  /** An init container failed, or did not end before a deadline. */
  "InitContainer",
  /** A deadline passed, and no other cause is known. */
  "Timeout",
  /** The run made no progress, and the watchdog ended it (`spec.healthChecks.watchdog.restart`). */
  "Stalled",
  /** The kubelet killed the container because its liveness or startup probe failed. */
  "ProbeFailed",
  /** The driver pod was deleted, but not by the operator, before it finished. */
  "DriverLost",
  /** Killed by a signal (exit codes 137 and 143) of unknown origin. */
  "Killed",
  /** The driver exited with a code other than 0: the program failed. */
  "UserError",
  /** An executor exited with a code other than 0. */
  "Error",
  /** The spec cannot be submitted. */
  "InvalidSpec",
  /** A quota of the namespace is used up. */
  "QuotaExceeded",
  /** The API server rejected the objects: forbidden, invalid, or the name is already used. */
  "Refused",
  /** The Job that runs spark-submit failed. */
  "SubmitFailed",
  "Unknown",
])
export type FailureReason = typeof FailureReason.Type

/** One attempt to run the application. An attempt without `result` is the current one. */
export const Attempt = Schema.Struct({
  number: required(Int32, "The number of the attempt, starting at 1 when the object is created."),
  submissionID: required(Schema.String, "The ID of the submission, as in the labels of its objects."),
  traceID: optional(
    Schema.String,
    "The W3C trace ID of the attempt (32 hex digits): the submission ID without dashes.",
  ),
  /** When the API server created the first object of the attempt. */
  startTime: required(Time, "When the submission started."),
  submitter: optional(
    Schema.Literal("job"),
    "Set to job when a Job runs spark-submit. Absent when the operator submits.",
  ),
  submittedTime: optional(Time, "When the driver pod was created."),
  driverUID: optional(Schema.String, "The UID of the driver pod."),
  historyURL: optional(Schema.String, "The address of the attempt in the history server."),
  scheduledTime: optional(Time, "When the driver pod was assigned to a node."),
  sandboxTime: optional(
    Time,
    "When the volumes and network of the driver pod were ready, after which its images are pulled.",
  ),
  initializedTime: optional(
    Time,
    "When the last init container of the driver pod terminated. Absent if the pod has none.",
  ),
  runningTime: optional(Time, "When the driver container started."),
  contextTime: optional(Time, "When the driver requested its first executor, after its SparkContext had started."),
  firstExecutorTime: optional(Time, "When the first executor started."),
  executorsTime: optional(
    Time,
    "When the initial number of executors had started. Absent if Spark requests none at the start.",
  ),
  finishTime: optional(Time, "When the attempt ended."),
  result: optional(AttemptResult, "How the attempt ended. Absent for the current attempt."),
  reason: optional(
    Schema.String,
    "Why the attempt ended, in CamelCase, such as OOMKilled, ImagePullBackOff, DriverNotFound or DeadlineExceeded.",
  ),
  failure: optional(FailureReason, "The category of the failure."),
  message: optional(Schema.String, "Why the attempt ended, as a human-readable message."),
  exitCode: optional(Int32, "The exit code of the driver container, or of the init container that failed."),
  initContainer: optional(Schema.String, "The init container of the driver pod that failed, if one did."),
  usage: optional(AttemptUsage, "What its pods have requested so far."),
})
export type Attempt = typeof Attempt.Type
