/** Progress of a run as the status reports it, and the lack of it. */

import { Schema } from "effect"
import { optional, required } from "../schema/Field.ts"
import { Int64, Time } from "../schema/Scalar.ts"

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

/** A run without progress, as the watchdog of `spec.healthChecks` detects it. */
export const Stall = Schema.Struct({
  reason: required(Schema.Literals(["NoProgress", "BatchOverdue"]), "Why the run is stalled."),
  message: required(Schema.String, "Why the run is stalled, as a human-readable message."),
  since: required(Time, "When progress was last seen."),
})
export type Stall = typeof Stall.Type
