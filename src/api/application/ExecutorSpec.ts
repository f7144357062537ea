/** The executors of an application: the fields of all Spark pods, and those of executors only. */

import { Schema } from "effect"
import { sparkPodFields } from "../pod/SparkPodSpec.ts"
import { optional } from "../schema/Field.ts"
import { PositiveInt32 } from "../schema/Scalar.ts"
import { oneSpelling } from "./PodTemplateAlias.ts"

export const ExecutorSpec = Schema.Struct({
  ...sparkPodFields,
  instances: optional(
    PositiveInt32,
    "The number of executors; with dynamic allocation, the initial number. Defaults to 1 without dynamic allocation.",
  ),
  deleteOnTermination: optional(
    Schema.Boolean,
    "Whether the driver deletes executor pods after they terminate. Defaults to true.",
  ),
}).check(oneSpelling("executor"))
export type ExecutorSpec = typeof ExecutorSpec.Type
