import { assert, describe, it } from "@effect/vitest"
import { Effect, Queue, Result } from "effect"
import { TestClock } from "effect/testing"
import type { WatchLine } from "../../../src/local/apiserver/Reads.ts"
import { configMap, pod, refusal, widgetCluster } from "../../support/WidgetCluster.ts"

const names = (items: ReadonlyArray<{ readonly metadata: { readonly name: string } }>) =>
  items.map(({ metadata }) => metadata.name)

const brief = (line: WatchLine) =>
  line.type === "BOOKMARK" ? `BOOKMARK ${line.resourceVersion}` : `${line.type} ${line.object.metadata.name}`

const five = ["a", "b", "c", "d", "e"]

describe("Lists", () => {
  it.effect("are ordered by namespace and name, and have the version of the collection", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const create = (name: string, namespace = "default") =>
        cluster.create(kind("configmaps"), namespace, configMap(name))
      yield* Effect.forEach(["b", "a", "b-1"], (name) => create(name))
      const { object } = yield* create("z", "kube-system")
      const list = yield* cluster.list(kind("configmaps"), {})
      assert.deepStrictEqual(names(list.items), ["a", "b", "b-1", "z"])
      assert.strictEqual(list.resourceVersion, object.metadata.resourceVersion)
    }),
  )

  it.effect("read in pages show the state of the first page, whatever changes meanwhile", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const configMaps = kind("configmaps")
      yield* Effect.forEach(five, (name) => cluster.create(configMaps, "default", configMap(name)))
      const first = yield* cluster.list(configMaps, { limit: 2 })
      assert.strictEqual(first.remainingItemCount, 3)
      yield* cluster.delete(configMaps, "default", "c")
      yield* cluster.create(configMaps, "default", configMap("bb"))
      const second = yield* cluster.list(configMaps, { limit: 2, continue: first.continue })
      const third = yield* cluster.list(configMaps, { limit: 2, continue: second.continue })
      assert.deepStrictEqual(
        [first, second, third].map(({ items }) => names(items)),
        [["a", "b"], ["c", "d"], ["e"]],
      )
      assert.deepStrictEqual(
        [second.resourceVersion, third.resourceVersion],
        [first.resourceVersion, first.resourceVersion],
      )
      assert.isUndefined(third.continue)
    }),
  )

  it.effect("cannot be continued after a compaction: 410", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      yield* Effect.forEach(five, (name) => cluster.create(kind("configmaps"), "default", configMap(name)))
      const first = yield* cluster.list(kind("configmaps"), { limit: 2 })
      yield* cluster.create(kind("configmaps"), "default", configMap("f"))
      yield* cluster.compact
      const error = yield* refusal(cluster.list(kind("configmaps"), { limit: 2, continue: first.continue }))
      assert.deepStrictEqual([error.code, error.reason], [410, "Expired"])
    }),
  )

  it.effect("support selectors on labels and on the fields that the kind declares", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const pods = kind("pods")
      yield* cluster.create(pods, "default", pod("a", { labels: { role: "driver" } }))
      yield* cluster.create(pods, "default", pod("b", { labels: { role: "executor" } }))
      yield* cluster.create(pods, "default", pod("c"))
      yield* cluster.patch(pods, "default", "b", {
        type: "merge",
        body: { status: { phase: "Running" } },
        subresource: "status",
      })
      const listed = (query: object) => Effect.map(cluster.list(pods, query), ({ items }) => names(items))
      assert.deepStrictEqual(yield* listed({ labelSelector: "role in (driver,executor),role!=driver" }), ["b"])
      assert.deepStrictEqual(yield* listed({ fieldSelector: "status.phase=Pending,metadata.name!=c" }), ["a"])
      const error = yield* refusal(cluster.list(pods, { fieldSelector: "spec.foo=1" }))
      assert.strictEqual(error.message, "field label not supported: spec.foo")
    }),
  )
})

describe("Watches", () => {
  it.effect("from a resource version send earlier events, then new ones", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const configMaps = kind("configmaps")
      yield* cluster.create(configMaps, "default", configMap("before"))
      const { resourceVersion } = yield* cluster.list(configMaps, {})
      yield* cluster.create(configMaps, "default", configMap("a"))
      const watch = yield* cluster.watch(configMaps, { resourceVersion })
      yield* cluster.patch(configMaps, "default", "a", { type: "merge", body: { data: { k: "1" } } })
      const { object } = yield* cluster.delete(configMaps, "default", "a")
      const lines = yield* Queue.takeAll(watch)
      assert.deepStrictEqual(lines.map(brief), ["ADDED a", "MODIFIED a", "DELETED a"])
      const last = lines.at(-1)
      assert.strictEqual(
        last?.type === "DELETED" && last.object.metadata.resourceVersion,
        object.metadata.resourceVersion,
      )
    }),
  )

  it.effect("without a resource version begin with all existing objects", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      yield* cluster.create(kind("configmaps"), "default", configMap("a"))
      const watch = yield* cluster.watch(kind("configmaps"), {
        sendInitialEvents: true,
        resourceVersionMatch: "NotOlderThan",
      })
      const lines = yield* Queue.takeAll(watch)
      assert.strictEqual(brief(lines[0]), "ADDED a")
      assert.deepInclude(lines[1], { type: "BOOKMARK", initialEventsEnd: true })
    }),
  )

  it.effect("with a selector report an object as added and deleted when its labels change", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const pods = kind("pods")
      const label = (role: string) =>
        cluster.patch(pods, "default", "a", { type: "merge", body: { metadata: { labels: { role } } } })
      yield* cluster.create(pods, "default", pod("a"))
      const { resourceVersion } = yield* cluster.list(pods, {})
      const watch = yield* cluster.watch(pods, { resourceVersion, labelSelector: "role=driver" })
      yield* label("driver")
      yield* cluster.patch(pods, "default", "a", { type: "merge", body: { metadata: { annotations: { a: "b" } } } })
      yield* label("executor")
      yield* label("other")
      const lines = yield* Queue.takeAll(watch)
      assert.deepStrictEqual(lines.map(brief), ["ADDED a", "MODIFIED a", "DELETED a"])
    }),
  )

  it.effect("from an expired version fail with 410", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster({ historyLimit: 3 })
      const { resourceVersion } = yield* cluster.list(kind("configmaps"), {})
      yield* Effect.forEach([...five, "f", "g"], (name) =>
        cluster.create(kind("configmaps"), "default", configMap(name)),
      )
      const watch = yield* cluster.watch(kind("configmaps"), { resourceVersion })
      const error = yield* Effect.flip(Queue.take(watch))
      if (error._tag !== "ApiError") throw new Error(error._tag)
      assert.deepStrictEqual([error.code, error.reason], [410, "Expired"])
      assert.match(error.message, /^too old resource version: \d+ \(\d+\)$/)
    }),
  )

  it.effect("send a bookmark every minute on request, and end after their timeout", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const { resourceVersion } = yield* cluster.list(kind("configmaps"), {})
      const watch = yield* cluster.watch(kind("configmaps"), {
        resourceVersion,
        allowWatchBookmarks: true,
        timeoutSeconds: 90,
      })
      yield* cluster.create(kind("pods"), "default", pod("elsewhere"))
      const now = (yield* cluster.list(kind("pods"), {})).resourceVersion
      yield* TestClock.adjust("60 seconds")
      assert.deepStrictEqual((yield* Queue.takeAll(watch)).map(brief), [`BOOKMARK ${now}`])
      yield* TestClock.adjust("30 seconds")
      yield* Queue.takeAll(watch)
      assert.isTrue(Result.isFailure(yield* Effect.result(Queue.take(watch))))
    }),
  )
})
