/** The example of a status of each kind, as the operator sends it in a dry run to find out what a definition lacks. */

import { assert, describe, it } from "@effect/vitest"
import { crds } from "../../../src/api/Crds.ts"
import { exampleStatus } from "../../../src/api/schema/Example.ts"
import type { StructuralSchema } from "../../../src/api/schema/StructuralSchema.ts"
import { prune, type StructuralSchema as ServedSchema } from "../../../src/local/apiserver/schema/SchemaPruning.ts"
import { problems } from "../../../src/local/apiserver/schema/SchemaValidation.ts"

/** The paths of all fields, as JSON paths into the schema. */
const fieldsOf = (schema: StructuralSchema, path: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> => [
  ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const here = [...path, "properties", name]
    return [here, ...fieldsOf(field, here)]
  }),
  ...(schema.items === undefined ? [] : fieldsOf(schema.items, [...path, "items"])),
  ...(schema.additionalProperties === undefined
    ? []
    : fieldsOf(schema.additionalProperties, [...path, "additionalProperties"])),
]

const without = (schema: object, path: ReadonlyArray<string>): ServedSchema => {
  const copy = structuredClone(schema) as Record<string, unknown>
  const holder = path.slice(0, -1).reduce<Record<string, unknown>>((at, key) => at[key] as typeof at, copy)
  delete holder[path.at(-1)!]
  return copy as ServedSchema
}

describe.each(crds)("the example of a status of $spec.names.kind", (definition) => {
  const schema = definition.spec.versions[0]!.schema.openAPIV3Schema.properties!["status"]!
  const example = exampleStatus(definition)

  it("is kept by our definition as it is", () => {
    assert.deepStrictEqual(prune(schema as ServedSchema, example, false), { value: example, unknown: [] })
    assert.deepStrictEqual(problems(schema as ServedSchema, example, undefined), [])
  })

  it("loses something by a definition that lacks any one of its fields", () => {
    for (const field of fieldsOf(schema)) {
      assert.isAbove(prune(without(schema, field), example, false).unknown.length, 0, field.join("."))
    }
  })

  it("has every value of enumerations in the items of its lists", () => {
    for (const [name, { items }] of Object.entries(schema.properties ?? {})) {
      for (const [field, { enum: values = [] }] of Object.entries(items?.properties ?? {})) {
        const list = (example as Record<string, ReadonlyArray<Record<string, unknown>>>)[name]!
        assert.includeMembers(
          list.map((item) => item[field]),
          [...values],
          `${name}[].${field}`,
        )
      }
    }
  })
})
