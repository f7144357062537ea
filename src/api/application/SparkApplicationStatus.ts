/**
 * What Firesteel reports about an application. The keys of kubeflow's operator keep their names and meaning (other tools read them);
 * the additions are conditions, `observedGeneration`, the list of attempts, waiting reasons and executors as counts.
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
  state: required(ApplicationStateType, "The state; empty before the first submission."),
  since: optional(Time, "When the application entered the state; absent for the first, which it is created in."),
  errorMessage: optional(Schema.String, "What went wrong, in words."),
})

export const DriverInfo = Schema.Struct({
  podName: optional(Schema.String, "The name of the driver pod."),
  webUIServiceName: optional(Schema.String, "The Service of the Spark UI."),
  webUIPort: optional(Int32, "The port of that Service."),
  webUIAddress: optional(Schema.String, "Where the Spark UI answers inside the cluster."),
  webUIIngressName: optional(Schema.String, "The Ingress of the Spark UI."),
  webUIIngressAddress: optional(Schema.String, "Where the Spark UI answers outside of the cluster."),
})

/** Kubernetes' `metav1.Condition`. */
export const Condition = Schema.Struct({
  type: required(Schema.String, "What the condition is about."),
  status: required(Schema.Literals(["True", "False", "Unknown"]), "Whether it holds."),
  observedGeneration: optional(Int64, "The generation of the spec it is about."),
  lastTransitionTime: required(Time, "When its status changed last."),
  reason: required(Schema.String, "Why, in one word."),
  message: required(Schema.String, "Why, in a sentence."),
})
export type Condition = typeof Condition.Type

export const AttemptResult = Schema.Literals([
  "Succeeded",
  "Failed",
  "SubmissionFailed",
  /** Ended by the user: suspended, or replaced after a change of the spec. */
  "Stopped",
])

/** Why a run, a submission or an executor failed, as one of a few words: what alerts and counts by reason are made of. */
export const FailureReason = Schema.Literals([
  /** The kernel killed the container for its memory: `memoryOverhead` is too small. */
  "OOMKilled",
  /** The JVM ran out of heap and said so (Spark's exit code 52): `memory` is too small. */
  "OutOfMemoryError",
  /** Taken away by the cluster: pressure on the node, an eviction through the API. */
  "Evicted",
  /** Taken away for a pod of a higher priority. */
  "Preempted",
  /** The node went away or stopped answering. */
  "NodeLost",
  /** The image could not be pulled. */
  "ImagePull",
  /** No node has, or had, room for the pod. */
  "Unschedulable",
  /** The container could not be made or started: a missing ConfigMap or Secret, a command that does not exist. */
  "ContainerStart",
  /** A deadline passed, and nothing else is known. */
  "Timeout",
  /** The run did not get on, and the watchdog ended it (`spec.healthChecks.watchdog.restart`). */
  "Stalled",
  /** The kubelet killed the container because its liveness or startup probe failed. */
  "ProbeFailed",
  /** The driver pod was deleted by somebody before it finished. */
  "DriverLost",
  /** Killed by a signal (exit codes 137 and 143) that nobody explains. */
  "Killed",
  /** The driver ended by itself with an exit code other than 0: the program failed. */
  "UserError",
  /** An executor ended by itself with an exit code other than 0. */
  "Error",
  /** The spec cannot be submitted. */
  "InvalidSpec",
  /** A quota of the namespace is used up. */
  "QuotaExceeded",
  /** The API server refused the objects: not allowed, not valid, a name that is taken. */
  "Refused",
  /** The Job that runs spark-submit failed. */
  "SubmitFailed",
  "Unknown",
])
export type FailureReason = typeof FailureReason.Type

/** One try to run the application. An attempt without `result` is the current one. */
export const Attempt = Schema.Struct({
  number: required(Int32, "Counts from 1 over the whole life of the object."),
  submissionID: required(Schema.String, "The submission, as on the labels of its objects."),
  traceID: optional(Schema.String, "The trace of the attempt (W3C, 32 hex digits): the submission without its dashes."),
  /** Objects are created after this. */
  startTime: required(Time, "When the submission was written down."),
  submitter: optional(Schema.Literal("job"), "Present when a Job runs spark-submit; otherwise the operator submits."),
  submittedTime: optional(Time, "When the driver pod was created."),
  driverUID: optional(Schema.String, "The identity of the driver pod."),
  scheduledTime: optional(Time, "When the driver pod got its node."),
  sandboxTime: optional(
    Time,
    "When volumes and network of the driver pod were ready, so that its images could be pulled.",
  ),
  initializedTime: optional(Time, "When the last init container of the driver pod ended; absent where there is none."),
  runningTime: optional(Time, "When the driver container started."),
  contextTime: optional(
    Time,
    "When the driver asked for its first executor, which it does once its SparkContext is up.",
  ),
  firstExecutorTime: optional(Time, "When the first executor started."),
  executorsTime: optional(
    Time,
    "When so many executors had started as Spark asks for at its start; absent where it asks for none.",
  ),
  finishTime: optional(Time, "When the attempt ended."),
  result: optional(AttemptResult, "How the attempt ended; absent while it goes on."),
  reason: optional(
    Schema.String,
    "Why it ended, in one word, such as OOMKilled, Error, ImagePullBackOff, DriverNotFound or DeadlineExceeded.",
  ),
  failure: optional(FailureReason, "Why it failed, as one of a few words."),
  message: optional(Schema.String, "Why it ended, in a sentence."),
  exitCode: optional(Int32, "The exit code of the driver container."),
})
export type Attempt = typeof Attempt.Type

/** Why the driver does not run yet, as the scheduler or the kubelet says it. */
export const Waiting = Schema.Struct({
  reason: required(Schema.String, "Why, in one word, such as Unschedulable or ImagePullBackOff."),
  message: optional(Schema.String, "Why, in a sentence."),
  since: required(Time, "Since when."),
})

/** Executors of the current (or last) attempt. `succeeded` and `failed` count every executor that ended, also those whose pod is gone. */
export const ExecutorCounts = Schema.Struct({
  pending: required(Int32, "Executors whose pod does not run yet."),
  running: required(Int32, "Executors that run."),
  succeeded: required(Int32, "Executors that ended well, also those whose pod is gone."),
  failed: required(Int32, "Executors that failed, also those whose pod is gone."),
  failures: optional(Schema.Record(Schema.String, Int32), "How many failed for which reason, one of a few words."),
})
export type ExecutorCounts = typeof ExecutorCounts.Type

export const ExecutorFailure = Schema.Struct({
  podName: required(Schema.String, "The name of the executor pod."),
  time: required(Time, "When it ended."),
  reason: required(Schema.String, "Why, in one word, such as OOMKilled."),
  failure: optional(FailureReason, "Why, as one of a few words."),
  exitCode: optional(Int32, "The exit code of the container."),
  message: optional(Schema.String, "Why, in a sentence."),
})
export type ExecutorFailure = typeof ExecutorFailure.Type

/**
 * An object beside the driver pod, such as the Service of its UI. Written down before it is created, so that whatever was made is known
 * and taken away again. `resource` is the plural in the API's paths.
 */
export const ChildStatus = Schema.Struct({
  apiVersion: required(Schema.String, "The group and version of the object."),
  kind: required(Schema.String, "The kind of the object."),
  resource: required(Schema.String, "The plural of the kind, as in the API's paths."),
  name: required(Schema.String, "The name of the object."),
  state: required(Schema.Literals(["Pending", "Created", "Failed"]), "Whether the object exists."),
  required: optional(Schema.Boolean, "Whether the driver cannot start without it."),
  uid: optional(Schema.String, "The identity of the object."),
  reason: optional(Schema.String, "Why it could not be made or taken away, in one word."),
  message: optional(Schema.String, "Why it could not be made or taken away, in a sentence."),
  time: optional(Time, "When that was last tried."),
})
export type ChildStatus = typeof ChildStatus.Type

/** A run that does not get on, as the watchdog of `spec.healthChecks` sees it. */
export const Stall = Schema.Struct({
  reason: required(Schema.Literals(["NoProgress", "BatchOverdue"]), "Why, in one word."),
  message: required(Schema.String, "Why, in a sentence."),
  since: required(Time, "When something was last seen to move."),
})
export type Stall = typeof Stall.Type

/** Executors whose pods run although the driver does not count them any more. */
export const SilentExecutors = Schema.Struct({
  count: required(Int32, "How many there are."),
  names: required(Schema.Array(Schema.String), "Names of some of their pods."),
})

const activeCompletedFailed = {
  active: required(Int64, "How many go on."),
  completed: required(Int64, "How many are done."),
  failed: required(Int64, "How many failed."),
}
const ProgressCounts = Schema.Struct(activeCompletedFailed)

/** What a running driver says of its work. `jobs`, `stages` and `tasks` are absent once the run has ended well. */
export const ApplicationProgress = Schema.Struct({
  summary: optional(
    Schema.String,
    "The share of all known tasks that are done, such as 42%, or the newest micro-batch, such as batch 17; absent before the first job.",
  ),
  description: optional(Schema.String, "What the newest running job does, as Spark or the user describes it."),
  jobs: optional(ProgressCounts, "Jobs that the driver knows."),
  stages: optional(ProgressCounts, "Stages of these jobs."),
  tasks: optional(
    Schema.Struct({ ...activeCompletedFailed, total: required(Int64, "How many there are, those to come included.") }),
    "Tasks of these jobs.",
  ),
  executors: optional(Int64, "Executors that the driver counts as active."),
  batch: optional(
    Schema.Struct({
      id: required(Int64, "Its number in the query."),
      time: required(Time, "When it ended, or, while it goes on, when it began."),
    }),
    "The newest micro-batch of a streaming query.",
  ),
  lastProgressTime: optional(Time, "When a job, stage, task or micro-batch was last seen to begin or end."),
})
export type ApplicationProgress = typeof ApplicationProgress.Type

export const SparkApplicationStatus = Schema.Struct({
  applicationState: required(ApplicationState, "The state of the application."),
  sparkApplicationId: optional(Schema.String, "Spark's own id of the run."),
  submissionID: optional(Schema.String, "The current or last submission."),
  lastSubmissionAttemptTime: optional(Schema.NullOr(Time), "When the application was last submitted."),
  terminationTime: optional(Schema.NullOr(Time), "When the last run ended."),
  driverInfo: required(DriverInfo, "The driver pod and its Spark UI."),
  executorState: optional(
    Schema.Record(Schema.String, ExecutorStateType),
    "The state of executor pods that exist now, by name; not more than a bounded number.",
  ),
  executionAttempts: optional(Int32, "How many times the application was run."),
  submissionAttempts: optional(Int32, "How many times the application was submitted."),

  observedGeneration: optional(Int64, "The generation of the spec that this status is about."),
  runSpecHash: optional(
    Schema.String,
    "Fingerprint of the part of the spec that shapes a run; a change of it restarts the application.",
  ),
  conditions: optional(listMap(Condition, "type"), "The state as conditions, for kubectl wait and the like."),
  attempts: optional(Schema.Array(Attempt), "The newest attempts, oldest first."),
  waiting: optional(Waiting, "Why the driver does not run yet."),
  children: optional(Schema.Array(ChildStatus), "Objects of the current run beside the driver pod."),
  executors: optional(ExecutorCounts, "Executors of the current or last attempt, by state."),
  recentExecutorFailures: optional(Schema.Array(ExecutorFailure), "The newest failures of executors, oldest first."),
  runFailures: optional(Int32, "Failed runs that count against the restart policy."),
  submissionFailures: optional(Int32, "Failed submissions that count against the restart policy."),
  nextRetryTime: optional(Time, "When the application is run again."),
  silentExecutors: optional(
    SilentExecutors,
    "Executors whose pods run although the driver does not count them any more.",
  ),
  stalled: optional(Stall, "Why the run is stalled; absent while it gets on."),
  progress: optional(
    ApplicationProgress,
    "How far the run is, as its driver said it last; absent when the driver does not tell.",
  ),
})
export type SparkApplicationStatus = typeof SparkApplicationStatus.Type
