/** Compares our definition of a custom resource with the one that a cluster has: what would the API server drop, or refuse? Pure. */

import { Predicate } from "effect"
import type { StructuralSchema } from "./StructuralSchema.ts"

/** The schema of a definition that a cluster has, as far as it is compared. */
export interface ServedSchema {
  readonly properties?: Readonly<Record<string, ServedSchema>>
  readonly items?: unknown
  readonly additionalProperties?: unknown
  readonly enum?: ReadonlyArray<unknown>
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean
}

/**
 * What `theirs` lacks of `ours`, below `path`: `status.attempts`, `status.attempts[].failure`, `the values "A", "B" of status.state`; without
 * what is below a missing field. Fields that they have in addition do not matter.
 */
export const missingFields = (
  ours: StructuralSchema,
  theirs: ServedSchema | undefined,
  path: string,
): ReadonlyArray<string> => {
  if (theirs === undefined) return [path]
  const keepsUnknown = theirs["x-kubernetes-preserve-unknown-fields"] === true
  const within = (schema: StructuralSchema, found: unknown, below: string) =>
    found === undefined && keepsUnknown ? [] : missingFields(schema, asSchema(found), below)
  return [
    ...missingValues(ours, theirs, path),
    ...Object.entries(ours.properties ?? {}).flatMap(([name, field]) =>
      within(field, theirs.properties?.[name] ?? theirs.additionalProperties, `${path}.${name}`),
    ),
    ...(ours.items === undefined ? [] : within(ours.items, theirs.items, `${path}[]`)),
    ...(ours.additionalProperties === undefined
      ? []
      : within(ours.additionalProperties, theirs.additionalProperties, `${path}.*`)),
  ]
}

/** `true` in place of a schema allows anything. */
const asSchema = (schema: unknown): ServedSchema | undefined =>
  schema === true
    ? { "x-kubernetes-preserve-unknown-fields": true }
    : Predicate.isObject(schema)
      ? (schema as ServedSchema)
      : undefined

const missingValues = (ours: StructuralSchema, theirs: ServedSchema, path: string): ReadonlyArray<string> => {
  const allowed = theirs.enum
  const refused = allowed === undefined ? [] : (ours.enum ?? []).filter((value) => !allowed.includes(value))
  return refused.length === 0
    ? []
    : [`the values ${refused.map((value) => JSON.stringify(value)).join(", ")} of ${path}`]
}
