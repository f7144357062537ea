/** Deletions: at once, with finalizers, with owners in all three modes, and of whole namespaces. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Json, makeNamespace, merge, type Namespace, serverLayer, until } from "../support/Server.ts"
import { configMap, pod, widgetCrd } from "../support/WidgetCluster.ts"

/** A ConfigMap that owns another: of new kinds the garbage collector of a real cluster learns only every half minute. */
const family = Effect.fnUntraced(function* (n: Namespace) {
  const { metadata } = yield* n.ok("POST", n.configMaps, configMap("owner"))
  const reference = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: metadata.uid }
  const ownerReferences = [{ ...reference, controller: true, blockOwnerDeletion: true }]
  yield* n.ok("POST", n.configMaps, configMap("child", { ownerReferences }))
})

const gone = (n: Namespace, path: string) => until(n.send("GET", path), ({ code }) => code === 404)

layer(serverLayer(widgetCrd), { excludeTestServices: true })("a deletion", (it) => {
  it.effect("of an object answers with what it was, and leaves nothing", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.widgets, n.widget("a"))
      const reply = yield* n.send("DELETE", `${n.widgets}/a`)
      assert.strictEqual(reply.code, 200)
      assert.deepInclude(reply.body, { kind: "Status", status: "Success" })
      assert.deepInclude(reply.body.details, {
        name: "a",
        group: n.group,
        kind: "widgets",
        uid: made.metadata.uid,
      })
      assert.strictEqual((yield* n.send("GET", `${n.widgets}/a`)).code, 404)
      assert.strictEqual((yield* n.send("DELETE", `${n.widgets}/a`)).code, 404)
    }),
  )

  it.effect("of a collection takes what the selector selects", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      for (const name of ["a", "b"]) yield* n.ok("POST", n.widgets, n.widget(name, { size: 1 }, { labels: { name } }))
      yield* n.ok("DELETE", `${n.widgets}?labelSelector=name%3Da`)
      const { items } = yield* n.ok("GET", n.widgets)
      assert.deepStrictEqual(
        items.map((item: Json) => item.metadata.name),
        ["b"],
      )
    }),
  )

  it.effect("waits for finalizers, which may go but not come", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a", { size: 1 }, { finalizers: ["example.com/one"] }))
      const { metadata } = yield* n.ok("DELETE", `${n.widgets}/a`)
      assert.match(metadata.deletionTimestamp, /Z$/)
      assert.deepStrictEqual(metadata.finalizers, ["example.com/one"])
      const more = yield* n.send(
        "PATCH",
        `${n.widgets}/a`,
        { metadata: { finalizers: ["example.com/one", "example.com/two"] } },
        merge,
      )
      assert.strictEqual(more.code, 422)
      assert.match(
        more.body.message,
        /metadata\.finalizers: Forbidden: no new finalizers can be added if the object is being deleted/,
      )
      yield* n.ok("PATCH", `${n.widgets}/a`, { metadata: { finalizers: null } }, merge)
      assert.strictEqual((yield* n.send("GET", `${n.widgets}/a`)).code, 404)
    }),
  )

  it.effect("in the background takes the owner at once and what it owns afterwards", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* family(n)
      yield* n.ok("DELETE", `${n.configMaps}/owner`, { propagationPolicy: "Background" })
      assert.strictEqual((yield* n.send("GET", `${n.configMaps}/owner`)).code, 404)
      yield* gone(n, `${n.configMaps}/child`)
    }),
  )

  it.effect("in the foreground takes the owner last", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* family(n)
      yield* n.ok("PATCH", `${n.configMaps}/child`, { metadata: { finalizers: ["example.com/hold"] } }, merge)
      const { metadata } = yield* n.ok("DELETE", `${n.configMaps}/owner`, { propagationPolicy: "Foreground" })
      assert.include(metadata.finalizers, "foregroundDeletion")
      yield* until(n.send("GET", `${n.configMaps}/child`), ({ body }) => body.metadata?.deletionTimestamp !== undefined)
      assert.strictEqual((yield* n.send("GET", `${n.configMaps}/owner`)).code, 200)
      yield* n.ok("PATCH", `${n.configMaps}/child`, { metadata: { finalizers: null } }, merge)
      yield* gone(n, `${n.configMaps}/owner`)
      assert.strictEqual((yield* n.send("GET", `${n.configMaps}/child`)).code, 404)
    }),
  )

  it.effect.each([
    ["a policy in the body", "", { propagationPolicy: "Orphan" }],
    ["a policy in the query", "?propagationPolicy=Orphan", undefined],
    ["the older option", "?orphanDependents=True", undefined],
  ] as const)("that orphans leaves what was owned, without its owner: %s", ([, query, body]) =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* family(n)
      yield* n.ok("DELETE", `${n.configMaps}/owner${query}`, body)
      yield* gone(n, `${n.configMaps}/owner`)
      const { metadata } = yield* n.ok("GET", `${n.configMaps}/child`)
      assert.notProperty(metadata, "ownerReferences")
    }),
  )

  it.effect("reaches what names an owner that does not exist", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const ownerReferences = [
        { apiVersion: "v1", kind: "ConfigMap", name: "never", uid: "00000000-0000-0000-0000-000000000000" },
      ]
      yield* n.ok("POST", n.configMaps, configMap("child", { ownerReferences }))
      yield* gone(n, `${n.configMaps}/child`)
    }),
  )

  it.effect("of a pod that no node has is at once, whatever its grace period", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.pods, { ...pod("p"), spec: { ...pod("p").spec, schedulerName: "nobody" } })
      const deleted = yield* n.ok("DELETE", `${n.pods}/p`)
      assert.strictEqual(deleted.metadata.name, "p")
      yield* gone(n, `${n.pods}/p`)
    }),
  )

  it.effect("as a dry run leaves the object", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a"))
      yield* n.ok("DELETE", `${n.widgets}/a?dryRun=All`)
      assert.notProperty((yield* n.ok("GET", `${n.widgets}/a`)).metadata, "deletionTimestamp")
    }),
  )

  it.effect("has the options of its body, and those of the query only without one", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a"))
      yield* n.ok("DELETE", `${n.widgets}/a?dryRun=All`, {})
      assert.strictEqual((yield* n.send("GET", `${n.widgets}/a`)).code, 404)
    }),
  )

  it.effect("of exactly this object and version is done", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { metadata } = yield* n.ok("POST", n.widgets, n.widget("a"))
      const preconditions = { uid: metadata.uid, resourceVersion: metadata.resourceVersion }
      yield* n.ok("DELETE", `${n.widgets}/a`, { preconditions })
      assert.strictEqual((yield* n.send("GET", `${n.widgets}/a`)).code, 404)
    }),
  )

  it.effect("that waits for a finalizer counts as a new generation, and a second one changes nothing", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a", { size: 1 }, { finalizers: ["example.com/hold"] }))
      const first = yield* n.ok("DELETE", `${n.widgets}/a`)
      assert.strictEqual(first.metadata.generation, 2)
      const second = yield* n.ok("DELETE", `${n.widgets}/a`)
      assert.strictEqual(second.metadata.deletionTimestamp, first.metadata.deletionTimestamp)
      assert.strictEqual(second.metadata.generation, 2)
      yield* n.ok("PATCH", `${n.widgets}/a`, { metadata: { finalizers: null } }, merge)
    }),
  )

  it.effect("of a namespace takes everything in it", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a"))
      yield* n.ok("POST", n.configMaps, configMap("a"))
      yield* n.ok("DELETE", n.core)
      yield* gone(n, n.core)
      assert.deepStrictEqual((yield* n.ok("GET", n.widgets)).items, [])
      assert.deepStrictEqual((yield* n.ok("GET", n.configMaps)).items, [])
    }),
  )

  it.effect("of a namespace in which something is held lets nothing new in", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a", { size: 1 }, { finalizers: ["example.com/hold"] }))
      yield* n.ok("DELETE", n.core)
      const { status, metadata } = yield* n.ok("GET", n.core)
      assert.strictEqual(status.phase, "Terminating")
      assert.property(metadata, "deletionTimestamp")
      const late = yield* n.send("POST", n.configMaps, configMap("late"))
      assert.deepStrictEqual([late.code, late.body.reason], [403, "Forbidden"])
      assert.match(late.body.message, /unable to create new content in namespace .* because it is being terminated/)
      assert.strictEqual(late.body.details.causes[0].reason, "NamespaceTerminating")
      yield* n.ok("PATCH", `${n.widgets}/a`, { metadata: { finalizers: null } }, merge)
    }),
  )
})
