/** What the pods of an application have requested, as the status reports it: amounts over time, their estimated cost, and what is counted. */

import { Schema } from "effect"
import { optional, required } from "../schema/Field.ts"
import { Int32, Time } from "../schema/Scalar.ts"

const amounts = {
  cpuCoreSeconds: required(Schema.Number, "CPU cores × seconds."),
  memoryGibSeconds: required(Schema.Number, "GiB of memory × seconds."),
  gpuSeconds: required(Schema.Number, "GPUs × seconds."),
  executorSeconds: required(Schema.Number, "Executors × seconds."),
  estimatedCost: optional(
    Schema.Record(Schema.String, Schema.Number),
    "The estimated cost, by currency, at the prices of the operator.",
  ),
  complete: required(Schema.Boolean, "False if pods may have been missed while no operator watched."),
}

/** The requests of pods, each from its assignment to a node to its end. */
export const Usage = Schema.Struct(amounts)
export type Usage = typeof Usage.Type

/** Pods that are counted; what the operator must remember so that none counts twice. The driver is number 0. */
export const CountedPods = Schema.Struct({
  last: required(Int32, "The highest number of an executor that was seen. The driver is 0."),
  open: optional(Schema.String, "The numbers of pods that had not ended, such as 0,3-7."),
  until: optional(Time, "The time until which these are counted."),
  resized: optional(
    Schema.Record(Schema.String, Time),
    "Those that are counted until a later time, because they were resized then.",
  ),
})
export type CountedPods = typeof CountedPods.Type

export const AttemptUsage = Schema.Struct({
  ...amounts,
  coreUtilization: optional(
    Schema.Number,
    "The share of the time of executor cores in which tasks ran, from 0 to 1, as the driver reported it last.",
  ),
  pods: required(CountedPods, "Which pods are counted, and until when."),
})
export type AttemptUsage = typeof AttemptUsage.Type
