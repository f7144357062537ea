/** The executors of an application: what all Spark pods have, and what only executors have. */

import { Schema } from "effect"
import { sparkPodFields } from "../pod/SparkPodSpec.ts"
import { optional } from "../schema/Field.ts"
import { PositiveInt32 } from "../schema/Scalar.ts"

export const ExecutorSpec = Schema.Struct({
  ...sparkPodFields,
  instances: optional(PositiveInt32, "How many executors; with dynamic allocation, how many at the start."),
  deleteOnTermination: optional(Schema.Boolean, "Whether executor pods are deleted when they end."),
})
export type ExecutorSpec = typeof ExecutorSpec.Type
