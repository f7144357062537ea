import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type StructuralSchema, prune, withDefaults } from "../../../../src/local/apiserver/schema/SchemaPruning.ts"
import { problems } from "../../../../src/local/apiserver/schema/SchemaValidation.ts"
import { refusal, widget, widgetCluster, widgetCrd } from "../../../support/WidgetCluster.ts"

/** The complaints as a user reads them. */
const said = (schema: StructuralSchema, value: unknown, old?: unknown) =>
  problems({ type: "object", properties: { f: schema } }, { f: value }, old === undefined ? undefined : { f: old }).map(
    ({ field, message }) => `${field}: ${message}`,
  )

describe("Validation by a structural schema", () => {
  const cases: ReadonlyArray<readonly [what: string, schema: StructuralSchema, bad: unknown, message: string]> = [
    ["type", { type: "integer" }, "4", 'f: Invalid value: "string": f in body must be of type integer: "string"'],
    ["null", { type: "string" }, null, 'f: Invalid value: "null": f in body must be of type string: "null"'],
    ["fraction", { type: "integer" }, 1.5, 'f: Invalid value: "number": f in body must be of type integer: "number"'],
    ["enum", { enum: ["a", "b"] }, "c", 'f: Unsupported value: "c": supported values: "a", "b"'],
    [
      "minimum",
      { type: "integer", minimum: 1 },
      0,
      "f: Invalid value: 0: f in body should be greater than or equal to 1",
    ],
    ["maximum", { type: "integer", maximum: 3 }, 4, "f: Invalid value: 4: f in body should be less than or equal to 3"],
    ["pattern", { type: "string", pattern: "^a+$" }, "b", `f: Invalid value: "b": f in body should match '^a+$'`],
    [
      "minLength",
      { type: "string", minLength: 1 },
      "",
      'f: Invalid value: "": f in body should be at least 1 chars long',
    ],
    ["maxLength", { type: "string", maxLength: 2 }, "abc", "f: Too long: may not be more than 2 bytes"],
    [
      "format",
      { type: "string", format: "date-time" },
      "x",
      'f: Invalid value: "x": f in body must be of type date-time: "x"',
    ],
    ["maxItems", { type: "array", maxItems: 1 }, [1, 2], "f: Too many: 2: must have at most 1 items"],
    ["required", { type: "object", required: ["g"] }, {}, "f.g: Required value"],
    [
      "items",
      { type: "array", items: { type: "string" } },
      ["a", 1],
      'f[1]: Invalid value: "integer": f[1] in body must be of type string: "integer"',
    ],
    [
      "int-or-string",
      { "x-kubernetes-int-or-string": true },
      true,
      'f: Invalid value: "boolean": f in body must be of type integer,string: "boolean"',
    ],
    [
      "CEL",
      { type: "integer", "x-kubernetes-validations": [{ rule: "self % 2 == 0", message: "must be even" }] },
      3,
      "f: Invalid value: 3: must be even",
    ],
    [
      "CEL message",
      {
        type: "integer",
        "x-kubernetes-validations": [{ rule: "self > 5", messageExpression: "'not ' + string(self)" }],
      },
      3,
      "f: Invalid value: 3: not 3",
    ],
    [
      "list map",
      { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"] },
      [{ k: 1 }, { k: 1 }],
      'f[1]: Duplicate value: {"k":1}',
    ],
  ]
  it.each(cases)("reports %s with Kubernetes' message", (_, schema, bad, message) => {
    assert.deepStrictEqual(said(schema, bad), [message])
  })

  it("accepts null where the schema is nullable, and both types of int-or-string", () => {
    assert.deepStrictEqual(said({ type: "string", nullable: true }, null), [])
    assert.deepStrictEqual(said({ "x-kubernetes-int-or-string": true }, "25%"), [])
    assert.deepStrictEqual(said({ "x-kubernetes-int-or-string": true }, 25), [])
  })

  it("runs a rule about oldSelf only when there is an old value", () => {
    const schema: StructuralSchema = { type: "string", "x-kubernetes-validations": [{ rule: "self == oldSelf" }] }
    assert.deepStrictEqual(said(schema, "a"), [])
    assert.deepStrictEqual(said(schema, "a", "a"), [])
    assert.deepStrictEqual(said(schema, "a", "b"), ['f: Invalid value: "a": failed rule: self == oldSelf'])
  })

  it("evaluates no rule on a value that does not match the schema", () => {
    const schema: StructuralSchema = { type: "integer", "x-kubernetes-validations": [{ rule: "self > 0" }] }
    assert.deepStrictEqual(said(schema, "x"), [
      'f: Invalid value: "string": f in body must be of type integer: "string"',
      "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
    ])
  })
})

describe("Pruning", () => {
  const schema: StructuralSchema = {
    type: "object",
    properties: {
      spec: {
        type: "object",
        properties: {
          list: { type: "array", items: { type: "object", properties: { a: { type: "string" } } } },
          map: { type: "object", additionalProperties: { type: "object", properties: { a: { type: "string" } } } },
          free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        },
      },
    },
  }

  it("drops unknown fields and names them with their paths", () => {
    const value = {
      kind: "K",
      spec: { list: [{ a: "1" }, { b: "2" }], map: { k: { c: 1 } }, free: { any: { thing: 1 } }, x: 1 },
    }
    const pruned = prune(schema, value)
    assert.deepStrictEqual(pruned.unknown, ["spec.list[1].b", "spec.map.k.c", "spec.x"])
    assert.deepStrictEqual(pruned.value, {
      kind: "K",
      spec: { list: [{ a: "1" }, {}], map: { k: {} }, free: { any: { thing: 1 } } },
    })
  })

  it("returns the same object when no field is unknown", () => {
    const value = { apiVersion: "v1", metadata: { name: "a" }, spec: { list: [{ a: "1" }] } }
    assert.strictEqual(prune(schema, value).value, value)
  })
})

describe("Defaulting", () => {
  it("sets defaults where the parent object exists, and replaces null where it is not allowed", () => {
    const schema: StructuralSchema = {
      type: "object",
      properties: {
        a: {
          type: "object",
          properties: { b: { type: "integer", default: 1 }, c: { type: "string", nullable: true, default: "x" } },
        },
        absent: { type: "object", properties: { b: { type: "integer", default: 1 } } },
        gone: { type: "string" },
      },
    }
    assert.deepStrictEqual(withDefaults(schema, { a: { b: null, c: null }, gone: null }), { a: { b: 1, c: null } })
  })
})

describe("Custom resources", () => {
  it.effect("are refused with every mistake named, and Kubernetes' summary", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const error = yield* refusal(
        cluster.create(kind("widgets"), "default", widget("a", { size: "x", color: "pink" })),
      )
      assert.strictEqual(
        error.message,
        'Widget.example.com "a" is invalid: [spec.size: Invalid value: "string": spec.size in body must be of type integer: "string", spec.color: Unsupported value: "pink": supported values: "red", "blue", <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
      )
      assert.deepInclude(error.details, { name: "a", group: "example.com", kind: "Widget" })
    }),
  )

  it.effect("keep what a rule says must not change", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      yield* cluster.create(kind("widgets"), "default", widget("a", { size: 1, fixed: "x" }))
      const change = { type: "merge", body: { spec: { fixed: "y" } } } as const
      const error = yield* refusal(cluster.patch(kind("widgets"), "default", "a", change))
      assert.strictEqual(
        error.message,
        'Widget.example.com "a" is invalid: spec.fixed: Invalid value: "y": fixed is immutable',
      )
    }),
  )

  it.effect("have unknown fields removed with a warning, or are rejected under strict validation", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const body = widget("a", { size: 1, foo: 1, parts: [{ name: "x", bar: 2 }] })
      const create = (fieldValidation: "Strict" | "Warn" | "Ignore") =>
        cluster.create(kind("widgets"), "default", body, { fieldValidation, dryRun: true })
      const { object, warnings } = yield* create("Warn")
      assert.deepStrictEqual(object["spec"], { size: 1, color: "red", parts: [{ name: "x" }] })
      assert.deepStrictEqual(warnings, ['unknown field "spec.foo"', 'unknown field "spec.parts[0].bar"'])
      assert.deepStrictEqual((yield* create("Ignore")).warnings, [])
      const error = yield* refusal(create("Strict"))
      assert.strictEqual(error.code, 400)
      assert.match(
        error.message,
        /strict decoding error: unknown field "spec\.foo", unknown field "spec\.parts\[0\]\.bar"$/,
      )
    }),
  )

  it.effect("also have the schemas of built-in kinds", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const spec = { containers: [{ name: "a", image: "b", imagePullPolice: "Always" }] }
      const pod = { metadata: { name: "a" }, spec }
      const strict = cluster.create(kind("pods"), "default", pod, { fieldValidation: "Strict" })
      assert.match((yield* refusal(strict)).message, /unknown field "spec\.containers\[0\]\.imagePullPolice"/)
      const wrong = { metadata: { name: "a" }, spec: { ...spec, priority: "high" } }
      assert.match(
        (yield* refusal(cluster.create(kind("pods"), "default", wrong))).message,
        /cannot unmarshal string into Go struct field Pod\.spec\.priority of type integer/,
      )
    }),
  )

  it.effect("cannot be defined with a rule that does not compile", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const schema = { type: "object", "x-kubernetes-validations": [{ rule: "self.(" }] }
      const crd = {
        ...widgetCrd,
        metadata: { name: "gadgets.example.com" },
        spec: {
          ...widgetCrd.spec,
          names: { plural: "gadgets", kind: "Gadget" },
          versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
        },
      }
      const error = yield* refusal(cluster.create(kind("customresourcedefinitions"), "", crd))
      assert.match(error.message, /openAPIV3Schema\.x-kubernetes-validations\[0\]\.rule: .*compilation failed/)
    }),
  )
})
