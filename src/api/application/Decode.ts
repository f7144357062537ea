/**
 * Decodes untyped JSON to a SparkApplication, or to the list of all its problems; and health checks that are written outside of one.
 */

import { Result } from "effect"
import type { Problem } from "../Problem.ts"
import { reader } from "../schema/Decode.ts"
import { HealthChecks } from "./HealthChecks.ts"
import { SparkApplication } from "./SparkApplication.ts"
import { unknownHealthFields } from "./UnknownFields.ts"

const readChecks = reader<HealthChecks>(HealthChecks)

/** Decodes health checks outside an application, such as in the operator's ConfigMap, where an unknown field is a problem. */
export const readHealthChecks = (
  input: unknown,
): { readonly checks: HealthChecks | undefined; readonly problems: ReadonlyArray<Problem> } => {
  const { value, problems } = readChecks(input)
  if (problems.length > 0) return { checks: undefined, problems }
  const unknown = unknownHealthFields(input)
  return { checks: unknown.length === 0 ? value : undefined, problems: unknown }
}

const read = reader<SparkApplication>(SparkApplication)

/** A decoded object: `application` is set if all values have the right type, even if some of them are invalid. */
export interface Reading {
  readonly application: SparkApplication | undefined
  /** In the order of the schema's fields; empty if the object satisfies the schema. */
  readonly problems: ReadonlyArray<Problem>
}

/**
 * Decodes an object of the API as a SparkApplication. Checks types, enums, memory sizes, quantities, and those rules over several fields
 * that are also in the CRD. What an application needs in addition in order to run, such as an image, is validated with the Spark rules.
 */
export const readSparkApplication = (input: unknown): Reading => {
  const { value, problems } = read(input)
  return { application: value, problems }
}

/** As `readSparkApplication`, but fails if there is any problem. */
export const decodeSparkApplication = (input: unknown): Result.Result<SparkApplication, ReadonlyArray<Problem>> => {
  const { application, problems } = readSparkApplication(input)
  return application === undefined || problems.length > 0 ? Result.fail(problems) : Result.succeed(application)
}
