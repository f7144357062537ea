/**
 * What Firesteel reports about an application. The keys of kubeflow's operator keep their names and meaning (other tools read them);
 * the additions are conditions, `observedGeneration`, the list of attempts, waiting reasons and executors as counts.
 */
import { Schema } from "effect"

const optional = Schema.optionalKey
/** RFC 3339 in UTC with whole seconds, as Kubernetes writes it. */
export const Time = Schema.String.annotate({ format: "date-time" })

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
  state: ApplicationStateType,
  errorMessage: optional(Schema.String),
})

export const DriverInfo = Schema.Struct({
  podName: optional(Schema.String),
  webUIServiceName: optional(Schema.String),
  webUIPort: optional(Schema.Int),
  webUIAddress: optional(Schema.String),
  webUIIngressName: optional(Schema.String),
  webUIIngressAddress: optional(Schema.String),
})

/** Kubernetes' `metav1.Condition`. */
export const Condition = Schema.Struct({
  type: Schema.String,
  status: Schema.Literals(["True", "False", "Unknown"]),
  observedGeneration: optional(Schema.Int),
  lastTransitionTime: Time,
  reason: Schema.String,
  message: Schema.String,
})
export type Condition = typeof Condition.Type

export const AttemptResult = Schema.Literals([
  "Succeeded",
  "Failed",
  "SubmissionFailed",
  /** Ended by the user: suspended, or replaced after a change of the spec. */
  "Stopped",
])

/** One try to run the application. An attempt without `result` is the current one. */
export const Attempt = Schema.Struct({
  /** Counts from 1 over the whole life of the object. */
  number: Schema.Int,
  submissionID: Schema.String,
  /** The submission was written down; objects are created after this. */
  startTime: Time,
  /** The API server accepted the driver pod (its creationTimestamp). */
  submittedTime: optional(Time),
  driverUID: optional(Schema.String),
  /** The driver container started. */
  runningTime: optional(Time),
  finishTime: optional(Time),
  result: optional(AttemptResult),
  /** CamelCase: `OOMKilled`, `Error`, `ImagePullBackOff`, `DriverNotFound`, `DeadlineExceeded`, … */
  reason: optional(Schema.String),
  message: optional(Schema.String),
  exitCode: optional(Schema.Int),
})
export type Attempt = typeof Attempt.Type

/** Why the driver does not run yet, as the scheduler or the kubelet says it. */
export const Waiting = Schema.Struct({
  reason: Schema.String,
  message: optional(Schema.String),
  since: Time,
})

/** Executors of the current (or last) attempt. `succeeded` and `failed` count every executor that ended, also those whose pod is gone. */
export const ExecutorCounts = Schema.Struct({
  pending: Schema.Int,
  running: Schema.Int,
  succeeded: Schema.Int,
  failed: Schema.Int,
})
export type ExecutorCounts = typeof ExecutorCounts.Type

export const ExecutorFailure = Schema.Struct({
  podName: Schema.String,
  time: Time,
  reason: Schema.String,
  exitCode: optional(Schema.Int),
  message: optional(Schema.String),
})
export type ExecutorFailure = typeof ExecutorFailure.Type

export const SparkApplicationStatus = Schema.Struct({
  applicationState: ApplicationState,
  sparkApplicationId: optional(Schema.String),
  submissionID: optional(Schema.String),
  lastSubmissionAttemptTime: optional(Schema.NullOr(Time)),
  terminationTime: optional(Schema.NullOr(Time)),
  driverInfo: DriverInfo,
  /** Executor pods that exist now, and their state; bounded. */
  executorState: optional(Schema.Record(Schema.String, ExecutorStateType)),
  executionAttempts: optional(Schema.Int),
  submissionAttempts: optional(Schema.Int),

  observedGeneration: optional(Schema.Int),
  /** Fingerprint of the part of the spec that shapes a run: a change of it restarts the application. */
  runSpecHash: optional(Schema.String),
  conditions: optional(Schema.Array(Condition)),
  /** The newest attempts, oldest first; bounded. */
  attempts: optional(Schema.Array(Attempt)),
  waiting: optional(Waiting),
  executors: optional(ExecutorCounts),
  recentExecutorFailures: optional(Schema.Array(ExecutorFailure)),
  /** Failed runs, and failed submissions, that count against the restart policy. */
  runFailures: optional(Schema.Int),
  submissionFailures: optional(Schema.Int),
  nextRetryTime: optional(Time),
  /** `0%` … `100%`, or empty when the driver does not tell. */
  progress: optional(Schema.String),
})
export type SparkApplicationStatus = typeof SparkApplicationStatus.Type
