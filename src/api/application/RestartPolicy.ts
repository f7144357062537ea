/** When an application is run again, and how long each phase of a run may take. */

import { Schema } from "effect"
import { optional } from "../schema/Field.ts"
import { Count, Seconds } from "../schema/Scalar.ts"

export const RestartPolicyType = Schema.Literals(["Never", "Always", "OnFailure"])
export type RestartPolicyType = typeof RestartPolicyType.Type

export const RestartPolicy = Schema.Struct({
  type: optional(RestartPolicyType, "Never, Always (also after success) or OnFailure.", "Never"),
  onFailureRetries: optional(Count, "With OnFailure: how many times a failed run is repeated; none when left out."),
  onSubmissionFailureRetries: optional(
    Count,
    "With OnFailure: how many times a failed submission is repeated; none when left out.",
  ),
  onFailureRetryInterval: optional(Seconds, "Seconds to wait after a failed run; 5 when left out."),
  onSubmissionFailureRetryInterval: optional(Seconds, "Seconds to wait after a failed submission; 5 when left out."),
})
export type RestartPolicy = typeof RestartPolicy.Type

export const Deadlines = Schema.Struct({
  submittedSeconds: optional(Seconds, "From writing down the submission until the driver pod exists."),
  scheduledSeconds: optional(Seconds, "From the creation of the driver pod until it has a node."),
  startedSeconds: optional(Seconds, "From the node until the driver container runs; pulling the image counts."),
  readySeconds: optional(Seconds, "From the start of the driver container until the pod is ready."),
  runningSeconds: optional(Seconds, "From the start of the driver container until it has finished."),
})
export type Deadlines = typeof Deadlines.Type
