import { assert, describe, it } from "@effect/vitest"
import { missingFields, type ServedSchema } from "../../../src/api/schema/MissingFields.ts"
import type { StructuralSchema } from "../../../src/api/schema/StructuralSchema.ts"

const text = { type: "string" } as const
const ours: StructuralSchema = {
  type: "object",
  properties: {
    state: { type: "string", enum: ["A", "B", "C"] },
    items: { type: "array", items: { type: "object", properties: { name: text, reason: text } } },
    labels: { type: "object", additionalProperties: { type: "object", properties: { value: text } } },
  },
}
const anything = { "x-kubernetes-preserve-unknown-fields": true }

describe("what a definition lacks", () => {
  const table: ReadonlyArray<readonly [string, ServedSchema | undefined, ReadonlyArray<string>]> = [
    ["is nothing, if it is ours", ours as ServedSchema, []],
    ["is nothing, if it has more", { ...ours, properties: { ...ours.properties, more: {} } } as ServedSchema, []],
    ["is nothing, if it keeps what it does not know", anything, []],
    ["is everything, if it has no such part", undefined, ["status"]],
    ["is named by path", { properties: {} }, ["status.state", "status.items", "status.labels"]],
    [
      "may be in lists and maps",
      {
        properties: {
          state: {},
          items: { items: { properties: { name: {} } } },
          labels: { additionalProperties: { properties: {} } },
        },
      },
      ["status.items[].reason", "status.labels.*.value"],
    ],
    [
      "may be kept by a map of anything",
      { properties: { state: {}, items: anything, labels: { additionalProperties: true } } },
      [],
    ],
    [
      "may be values",
      { ...ours, properties: { ...ours.properties, state: { enum: ["B"] } } } as ServedSchema,
      ['the values "A", "C" of status.state'],
    ],
  ]
  it.each(table)("%s", (_, theirs, expected) => {
    assert.deepStrictEqual(missingFields(ours, theirs, "status"), expected)
  })
})
