/**
 * A value that has every field of a structural schema, and in the items of its lists every value of their enumerations: an API server
 * whose definition lacks one of them cannot answer it unchanged. For statuses, whose texts are free and whose numbers are not bounded.
 */

import type { Definition } from "./Crd.ts"
import type { StructuralSchema } from "./StructuralSchema.ts"

/** A status of the kind that has every field. */
export const exampleStatus = ({ spec }: Definition): object => {
  const status = spec.versions[0]?.schema.openAPIV3Schema.properties?.["status"]
  if (status?.properties === undefined) throw new TypeError(`${spec.names.kind} has no status`)
  return exampleOf(status) as object
}

/** `round`: which value of an enumeration, and of texts that must differ between the items of a list. */
export const exampleOf = (schema: StructuralSchema, round = 0): unknown => {
  const { type, format, properties, additionalProperties, items, enum: values } = schema
  if (values !== undefined) return values[round % values.length]
  if (items !== undefined) return Array.from({ length: rounds(items) }, (_, item) => exampleOf(items, item))
  if (additionalProperties !== undefined) {
    const entries = Array.from({ length: rounds(additionalProperties) }, (_, entry) => entry)
    return Object.fromEntries(entries.map((entry) => [`example-${entry}`, exampleOf(additionalProperties, entry)]))
  }
  if (properties !== undefined) {
    return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, exampleOf(field, round)]))
  }
  switch (type) {
    case "integer":
    case "number":
      return 1
    case "boolean":
      return true
    default:
      return format === "date-time" ? "2024-02-29T12:00:00Z" : `example-${round}`
  }
}

/** Items that show every value of the enumerations in them, as far as they are not in a list of their own. */
const rounds = ({ enum: values, properties = {} }: StructuralSchema): number =>
  Math.max(1, values?.length ?? 0, ...Object.values(properties).map(rounds))
