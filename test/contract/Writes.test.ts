/** Writes: what is stored of what was sent, status, generation, versions and dry run. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Json, makeNamespace, merge, serverLayer } from "../support/Server.ts"
import { configMap, widgetCrd } from "../support/WidgetCluster.ts"

layer(serverLayer(widgetCrd), { excludeTestServices: true })("a write", (it) => {
  it.effect("of a new object answers with uid, version, generation and time of creation", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const reply = yield* n.send("POST", n.widgets, n.widget("a"))
      assert.strictEqual(reply.code, 201)
      const { metadata } = reply.body
      assert.match(metadata.uid, /^[0-9a-f-]{36}$/)
      assert.match(metadata.resourceVersion, /^\d+$/)
      assert.match(metadata.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      assert.deepInclude(metadata, { name: "a", namespace: n.name, generation: 1 })
    }),
  )

  it.effect("with generateName makes a name of five more characters", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { metadata } = yield* n.ok("POST", n.configMaps, { metadata: { generateName: "run-" } })
      assert.match(metadata.name, /^run-[a-z0-9]{5}$/)
    }),
  )

  it.effect("of a custom resource fills in defaults, prunes unknown fields and warns of them", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const sent = n.widget("a", { size: 1, unknown: true, free: { kept: true } })
      const { body, warning } = yield* n.send("POST", `${n.widgets}?fieldValidation=Warn`, sent)
      assert.deepStrictEqual(body.spec, { size: 1, color: "red", free: { kept: true } })
      assert.strictEqual(warning, '299 - "unknown field \\"spec.unknown\\""')
    }),
  )

  it.effect("of a custom resource takes no status, and one of the status nothing else", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.widgets, { ...n.widget("a"), status: { phase: "Ready" } })
      assert.notProperty(made, "status")
      const changed = yield* n.ok(
        "PATCH",
        `${n.widgets}/a/status`,
        { spec: { size: 9 }, status: { phase: "Ready" } },
        merge,
      )
      assert.deepStrictEqual([changed.spec.size, changed.status], [1, { phase: "Ready" }])
      const kept = yield* n.ok("PATCH", `${n.widgets}/a`, { spec: { size: 2 }, status: null }, merge)
      assert.deepStrictEqual([kept.spec.size, kept.status], [2, { phase: "Ready" }])
    }),
  )

  it.effect("counts generations for changes of the spec only", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a"))
      const after = (path: string, body: Json) =>
        Effect.map(n.ok("PATCH", `${n.widgets}/${path}`, body, merge), ({ metadata }) => metadata.generation)
      assert.strictEqual(yield* after("a", { metadata: { labels: { x: "y" } } }), 1)
      assert.strictEqual(yield* after("a/status", { status: { phase: "x" } }), 1)
      assert.strictEqual(yield* after("a", { spec: { size: 2 } }), 2)
    }),
  )

  it.effect("that changes nothing leaves the version as it is", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.widgets, n.widget("a"))
      const same = yield* n.ok("PATCH", `${n.widgets}/a`, { spec: { size: 1 } }, merge)
      assert.strictEqual(same.metadata.resourceVersion, made.metadata.resourceVersion)
    }),
  )

  it.effect("as a dry run answers as if, and stores nothing", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const reply = yield* n.send("POST", `${n.widgets}?dryRun=All`, n.widget("a"))
      assert.deepStrictEqual([reply.code, reply.body.spec.color], [201, "red"])
      assert.strictEqual((yield* n.send("GET", `${n.widgets}/a`)).code, 404)
      assert.strictEqual((yield* n.send("POST", `${n.widgets}?dryRun=All`, n.widget("a", { size: 99 }))).code, 422)
    }),
  )

  it.effect("with generateName cuts what is too long for five more characters", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { metadata } = yield* n.ok("POST", n.configMaps, { metadata: { generateName: "x".repeat(70) } })
      assert.match(metadata.name, /^x{58}[a-z0-9]{5}$/)
    }),
  )

  it.effect("in YAML is as good as in JSON", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.configMaps, "metadata: {name: a}\ndata:\n  k: v\n", "application/yaml")
      assert.deepStrictEqual([made.metadata.name, made.data], ["a", { k: "v" }])
    }),
  )

  it.effect("of an unknown field is silent where validation shall ignore it", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const sent = n.widget("a", { size: 1, unknown: true })
      const { code, body, warning } = yield* n.send("POST", `${n.widgets}?fieldValidation=Ignore`, sent)
      assert.deepStrictEqual([code, warning], [201, undefined])
      assert.notProperty(body.spec, "unknown")
    }),
  )

  it.effect("of an unknown field of a built-in kind warns of it", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const sent = { ...configMap("a"), dat: {} }
      const { code, warning } = yield* n.send("POST", `${n.configMaps}?fieldValidation=Warn`, sent)
      assert.deepStrictEqual([code, warning], [201, '299 - "unknown field \\"dat\\""'])
    }),
  )

  it.effect("of null where there is a default takes the default", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.widgets, n.widget("a", { size: 1, color: null }))
      assert.strictEqual(made.spec.color, "red")
    }),
  )

  it.effect("of a whole object without its version replaces a ConfigMap whatever its version", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.configMaps, configMap("a", { labels: { x: "1" } }, { k: "v" }))
      const { metadata, data } = yield* n.ok("PUT", `${n.configMaps}/a`, configMap("a", {}, { l: "w" }))
      assert.deepStrictEqual(data, { l: "w" })
      assert.notProperty(metadata, "labels")
      assert.strictEqual(metadata.uid, made.metadata.uid)
      assert.strictEqual(metadata.creationTimestamp, made.metadata.creationTimestamp)
    }),
  )

  it.effect("of a whole status leaves the spec", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.widgets, n.widget("a"))
      const sent = { ...made, spec: { size: 9 }, status: { phase: "Ready" } }
      const { spec, status, metadata } = yield* n.ok("PUT", `${n.widgets}/a/status`, sent)
      assert.deepStrictEqual([spec.size, status, metadata.generation], [1, { phase: "Ready" }, 1])
    }),
  )
})
