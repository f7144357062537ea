/** What the pods of an application have requested, as the status reports it: amounts over time, their estimated cost, and what is counted. */

import { Schema } from "effect"
import { optional, required } from "../schema/Field.ts"

const amounts = {
  cpuCoreSeconds: required(Schema.Number, "CPU cores × seconds."),
  memoryGibSeconds: required(Schema.Number, "GiB of memory × seconds."),
  gpuSeconds: required(Schema.Number, "GPUs × seconds."),
  executorSeconds: required(Schema.Number, "Executors × seconds."),
  estimatedCost: optional(Schema.Record(Schema.String, Schema.Number), "The estimated cost, by currency."),
  complete: required(Schema.Boolean, "False if pods may have been missed."),
}

/** The requests of pods, each from its assignment to a node to its end. */
export const Usage = Schema.Struct(amounts)
export type Usage = typeof Usage.Type

export const AttemptUsage = Schema.Struct({
  ...amounts,
  coreUtilization: optional(Schema.Number, "The share of the time of executor cores in which tasks ran."),
  /** Written and read by `spark/usage/CountedPods.ts`. */
  counted: required(Schema.String, "Which pods are counted, and until when."),
})
export type AttemptUsage = typeof AttemptUsage.Type
