/** When an application is run again, and how long each phase of an attempt may take. */

import { Schema } from "effect"
import { optional } from "../schema/Field.ts"
import { Count, Seconds } from "../schema/Scalar.ts"

export const RestartPolicyType = Schema.Literals(["Never", "Always", "OnFailure"])
export type RestartPolicyType = typeof RestartPolicyType.Type

export const RestartPolicy = Schema.Struct({
  type: optional(
    RestartPolicyType,
    "When the application is run again: Never, OnFailure, or Always, which includes success. Defaults to Never.",
    "Never",
  ),
  onFailureRetries: optional(Count, "With OnFailure, the maximum number of retries after failed runs. Defaults to 0."),
  onSubmissionFailureRetries: optional(
    Count,
    "With OnFailure, the maximum number of retries after failed submissions. Defaults to 0.",
  ),
  onFailureRetryInterval: optional(
    Seconds,
    "Seconds to wait after a failed run. With Always, it doubles with each consecutive failure, up to 300. Defaults to 5.",
  ),
  onSubmissionFailureRetryInterval: optional(
    Seconds,
    "Seconds to wait after a failed submission. With Always, it doubles with each consecutive failure, up to 300. Defaults to 5.",
  ),
})
export type RestartPolicy = typeof RestartPolicy.Type

export const Deadlines = Schema.Struct({
  submittedSeconds: optional(Seconds, "Seconds from the start of the submission until the driver pod exists."),
  scheduledSeconds: optional(Seconds, "Seconds from the creation of the driver pod until it is assigned to a node."),
  startedSeconds: optional(
    Seconds,
    "Seconds from the assignment to a node until the driver container starts, including image pulls.",
  ),
  readySeconds: optional(Seconds, "Seconds from the start of the driver container until the driver pod is ready."),
  runningSeconds: optional(Seconds, "Seconds from the start of the driver container until it terminates."),
})
export type Deadlines = typeof Deadlines.Type
