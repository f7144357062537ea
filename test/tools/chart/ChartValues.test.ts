/** How a values file is read: its schema and its reference are made from this. */

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { chartReference } from "../../../tools/chart/ChartReference.ts"
import { chartSchema } from "../../../tools/chart/ChartSchema.ts"
import { type ChartValue, chartValues } from "../../../tools/chart/ChartValues.ts"

const text = `# About the file.

# -- Said of name.
name: ""
image:
  # -- Said of tag,
  # on two lines.
  tag: latest
  # -- Said of policy.
  # @schema {enum: [Always, Never]}
  policy: Always
# -- Said of labels.
# @schema {additionalProperties: {type: string}}
labels: { a: b }
# -- Said of count.
# @schema {minimum: 1}
# @schema {maximum: 9}
count: 3
# -- Said of list.
list: []
# -- Said of maybe.
# @schema {type: [boolean, "null"]}
maybe: null
`

const values = chartValues(text)
const schema = JSON.parse(chartSchema("Values", values))

describe("values of a chart", () => {
  it("have the description and the schema that are above them", () => {
    assert.deepStrictEqual(
      values.map(({ path, description }) => [path.join("."), description]),
      [
        ["name", "Said of name."],
        ["image", ""],
        ["labels", "Said of labels."],
        ["count", "Said of count."],
        ["list", "Said of list."],
        ["maybe", "Said of maybe."],
      ],
    )
    const members = values[1]?.members ?? []
    assert.deepStrictEqual(
      members.map(({ path, description }) => [path.join("."), description]),
      [
        ["image.tag", "Said of tag, on two lines."],
        ["image.policy", "Said of policy."],
      ],
    )
    assert.deepStrictEqual(members[1]?.schema, { enum: ["Always", "Never"] })
  })

  it("have the type of their default, and no further properties", () => {
    assert.isFalse(schema.additionalProperties)
    assert.isFalse(schema.properties.image.additionalProperties)
    assert.strictEqual(schema.properties.image.properties.tag.type, "string")
    assert.deepStrictEqual(schema.properties.count, {
      description: "Said of count.",
      type: "integer",
      minimum: 1,
      maximum: 9,
      default: 3,
    })
    assert.strictEqual(schema.properties.list.type, "array")
    assert.deepStrictEqual(schema.properties.maybe.type, ["boolean", "null"])
  })

  it("allow further keys where users may add their own", () => {
    assert.isUndefined(values[2]?.members)
    assert.deepStrictEqual(schema.properties.labels.additionalProperties, { type: "string" })
  })

  it("are in the reference with default and meaning", () => {
    const page = chartReference({ name: "x", description: "An x", introduction: "Install it." }, values)
    assert.include(page, '| `image.policy` | `"Always"` | Said of policy. One of `"Always"`, `"Never"`. |')
    assert.include(page, '| `labels` | `{"a":"b"}` | Said of labels. |')
  })

  it.each(["firesteel", "firesteel-crds"])("of the chart %s are all described", (chart) => {
    const leaves = (value: ChartValue): ReadonlyArray<ChartValue> => value.members?.flatMap(leaves) ?? [value]
    const all = chartValues(
      readFileSync(join(import.meta.dirname, `../../../charts/${chart}/values.yaml`), "utf8"),
    ).flatMap(leaves)
    assert.deepStrictEqual(
      all.filter(({ description }) => description === "").map(({ path }) => path.join(".")),
      [],
    )
  })
})
