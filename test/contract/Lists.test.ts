/** Lists: pages, versions, selectors, and how objects look in them. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Json, makeNamespace, type Namespace, serverLayer, unscheduled } from "../support/Server.ts"
import { configMap, widgetCrd } from "../support/WidgetCluster.ts"

const names = (list: Json): ReadonlyArray<string> => list.items.map((item: Json) => item.metadata.name)
/** A real namespace has a ConfigMap of its own, `kube-root-ca.crt`. */
const mine = "labelSelector=mine"
const five = ["a", "b", "c", "d", "e"]

const fill = (n: Namespace) =>
  Effect.forEach(five, (name) => n.ok("POST", n.configMaps, configMap(name, { labels: { mine: name } })), {
    discard: true,
  })

layer(serverLayer(widgetCrd), { excludeTestServices: true })("a list", (it) => {
  it.effect("comes in the order of names, with the version of the whole and without kinds of items", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* Effect.forEach(["b", "a", "b-1"], (name) => n.ok("POST", n.widgets, n.widget(name)))
      const list = yield* n.ok("GET", n.widgets)
      assert.deepStrictEqual(names(list), ["a", "b", "b-1"])
      assert.deepInclude(list, { kind: "WidgetList", apiVersion: `${n.group}/v1` })
      assert.match(list.metadata.resourceVersion, /^\d+$/)
      const maps = yield* n.ok("GET", n.configMaps)
      assert.deepInclude(maps, { kind: "ConfigMapList", apiVersion: "v1" })
      for (const item of maps.items) assert.notProperty(item, "kind")
      for (const item of list.items) assert.strictEqual(item.kind, "Widget")
    }),
  )

  it.effect("in pages shows the moment of the first page, and counts what remains", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* Effect.forEach(five, (name) => n.ok("POST", n.widgets, n.widget(name)))
      const first = yield* n.ok("GET", `${n.widgets}?limit=2`)
      assert.deepStrictEqual(names(first), ["a", "b"])
      assert.strictEqual(first.metadata.remainingItemCount, 3)
      yield* n.ok("DELETE", `${n.widgets}/c`)
      yield* n.ok("POST", n.widgets, n.widget("bb"))
      const next = (page: Json) =>
        n.ok("GET", `${n.widgets}?limit=2&continue=${encodeURIComponent(page.metadata.continue)}`)
      const second = yield* next(first)
      const third = yield* next(second)
      assert.deepStrictEqual([names(second), names(third)], [["c", "d"], ["e"]])
      assert.strictEqual(second.metadata.resourceVersion, first.metadata.resourceVersion)
      assert.isNotOk(third.metadata.continue)
      assert.notProperty(third.metadata, "remainingItemCount")
    }),
  )

  it.effect("with a selector does not count what remains", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* fill(n)
      const page = yield* n.ok("GET", `${n.configMaps}?limit=2&${mine}`)
      assert.deepStrictEqual(names(page), ["a", "b"])
      assert.notProperty(page.metadata, "remainingItemCount")
      assert.property(page.metadata, "continue")
    }),
  )

  it.effect.each([
    ["mine", five],
    ["mine=b", ["b"]],
    ["mine==b", ["b"]],
    ["mine!=b,mine", ["a", "c", "d", "e"]],
    ["mine in (a,c)", ["a", "c"]],
    ["mine notin (a,c),mine", ["b", "d", "e"]],
    ["!mine", []],
    ["mine=b,mine=c", []],
  ] as const)("selects by the labels %s", ([selector, expected]) =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* fill(n)
      const list = yield* n.ok("GET", `${n.configMaps}?labelSelector=${encodeURIComponent(selector)}`)
      assert.deepStrictEqual(
        names(list).filter((name) => name !== "kube-root-ca.crt"),
        [...expected],
      )
    }),
  )

  it.effect.each([
    ["metadata.name=p", ["p"]],
    ["metadata.name!=p", ["q"]],
    ["status.phase=Pending", ["p", "q"]],
    ["status.phase=Running", []],
    ["spec.restartPolicy=Never", ["q"]],
    ["status.phase!=Failed,status.phase!=Unknown", ["p", "q"]],
    ["metadata.name=p,", ["p"]],
    [",metadata.name!=p,,metadata.namespace!=x", ["q"]],
    [String.raw`metadata.name!=a\,b`, ["p", "q"]],
    [",", ["p", "q"]],
  ] as const)("selects pods by the fields %s", ([selector, expected]) =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.pods, unscheduled("p"))
      yield* n.ok("POST", n.pods, unscheduled("q", { restartPolicy: "Never" }))
      assert.deepStrictEqual(names(yield* n.ok("GET", `${n.pods}?fieldSelector=${encodeURIComponent(selector)}`)), [
        ...expected,
      ])
    }),
  )

  it.effect("selects events by the object they are about", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      for (const name of ["a", "b"]) {
        yield* n.ok("POST", `${n.core}/events`, {
          metadata: { name: `${name}.1` },
          involvedObject: { kind: "SparkApplication", name, namespace: n.name },
          reason: "Test",
          type: "Normal",
        })
      }
      const list = yield* n.ok("GET", `${n.core}/events?fieldSelector=involvedObject.name%3Da`)
      assert.deepStrictEqual(names(list), ["a.1"])
    }),
  )

  it.effect("of a version is not older than that, and exact where that is asked for", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a"))
      const before = (yield* n.ok("GET", n.widgets)).metadata.resourceVersion
      yield* n.ok("POST", n.widgets, n.widget("b"))
      const notOlder = yield* n.ok("GET", `${n.widgets}?resourceVersion=${before}&resourceVersionMatch=NotOlderThan`)
      assert.include(names(notOlder), "a")
      assert.deepStrictEqual(
        names(yield* n.ok("GET", `${n.widgets}?resourceVersion=${before}&resourceVersionMatch=Exact`)),
        ["a"],
      )
    }),
  )

  it.effect("of the future is waited for, and then refused with a word when to come back", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const reply = yield* n.send("GET", `${n.widgets}?resourceVersion=99999999`)
      assert.strictEqual(reply.code, 504)
      assert.match(reply.body.message, /Too large resource version/)
      assert.strictEqual(reply.body.details.causes[0].reason, "ResourceVersionTooLarge")
    }),
  )

  it.effect("of version 0 has no pages", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* Effect.forEach(["a", "b"], (name) => n.ok("POST", n.widgets, n.widget(name)))
      // So that the watch cache is not older than what was made.
      yield* n.ok("GET", `${n.widgets}?resourceVersion=${made[1].metadata.resourceVersion}`)
      const list = yield* n.ok("GET", `${n.widgets}?limit=1&resourceVersion=0`)
      assert.deepStrictEqual(names(list), ["a", "b"])
      assert.isNotOk(list.metadata.continue)
    }),
  )
})
