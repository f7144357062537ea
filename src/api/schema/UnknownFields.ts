/**
 * Fields that are not in the schema. The API server removes them unless the resource is older than its schema or the definition preserves
 * unknown fields. A field that is still present has no effect and is most likely misspelt.
 */

import { Predicate } from "effect"
import type { Problem } from "../Problem.ts"
import type { StructuralSchema } from "./StructuralSchema.ts"

/**
 * Every unknown field of a value at this path, except inside pod templates and rarer Kubernetes types, which the API server checks.
 * `explain`: what to ask `kubectl explain` for.
 */
export const unknownIn = (
  schema: StructuralSchema,
  value: unknown,
  field: string,
  explain: string,
): ReadonlyArray<Problem> => {
  const { items, properties, additionalProperties } = schema
  if (Array.isArray(value)) {
    return items === undefined
      ? []
      : value.flatMap((item, index) => unknownIn(items, item, `${field}[${index}]`, explain))
  }
  if (!Predicate.isObject(value) || schema["x-kubernetes-preserve-unknown-fields"] === true) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    const path = field === "" ? name : `${field}.${name}`
    return known === undefined
      ? [{ field: path, message: `is not a known field and has no effect; see kubectl explain ${explain}` }]
      : unknownIn(known, inner, path, explain)
  })
}
