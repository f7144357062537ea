/**
 * Fields that are not in the schema. The API server removes them unless the resource is older than its schema or the definition preserves
 * unknown fields. A field that is still present has no effect and is most likely misspelt.
 */

import { Predicate } from "effect"
import type { Problem } from "../Problem.ts"
import { structuralSchema, type StructuralSchema } from "../schema/StructuralSchema.ts"
import { HealthChecks } from "./HealthChecks.ts"
import { SparkApplicationSpec } from "./SparkApplicationSpec.ts"

const healthSchema = structuralSchema(HealthChecks)
const specSchema = structuralSchema(SparkApplicationSpec)

const unknownIn = (schema: StructuralSchema, value: unknown, field: string): ReadonlyArray<Problem> => {
  const { items, properties, additionalProperties } = schema
  if (Array.isArray(value)) {
    return items === undefined ? [] : value.flatMap((item, index) => unknownIn(items, item, `${field}[${index}]`))
  }
  if (!Predicate.isObject(value) || schema["x-kubernetes-preserve-unknown-fields"] === true) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    const path = field === "" ? name : `${field}.${name}`
    return known === undefined
      ? [{ field: path, message: "is not a known field and has no effect; see kubectl explain sparkapplication.spec" }]
      : unknownIn(known, inner, path)
  })
}

/** Every unknown field of a spec, except inside pod templates and rarer Kubernetes types, which the API server checks. */
export const unknownFields = (spec: SparkApplicationSpec): ReadonlyArray<Problem> => unknownIn(specSchema, spec, "spec")

/** Every unknown field of health checks outside an application, such as in the operator's ConfigMap. */
export const unknownHealthFields = (checks: unknown): ReadonlyArray<Problem> => unknownIn(healthSchema, checks, "")
