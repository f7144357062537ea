/** Patches of the three classic kinds: JSON patch, merge patch and strategic merge patch. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Json, jsonPatch, makeNamespace, merge, serverLayer, strategic, unscheduled } from "../support/Server.ts"
import { configMap, pod, widgetCrd } from "../support/WidgetCluster.ts"

layer(serverLayer(widgetCrd), { excludeTestServices: true })("a write", (it) => {
  it.effect("by merge patch takes away with null and replaces lists", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok(
        "POST",
        n.widgets,
        n.widget("a", { size: 1, parts: [{ name: "x" }, { name: "y" }] }, { labels: { a: "1", b: "2" } }),
      )
      const body = { metadata: { labels: { a: null } }, spec: { parts: [{ name: "z" }] } }
      const { metadata, spec } = yield* n.ok("PATCH", `${n.widgets}/a`, body, merge)
      assert.deepStrictEqual([metadata.labels, spec.parts], [{ b: "2" }, [{ name: "z" }]])
    }),
  )

  it.effect("by JSON patch tests, adds, replaces and removes, all or nothing", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.configMaps, configMap("a", { annotations: { "x/y": "1" } }, { k: "v", gone: "1" }))
      const steps = [
        { op: "test", path: "/metadata/annotations/x~1y", value: "1" },
        { op: "replace", path: "/data/k", value: "w" },
        { op: "add", path: "/data/n", value: "new" },
        { op: "remove", path: "/data/gone" },
      ]
      assert.deepStrictEqual((yield* n.ok("PATCH", `${n.configMaps}/a`, steps, jsonPatch)).data, { k: "w", n: "new" })
      const half = [{ op: "add", path: "/data/half", value: "1" }, ...steps.slice(3)]
      assert.strictEqual((yield* n.send("PATCH", `${n.configMaps}/a`, half, jsonPatch)).code, 422)
      assert.deepStrictEqual((yield* n.ok("GET", `${n.configMaps}/a`)).data, { k: "w", n: "new" })
    }),
  )

  it.effect("of a status by JSON patch is refused when it rests on an old version", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.widgets, n.widget("a"))
      yield* n.ok("PATCH", `${n.widgets}/a`, { spec: { size: 2 } }, merge)
      const body = [
        { op: "replace", path: "/metadata/resourceVersion", value: made.metadata.resourceVersion },
        { op: "add", path: "/status", value: { phase: "Ready" } },
      ]
      const stale = yield* n.send("PATCH", `${n.widgets}/a/status`, body, jsonPatch)
      assert.deepStrictEqual([stale.code, stale.body.reason], [409, "Conflict"])
      const { metadata } = yield* n.ok("GET", `${n.widgets}/a`)
      body[0]!.value = metadata.resourceVersion
      assert.deepStrictEqual((yield* n.ok("PATCH", `${n.widgets}/a/status`, body, jsonPatch)).status, {
        phase: "Ready",
      })
    }),
  )

  it.effect("by strategic merge patch merges containers by name, and labels", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const containers = [
        { name: "main", image: "a" },
        { name: "side", image: "b" },
      ]
      yield* n.ok("POST", n.pods, { ...pod("p"), spec: { schedulerName: "nobody", containers } })
      const changed = yield* n.ok(
        "PATCH",
        `${n.pods}/p`,
        { spec: { containers: [{ name: "side", image: "c" }] } },
        strategic,
      )
      assert.deepStrictEqual(
        changed.spec.containers.map(({ name, image }: Json) => `${name} ${image}`),
        ["main a", "side c"],
      )
      const labelled = { metadata: { labels: { a: "1" } } }
      assert.deepStrictEqual((yield* n.ok("PATCH", `${n.pods}/p`, labelled, strategic)).metadata.labels, { a: "1" })
    }),
  )

  it.effect("by JSON patch copies and moves", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.configMaps, configMap("a", {}, { b: "1" }))
      const steps = [
        { op: "copy", from: "/data/b", path: "/data/c" },
        { op: "move", from: "/data/b", path: "/data/d" },
      ]
      assert.deepStrictEqual((yield* n.ok("PATCH", `${n.configMaps}/a`, steps, jsonPatch)).data, { c: "1", d: "1" })
    }),
  )

  it.effect("by any patch as a dry run shows the outcome only", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.configMaps, configMap("a", {}, { k: "v" }))
      const seen = yield* n.ok("PATCH", `${n.configMaps}/a?dryRun=All`, { data: { l: "w" } }, merge)
      assert.deepStrictEqual(seen.data, { k: "v", l: "w" })
      assert.deepStrictEqual((yield* n.ok("GET", `${n.configMaps}/a`)).data, { k: "v" })
    }),
  )

  it.effect("by strategic merge patch of a pod's status merges conditions by type, and leaves the spec", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.pods, unscheduled("p"))
      const condition = (type: string) => ({
        status: { conditions: [{ type, status: "True" }] },
        spec: { nodeName: "x" },
      })
      for (const type of ["example.com/a", "example.com/b"]) {
        yield* n.ok("PATCH", `${n.pods}/p/status`, condition(type), strategic)
      }
      const { spec, status } = yield* n.ok("GET", `${n.pods}/p`)
      assert.includeMembers(
        status.conditions.map(({ type }: Json) => type),
        ["example.com/a", "example.com/b"],
      )
      assert.deepStrictEqual(spec, made.spec)
    }),
  )

  it.effect("by strategic merge patch takes an item away by directive", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const owner = yield* n.ok("POST", n.configMaps, configMap("owner"))
      const reference = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: owner.metadata.uid }
      yield* n.ok("POST", n.configMaps, configMap("a", { ownerReferences: [reference] }))
      const body = { metadata: { ownerReferences: [{ $patch: "delete", uid: owner.metadata.uid }] } }
      const { metadata } = yield* n.ok("PATCH", `${n.configMaps}/a`, body, strategic)
      assert.notProperty(metadata, "ownerReferences")
    }),
  )
})
