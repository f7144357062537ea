/** Executors as the status reports them: states, counts, failures, and executors that the driver no longer reports. */

import { Schema } from "effect"
import { optional, required } from "../schema/Field.ts"
import { Int32, Time } from "../schema/Scalar.ts"
import { FailureReason } from "./Attempt.ts"

export const ExecutorStateType = Schema.Literals(["PENDING", "RUNNING", "COMPLETED", "FAILED", "UNKNOWN"])
export type ExecutorStateType = typeof ExecutorStateType.Type

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
  exitCode: optional(Int32, "The exit code of the executor container, or of the init container that failed."),
  initContainer: optional(Schema.String, "The init container of the executor pod that failed, if one did."),
  message: optional(Schema.String, "Why the executor failed, as a human-readable message."),
})
export type ExecutorFailure = typeof ExecutorFailure.Type

/** Executors whose pods run although the driver no longer reports them as active. */
export const SilentExecutors = Schema.Struct({
  count: required(Int32, "The number of silent executors."),
  names: required(Schema.Array(Schema.String), "The names of some of their pods."),
})
