import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import {
  anyObject,
  IntOrString,
  integer,
  listMap,
  optional,
  pattern,
  required,
  rule,
} from "../../../src/api/schema/Field.ts"
import { structuralSchema } from "../../../src/api/schema/StructuralSchema.ts"
import { notStructural } from "../../support/StructuralRules.ts"

describe("conversion of a schema into a structural schema", () => {
  it("keeps types, required fields, descriptions and defaults", () => {
    const schema = Schema.Struct({
      name: required(Schema.String, "A name."),
      kind: optional(Schema.Literals(["a", "b"]), "A kind.", "a"),
      flags: optional(Schema.Array(Schema.Boolean), "Flags."),
      byName: optional(Schema.Record(Schema.String, Schema.Number), "Numbers."),
    })
    assert.deepStrictEqual(structuralSchema(schema), {
      type: "object",
      required: ["name"],
      properties: {
        name: { description: "A name.", type: "string" },
        kind: { description: "A kind.", default: "a", type: "string", enum: ["a", "b"] },
        flags: { description: "Flags.", type: "array", items: { type: "boolean" } },
        byName: { description: "Numbers.", type: "object", additionalProperties: { type: "number" } },
      },
    })
  })

  it("keeps the keywords of its checks", () => {
    assert.deepStrictEqual(structuralSchema(integer("int32", 1, 9)), {
      type: "integer",
      format: "int32",
      minimum: 1,
      maximum: 9,
    })
    assert.deepStrictEqual(structuralSchema(pattern(/^a+$/, "a row of a", { maxLength: 3 })), {
      type: "string",
      pattern: "^a+$",
      maxLength: 3,
    })
  })

  it("expresses null, unions and free-form objects as Kubernetes does", () => {
    assert.deepStrictEqual(structuralSchema(Schema.NullOr(Schema.String)), { type: "string", nullable: true })
    assert.deepStrictEqual(structuralSchema(IntOrString), { "x-kubernetes-int-or-string": true })
    assert.deepStrictEqual(structuralSchema(anyObject()), {
      type: "object",
      "x-kubernetes-preserve-unknown-fields": true,
    })
    const item = Schema.Struct({ type: Schema.String })
    assert.deepStrictEqual(structuralSchema(listMap(item, "type")), {
      type: "array",
      items: { type: "object", required: ["type"], properties: { type: { type: "string" } } },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["type"],
    })
  })

  it("keeps the rules over several fields", () => {
    const fields = Schema.Struct({ a: Schema.Number })
    const always = (text: string) =>
      rule<typeof fields.Type>({ field: "a", rule: text, holds: () => true, message: `${text}!` })
    assert.deepStrictEqual(structuralSchema(fields.check(always("x"), always("y")))["x-kubernetes-validations"], [
      { rule: "x", message: "x!" },
      { rule: "y", message: "y!" },
    ])
  })

  it.each([
    ["a tuple", Schema.Tuple([Schema.String])],
    ["a union of types", Schema.Union([Schema.String, Schema.Boolean])],
    ["anything", Schema.Unknown],
    ["a declared type without keywords", Schema.instanceOf(Map)],
  ])("does not support %s", (_, schema) => {
    assert.throws(() => structuralSchema(schema), /is not possible in a Kubernetes structural schema/)
  })
})

describe("the check for structural schemas", () => {
  it.each([
    ["no type", {}],
    ["a type next to int-or-string", { type: "string", "x-kubernetes-int-or-string": true }],
    ["an array without items", { type: "array" }],
    [
      "properties next to additionalProperties",
      { type: "object", properties: {}, additionalProperties: { type: "string" } },
    ],
    ["a reference", { type: "object", $ref: "#/x" }],
    ["a union", { type: "object", properties: { a: { type: "string", anyOf: [] } } }],
    ["a default outside of its enum", { type: "string", enum: ["a"], default: "b" }],
    ["a required field that is not declared", { type: "object", required: ["a"], properties: {} }],
    [
      "a list map with an optional key",
      {
        type: "array",
        items: { type: "object" },
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["a"],
      },
    ],
  ])("finds %s", (_, schema) => {
    assert.strictEqual(notStructural(schema).length, 1)
  })
})
