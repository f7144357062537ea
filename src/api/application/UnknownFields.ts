/** Unknown fields of a SparkApplication, and of health checks outside of one. */

import type { Problem } from "../Problem.ts"
import { structuralSchema } from "../schema/StructuralSchema.ts"
import { unknownIn } from "../schema/UnknownFields.ts"
import { HealthChecks } from "./HealthChecks.ts"
import { SparkApplicationSpec } from "./SparkApplicationSpec.ts"

const healthSchema = structuralSchema(HealthChecks)
const specSchema = structuralSchema(SparkApplicationSpec)
const explain = "sparkapplication.spec"

/** Every unknown field of a spec. */
export const unknownFields = (spec: SparkApplicationSpec): ReadonlyArray<Problem> =>
  unknownIn(specSchema, spec, "spec", explain)

/** Every unknown field of health checks outside an application, such as in the operator's ConfigMap. */
export const unknownHealthFields = (checks: unknown): ReadonlyArray<Problem> =>
  unknownIn(healthSchema, checks, "", explain)
