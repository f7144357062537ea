/**
 * The status of an application. The keys of kubeflow's operator keep their names and meaning, because other tools read them. Additions are
 * conditions, `observedGeneration`, attempts, the waiting reason, executor counts, companion objects, stalls and progress.
 */

import { Schema } from "effect"
import { listMap, optional, required } from "../schema/Field.ts"
import { Int32, Int64, Time } from "../schema/Scalar.ts"

export { Time } from "../schema/Scalar.ts"

/** The states of kubeflow's operator; `""` is New. */
export const ApplicationStateType = Schema.Literals([
  "",
  "SUBMITTED",
  "RUNNING",
  "SUCCEEDING",
  "FAILING",
  "COMPLETED",
  "FAILED",
  "SUBMISSION_FAILED",
  "PENDING_RERUN",
  "INVALIDATING",
  "SUSPENDING",
  "SUSPENDED",
  "RESUMING",
  "UNKNOWN",
])
export type ApplicationStateType = typeof ApplicationStateType.Type

export const ExecutorStateType = Schema.Literals(["PENDING", "RUNNING", "COMPLETED", "FAILED", "UNKNOWN"])
export type ExecutorStateType = typeof ExecutorStateType.Type

export const ApplicationState = Schema.Struct({
  state: required(ApplicationStateType, "The state. Empty before the first submission."),
  since: optional(Time, "When the application entered the state. Absent for the initial state."),
  errorMessage: optional(Schema.String, "A description of the failure."),
})

export const DriverInfo = Schema.Struct({
  podName: optional(Schema.String, "The name of the driver pod."),
  webUIServiceName: optional(Schema.String, "The name of the Service of the Spark UI."),
  webUIPort: optional(Int32, "The port of that Service."),
  webUIAddress: optional(Schema.String, "The address of the Spark UI inside the cluster."),
  webUIIngressName: optional(Schema.String, "The name of the Ingress of the Spark UI."),
  webUIIngressAddress: optional(Schema.String, "The address of the Spark UI outside the cluster."),
})

/** Kubernetes' `metav1.Condition`. */
export const Condition = Schema.Struct({
  type: required(Schema.String, "The type of the condition."),
  status: required(
    Schema.Literals(["True", "False", "Unknown"]),
    "The status of the condition: True, False or Unknown.",
  ),
  observedGeneration: optional(Int64, "The generation of the spec for which the condition was determined."),
  lastTransitionTime: required(Time, "When the status of the condition last changed."),
  reason: required(Schema.String, "The reason for the status, in CamelCase."),
  message: required(Schema.String, "A human-readable explanation of the status."),
})
export type Condition = typeof Condition.Type

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
  /** The container could not be created or started: a missing ConfigMap or Secret, a command that does not exist. */
  "ContainerStart",
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
  /** Recorded before any object of the attempt is created. */
  startTime: required(Time, "When the submission started."),
  submitter: optional(
    Schema.Literal("job"),
    "Set to job when a Job runs spark-submit. Absent when the operator submits.",
  ),
  submittedTime: optional(Time, "When the driver pod was created."),
  driverUID: optional(Schema.String, "The UID of the driver pod."),
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
  exitCode: optional(Int32, "The exit code of the driver container."),
})
export type Attempt = typeof Attempt.Type

/** Why the driver does not run yet, as reported by the scheduler or the kubelet. */
export const Waiting = Schema.Struct({
  reason: required(Schema.String, "Why the driver waits, in CamelCase, such as Unschedulable or ImagePullBackOff."),
  message: optional(Schema.String, "Why the driver waits, as a human-readable message."),
  since: required(Time, "When the driver started to wait for this reason."),
})

/** Executors of the current or last attempt. `succeeded` and `failed` include executors whose pod was deleted. */
export const ExecutorCounts = Schema.Struct({
  pending: required(Int32, "The number of executors whose pod does not run yet."),
  running: required(Int32, "The number of running executors."),
  succeeded: required(Int32, "The number of executors that succeeded, including those whose pod was deleted."),
  failed: required(Int32, "The number of executors that failed, including those whose pod was deleted."),
  failures: optional(Schema.Record(Schema.String, Int32), "The number of failed executors by category of the failure."),
})
export type ExecutorCounts = typeof ExecutorCounts.Type

export const ExecutorFailure = Schema.Struct({
  podName: required(Schema.String, "The name of the executor pod."),
  time: required(Time, "When the executor failed."),
  reason: required(Schema.String, "Why the executor failed, in CamelCase, such as OOMKilled."),
  failure: optional(FailureReason, "The category of the failure."),
  exitCode: optional(Int32, "The exit code of the executor container."),
  message: optional(Schema.String, "Why the executor failed, as a human-readable message."),
})
export type ExecutorFailure = typeof ExecutorFailure.Type

/**
 * A companion object of the driver pod, such as the Service of its UI. Recorded before it is created, so that no object is forgotten when
 * the run ends.
 */
export const ChildStatus = Schema.Struct({
  apiVersion: required(Schema.String, "The group and version of the object."),
  kind: required(Schema.String, "The kind of the object."),
  resource: required(Schema.String, "The plural of the kind, as in the API's paths."),
  name: required(Schema.String, "The name of the object."),
  state: required(
    Schema.Literals(["Pending", "Created", "Failed"]),
    "Pending before the object is created, Created, or Failed if it could not be created.",
  ),
  required: optional(Schema.Boolean, "Whether the driver requires the object to start."),
  uid: optional(Schema.String, "The UID of the object."),
  reason: optional(Schema.String, "Why the object could not be created or deleted, in CamelCase."),
  message: optional(Schema.String, "Why the object could not be created or deleted, as a human-readable message."),
  time: optional(Time, "When the creation or deletion was last tried."),
})
export type ChildStatus = typeof ChildStatus.Type

/** A run without progress, as the watchdog of `spec.healthChecks` detects it. */
export const Stall = Schema.Struct({
  reason: required(Schema.Literals(["NoProgress", "BatchOverdue"]), "Why the run is stalled."),
  message: required(Schema.String, "Why the run is stalled, as a human-readable message."),
  since: required(Time, "When progress was last seen."),
})
export type Stall = typeof Stall.Type

/** Executors whose pods run although the driver no longer reports them as active. */
export const SilentExecutors = Schema.Struct({
  count: required(Int32, "The number of silent executors."),
  names: required(Schema.Array(Schema.String), "The names of some of their pods."),
})

const activeCompletedFailed = {
  active: required(Int64, "The number that are active."),
  completed: required(Int64, "The number that have completed."),
  failed: required(Int64, "The number that have failed."),
}
const ProgressCounts = Schema.Struct(activeCompletedFailed)

/** Progress as reported by a running driver. `jobs`, `stages` and `tasks` are absent after the run has succeeded. */
export const ApplicationProgress = Schema.Struct({
  summary: optional(
    Schema.String,
    "The share of all known tasks that have completed, such as 42%, or the newest micro-batch, such as batch 17. Absent before the first job.",
  ),
  description: optional(Schema.String, "The description of the newest running job, as set by Spark or the user."),
  jobs: optional(ProgressCounts, "Jobs known to the driver."),
  stages: optional(ProgressCounts, "Stages of these jobs."),
  tasks: optional(
    Schema.Struct({
      ...activeCompletedFailed,
      total: required(Int64, "The total number, including tasks that have not started."),
    }),
    "Tasks of these jobs.",
  ),
  executors: optional(Int64, "The number of executors that the driver reports as active."),
  batch: optional(
    Schema.Struct({
      id: required(Int64, "The number of the micro-batch in its query."),
      time: required(Time, "When the micro-batch finished, or when it started if it is still running."),
    }),
    "The newest micro-batch of a streaming query.",
  ),
  lastProgressTime: optional(Time, "When a job, stage, task or micro-batch was last seen to start or finish."),
})
export type ApplicationProgress = typeof ApplicationProgress.Type

export const SparkApplicationStatus = Schema.Struct({
  applicationState: required(ApplicationState, "The state of the application."),
  sparkApplicationId: optional(Schema.String, "The Spark application ID of the run."),
  submissionID: optional(Schema.String, "The ID of the current or last submission."),
  lastSubmissionAttemptTime: optional(Schema.NullOr(Time), "When the application was last submitted."),
  terminationTime: optional(Schema.NullOr(Time), "When the last run ended."),
  driverInfo: required(DriverInfo, "The driver pod and its Spark UI."),
  executorState: optional(
    Schema.Record(Schema.String, ExecutorStateType),
    "The states of existing executor pods, by pod name. The operator limits their number.",
  ),
  executionAttempts: optional(Int32, "The number of runs."),
  submissionAttempts: optional(Int32, "The number of submissions."),

  observedGeneration: optional(Int64, "The generation of the spec that this status describes."),
  runSpecHash: optional(
    Schema.String,
    "A hash of the fields of the spec that affect a run. The application is restarted when it changes.",
  ),
  conditions: optional(listMap(Condition, "type"), "The state as conditions, for tools such as kubectl wait."),
  attempts: optional(Schema.Array(Attempt), "The 10 newest attempts, oldest first."),
  waiting: optional(Waiting, "Why the driver does not run yet."),
  children: optional(
    Schema.Array(ChildStatus),
    "Companion objects of the driver pod in the current run, such as the Service of its UI.",
  ),
  executors: optional(ExecutorCounts, "The number of executors of the current or last attempt, by state."),
  recentExecutorFailures: optional(Schema.Array(ExecutorFailure), "The 10 newest failures of executors, oldest first."),
  runFailures: optional(Int32, "The number of failed runs that count against the restart policy."),
  submissionFailures: optional(Int32, "The number of failed submissions that count against the restart policy."),
  nextRetryTime: optional(Time, "When the application will be run again."),
  silentExecutors: optional(
    SilentExecutors,
    "Executors whose pods run although the driver no longer reports them as active.",
  ),
  stalled: optional(Stall, "Why the run is stalled. Absent while it makes progress."),
  progress: optional(
    ApplicationProgress,
    "The progress of the run as its driver last reported it. Absent if the driver does not report any.",
  ),
})
export type SparkApplicationStatus = typeof SparkApplicationStatus.Type
