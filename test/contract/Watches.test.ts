/** Watches: what they show, in which order, and how they end. */

import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { makeNamespace, merge, serverLayer, table, type WatchLine } from "../support/Server.ts"
import { widgetCrd } from "../support/WidgetCluster.ts"

const brief = ({ type, object }: WatchLine) => `${type} ${object.metadata.name}`

layer(serverLayer(widgetCrd), { excludeTestServices: true })("a watch", (it) => {
  it.effect("from a list's version shows every change after it, in order, with rising versions", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("before"))
      const { metadata } = yield* n.ok("GET", n.widgets)
      yield* n.ok("POST", n.widgets, n.widget("a"))
      yield* n.ok("PATCH", `${n.widgets}/a`, { spec: { size: 2 } }, merge)
      yield* n.ok("DELETE", `${n.widgets}/a`)
      const lines = yield* n.watch(`${n.widgets}?watch=1&resourceVersion=${metadata.resourceVersion}`, 3)
      assert.deepStrictEqual(lines.map(brief), ["ADDED a", "MODIFIED a", "DELETED a"])
      const versions = lines.map(({ object }) => Number(object.metadata.resourceVersion))
      assert.deepStrictEqual(
        versions,
        [...versions].sort((a, b) => a - b),
      )
      assert.strictEqual(lines[2]?.object.spec.size, 2, "a deletion shows the last state")
    }),
  )

  it.effect("without a version begins with what there is", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* Effect.forEach(["a", "b"], (name) => n.ok("POST", n.widgets, n.widget(name)))
      assert.deepStrictEqual((yield* n.watch(`${n.widgets}?watch=1`, 2)).map(brief).sort(), ["ADDED a", "ADDED b"])
    }),
  )

  it.effect("that asks for initial events gets them, and then a bookmark that says they were all", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* Effect.forEach(["a", "b"], (name) => n.ok("POST", n.widgets, n.widget(name)))
      const query = "watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan"
      const lines = yield* n.watch(`${n.widgets}?${query}`, 3)
      assert.deepStrictEqual(lines.slice(0, 2).map(brief).sort(), ["ADDED a", "ADDED b"])
      assert.strictEqual(lines[2]?.type, "BOOKMARK")
      assert.strictEqual(lines[2]?.object.metadata.annotations["k8s.io/initial-events-end"], "true")
      assert.match(lines[2]?.object.metadata.resourceVersion, /^\d+$/)
    }),
  )

  it.effect("that asks for initial events without saying how old they may be is refused", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const reply = yield* n.send("GET", `${n.widgets}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true`)
      assert.strictEqual(reply.code, 422)
      assert.match(
        reply.body.message,
        /resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan/,
      )
    }),
  )

  it.effect(
    "with a selector shows that an object left the selection as its deletion, and that it came as its addition",
    () =>
      Effect.gen(function* () {
        const n = yield* makeNamespace
        yield* n.ok("POST", n.widgets, n.widget("a", { size: 1 }, { labels: { on: "yes" } }))
        const { metadata } = yield* n.ok("GET", n.widgets)
        for (const on of ["no", "yes"]) yield* n.ok("PATCH", `${n.widgets}/a`, { metadata: { labels: { on } } }, merge)
        const lines = yield* n.watch(
          `${n.widgets}?watch=1&labelSelector=on%3Dyes&resourceVersion=${metadata.resourceVersion}`,
          2,
        )
        assert.deepStrictEqual(lines.map(brief), ["DELETED a", "ADDED a"])
      }),
  )

  it.effect("of one name shows that name only", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { metadata } = yield* n.ok("GET", n.widgets)
      yield* Effect.forEach(["a", "b", "c"], (name) => n.ok("POST", n.widgets, n.widget(name)))
      const lines = yield* n.watch(
        `${n.widgets}?watch=1&fieldSelector=metadata.name%3Db&resourceVersion=${metadata.resourceVersion}`,
        1,
      )
      assert.deepStrictEqual(lines.map(brief), ["ADDED b"])
    }),
  )

  it.effect("shows changes as they happen", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { metadata } = yield* n.ok("GET", n.widgets)
      const watching = yield* Effect.forkChild(
        n.watch(`${n.widgets}?watch=1&resourceVersion=${metadata.resourceVersion}`, 2),
      )
      yield* n.ok("POST", n.widgets, n.widget("a"))
      yield* n.ok("PATCH", `${n.widgets}/a/status`, { status: { ready: true } }, merge)
      assert.deepStrictEqual((yield* Fiber.join(watching)).map(brief), ["ADDED a", "MODIFIED a"])
    }),
  )

  it.effect("ends by itself after the time that was asked for", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { metadata } = yield* n.ok("GET", n.widgets)
      assert.deepStrictEqual(
        yield* n.watch(`${n.widgets}?watch=1&timeoutSeconds=1&resourceVersion=${metadata.resourceVersion}`, 1),
        [],
      )
    }),
  )

  it.effect("as a table shows rows", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a", { size: 3 }))
      const reply = yield* n.send(
        "GET",
        `${n.widgets}?watch=1&timeoutSeconds=1&resourceVersion=0`,
        undefined,
        undefined,
        table,
      )
      const line = typeof reply.body === "string" ? JSON.parse(reply.body.split("\n")[0] ?? "") : reply.body
      assert.strictEqual(line.object.kind, "Table")
      assert.strictEqual(line.object.rows[0].cells[0], "a")
    }),
  )

  // Of a kind that is younger than the server: how far back it remembers the others depends on its own age.
  it.effect("from a version long gone is told so, and ends", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const [line, ...others] = yield* n.watch(`${n.widgets}?watch=1&resourceVersion=1&timeoutSeconds=5`, 2)
      assert.deepStrictEqual(others, [])
      assert.strictEqual(line?.type, "ERROR")
      assert.deepInclude(line?.object, { kind: "Status", status: "Failure", code: 410, reason: "Expired" })
      assert.match(line?.object.message, /^too old resource version: 1 \(\d+\)$/)
    }),
  )

  it.effect("shows the deletion of an object that waits for a finalizer as a change first", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { metadata } = yield* n.ok("GET", n.widgets)
      yield* n.ok("POST", n.widgets, n.widget("a", { size: 1 }, { finalizers: ["example.com/hold"] }))
      yield* n.ok("DELETE", `${n.widgets}/a`)
      yield* n.ok("PATCH", `${n.widgets}/a`, { metadata: { finalizers: null } }, merge)
      const lines = yield* n.watch(`${n.widgets}?watch=1&resourceVersion=${metadata.resourceVersion}`, 3)
      assert.deepStrictEqual(lines.map(brief), ["ADDED a", "MODIFIED a", "DELETED a"])
      for (const { object } of lines.slice(1)) assert.property(object.metadata, "deletionTimestamp")
    }),
  )

  it.effect("does not show a write that changed nothing", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a"))
      const { metadata } = yield* n.ok("GET", n.widgets)
      yield* n.ok("PATCH", `${n.widgets}/a`, { spec: { size: 1 } }, merge)
      yield* n.ok("POST", n.widgets, n.widget("b"))
      const lines = yield* n.watch(`${n.widgets}?watch=1&resourceVersion=${metadata.resourceVersion}`, 1)
      assert.deepStrictEqual(lines.map(brief), ["ADDED b"])
    }),
  )
})
