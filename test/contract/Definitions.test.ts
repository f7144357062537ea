/** A definition that is replaced while objects of its kind exist: which fields they have after that, and again when it is as it was. */

import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { jsonPatch, type Json, makeNamespace, merge, type Namespace, serverLayer, until } from "../support/Server.ts"
import { widgetCrd } from "../support/WidgetCluster.ts"

const { schema } = widgetCrd.spec.versions[0]!
const { properties } = schema.openAPIV3Schema

/** Without `spec.parts`, and with a status that has `kept` alone. */
const lesser = {
  ...properties,
  spec: { ...properties.spec, properties: { ...properties.spec.properties, parts: undefined } },
  status: { type: "object", properties: { kept: { type: "string" } } },
}

const define = (n: Namespace, fields: Json) =>
  n.ok(
    "PATCH",
    `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${n.group}`,
    [{ op: "replace", path: "/spec/versions/0/schema/openAPIV3Schema/properties", value: fields }],
    jsonPatch,
  )

/** Puts `fields` into the definition; resumes when the server judges writes by them, which a real one does a moment after it has stored them. */
const use = Effect.fnUntraced(function* (n: Namespace, fields: Json) {
  yield* define(n, fields)
  const created = n.ok("POST", `${n.widgets}?dryRun=All`, n.widget("witness", { size: 1, parts: [{ name: "leg" }] }))
  yield* until(created, ({ spec }) => (spec.parts !== undefined) === (fields === properties))
})

/** Replaces the definition by the lesser one, until the scope ends. */
const lessen = (n: Namespace) => Effect.acquireRelease(use(n, lesser), () => use(n, properties))

const made = Effect.fnUntraced(function* (n: Namespace, name: string) {
  yield* n.ok("POST", n.widgets, n.widget(name, { size: 2, parts: [{ name: "leg" }] }))
  yield* n.ok("PATCH", `${n.widgets}/${name}/status`, { status: { kept: "a", more: { fields: 1 } } }, merge)
})

layer(serverLayer(widgetCrd), { excludeTestServices: true })("a definition that lacks fields", (it) => {
  it.effect("hides them of what is stored, and drops them of what is written, without an error", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* made(n, "a")
      yield* lessen(n)
      assert.deepStrictEqual((yield* n.ok("GET", `${n.widgets}/a`)).status, { kept: "a" })
      const listed = yield* n.ok("GET", n.widgets)
      assert.deepStrictEqual(listed.items[0].spec, { size: 2, color: "red" })
      const status = { kept: "b", more: { fields: 2 } }
      const answer = yield* n.ok("PATCH", `${n.widgets}/a/status`, { status }, merge)
      assert.deepStrictEqual(answer.status, { kept: "b" })
    }),
  )

  it.effect("answers a dry run as it would answer the write", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* made(n, "a")
      yield* lessen(n)
      const body = [{ op: "add", path: "/status", value: { kept: "c", more: { fields: 3 } } }]
      const answer = yield* n.ok("PATCH", `${n.widgets}/a/status?dryRun=All`, body, jsonPatch)
      assert.deepStrictEqual(answer.status, { kept: "c" })
      assert.deepStrictEqual((yield* n.ok("GET", `${n.widgets}/a`)).status, { kept: "a" })
    }),
  )

  it.effect("loses them for good only of objects that are written meanwhile, even by an update of something else", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      for (const name of ["untouched", "touched"]) yield* made(n, name)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* lessen(n)
          yield* n.ok("PATCH", `${n.widgets}/touched`, { metadata: { labels: { a: "b" } } }, merge)
        }),
      )
      const whole = yield* n.ok("GET", `${n.widgets}/untouched`)
      assert.deepStrictEqual(whole.spec.parts, [{ name: "leg" }])
      assert.deepStrictEqual(whole.status, { kept: "a", more: { fields: 1 } })
      const touched = yield* n.ok("GET", `${n.widgets}/touched`)
      assert.deepStrictEqual(touched.status, { kept: "a" })
      assert.isUndefined(touched.spec.parts)
    }),
  )

  it.effect("ends the watches that are open, and those who want to continue from there have to list again", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* made(n, "a")
      const { metadata } = yield* n.ok("GET", n.widgets)
      const watch = `${n.widgets}?watch=1&resourceVersion=${metadata.resourceVersion}`
      const open = yield* Effect.forkScoped(n.watch(watch, 100))
      yield* n.ok("PATCH", `${n.widgets}/a`, { metadata: { labels: { a: "b" } } }, merge)
      yield* lessen(n)
      assert.deepStrictEqual(
        (yield* Fiber.join(open)).map(({ type }) => type),
        ["MODIFIED"],
      )
      const [line] = yield* n.watch(watch, 1)
      assert.deepStrictEqual([line?.type, line?.object.code], ["ERROR", 410])
    }),
  )
})
