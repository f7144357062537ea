/**
 * The status of an application. The keys of kubeflow's operator keep their names and meaning, because other tools read them. Additions are
 * conditions, `observedGeneration`, attempts, the waiting reason, executor counts, companion objects, stalls and progress.
 */

import { Schema } from "effect"
import { Condition } from "../Condition.ts"
import { listMap, optional, required } from "../schema/Field.ts"
import { Int32, Int64, Time } from "../schema/Scalar.ts"
import { ApplicationProgress, Stall } from "./ApplicationProgress.ts"
import { Attempt } from "./Attempt.ts"
import { ExecutorCounts, ExecutorFailure, ExecutorStateType, SilentExecutors } from "./ExecutorStatus.ts"
import { Usage } from "./Usage.ts"

export { Condition } from "../Condition.ts"
export { Time } from "../schema/Scalar.ts"
export { ApplicationProgress, Stall } from "./ApplicationProgress.ts"
export { Attempt, AttemptResult, FailureReason } from "./Attempt.ts"
export { ExecutorCounts, ExecutorFailure, ExecutorStateType, SilentExecutors } from "./ExecutorStatus.ts"
export { AttemptUsage, Usage } from "./Usage.ts"

/** The states of kubeflow's operator; `""` is New. Read a status with `api/States`: a state that was not written is New, too. */
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

export const ApplicationState = Schema.Struct({
  /** Never written empty: clients take any state that is there for that of a submission. */
  state: optional(ApplicationStateType, "The state. Absent before the first submission."),
  since: optional(Time, "When the application entered the state. Absent for the initial state."),
  errorMessage: optional(Schema.String, "A description of the failure."),
})

export const DriverInfo = Schema.Struct({
  podName: optional(Schema.String, "The name of the driver pod."),
  webUIServiceName: optional(Schema.String, "The name of the Service of the Spark UI."),
  webUIPort: optional(Int32, "The port of that Service."),
  webUIAddress: optional(Schema.String, "The address of the Spark UI inside the cluster."),
  webUIIngressName: optional(Schema.String, "The name of the Ingress or HTTPRoute of the Spark UI."),
  webUIIngressAddress: optional(Schema.String, "The address of the Spark UI outside the cluster."),
})

/** Why the driver does not run yet, as reported by the scheduler or the kubelet. */
export const Waiting = Schema.Struct({
  reason: required(Schema.String, "Why the driver waits, in CamelCase, such as Unschedulable or ImagePullBackOff."),
  message: optional(Schema.String, "Why the driver waits, as a human-readable message."),
  since: required(Time, "When the driver started to wait for this reason."),
})

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

export const SparkApplicationStatus = Schema.Struct({
  applicationState: required(ApplicationState, "The state of the application."),
  sparkApplicationId: optional(Schema.String, "The Spark application ID of the run."),
  historyURL: optional(Schema.String, "The address of the run in the history server. Absent without an event log."),
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
  waiting: optional(Waiting, "Why the driver, or when it runs its executors, do not run yet."),
  children: optional(
    Schema.Array(ChildStatus),
    "Companion objects of the driver pod in the current run, such as the Service of its UI.",
  ),
  executors: optional(ExecutorCounts, "The number of executors of the current or last attempt, by state."),
  recentExecutorFailures: optional(Schema.Array(ExecutorFailure), "The 10 newest failures of executors, oldest first."),
  runFailures: optional(Int32, "The number of failed runs that count against the restart policy."),
  submissionFailures: optional(Int32, "The number of failed submissions that count against the restart policy."),
  nextRetryTime: optional(Time, "When the application will be run again."),
  usage: optional(Usage, "What pods have requested so far."),
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
