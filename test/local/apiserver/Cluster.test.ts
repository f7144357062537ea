import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { configMap, pod, refusal, widget, widgetCluster, widgetCrd } from "../../support/WidgetCluster.ts"

describe("Cluster, writing", () => {
  it.effect("sets uid, creation time in whole seconds, and resource version of a new object", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      yield* TestClock.adjust("90.5 seconds")
      const { object } = yield* cluster.create(kind("configmaps"), "default", configMap("a", { uid: "mine" }))
      assert.strictEqual(object.metadata.creationTimestamp, "1970-01-01T00:01:30Z")
      assert.strictEqual(object.metadata.namespace, "default")
      assert.notStrictEqual(object.metadata.uid, "mine")
      assert.match(object.metadata.resourceVersion, /^\d+$/)
    }),
  )

  it.effect("generates distinct names from generateName", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const make = cluster.create(kind("configmaps"), "default", { metadata: { generateName: "run-" } })
      const names = yield* Effect.replicateEffect(
        Effect.map(make, ({ object }) => object.metadata.name),
        500,
      )
      assert.strictEqual(new Set(names).size, 500)
      assert.isTrue(names.every((name) => /^run-[a-z0-9]{5}$/.test(name)))
    }),
  )

  it.effect("answers AlreadyExists with Kubernetes' message when the name is in use", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      yield* cluster.create(kind("widgets"), "default", widget("a"))
      const error = yield* refusal(cluster.create(kind("widgets"), "default", widget("a")))
      assert.strictEqual(error.code, 409)
      assert.strictEqual(error.reason, "AlreadyExists")
      assert.strictEqual(error.message, 'widgets.example.com "a" already exists')
    }),
  )

  it.effect("rejects an update from an old resource version and accepts one from the newest", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const { object } = yield* cluster.create(kind("configmaps"), "default", configMap("a"))
      const { object: newer } = yield* cluster.update(kind("configmaps"), "default", "a", {
        ...object,
        data: { k: "1" },
      })
      const error = yield* refusal(cluster.update(kind("configmaps"), "default", "a", { ...object, data: { k: "2" } }))
      assert.strictEqual(error.code, 409)
      assert.strictEqual(
        error.message,
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
      )
      yield* cluster.update(kind("configmaps"), "default", "a", { ...newer, data: { k: "3" } })
    }),
  )

  it.effect("loses no update when many clients patch the same object at once", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      yield* cluster.create(kind("configmaps"), "default", configMap("a"))
      const add = (n: number) =>
        cluster.patch(kind("configmaps"), "default", "a", { type: "merge", body: { data: { [`k${n}`]: String(n) } } })
      yield* Effect.forEach(
        Array.from({ length: 50 }, (_, n) => n),
        add,
        { concurrency: "unbounded" },
      )
      const { data } = yield* cluster.get(kind("configmaps"), "default", "a")
      assert.strictEqual(Object.keys(data as object).length, 50)
    }),
  )

  it.effect("writes nothing for an update that changes nothing", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const { object } = yield* cluster.create(kind("widgets"), "default", widget("a"))
      const same = { type: "merge", body: { spec: { size: 1 } } } as const
      const { object: after } = yield* cluster.patch(kind("widgets"), "default", "a", same)
      assert.strictEqual(after.metadata.resourceVersion, object.metadata.resourceVersion)
    }),
  )

  it.effect("increases the generation for changes of the spec, not for status, labels or annotations", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      yield* cluster.create(kind("widgets"), "default", widget("a"))
      const patch = (body: object, subresource?: string) =>
        Effect.map(
          cluster.patch(kind("widgets"), "default", "a", { type: "merge", body, subresource }),
          ({ object }) => object.metadata.generation,
        )
      assert.strictEqual(yield* patch({ metadata: { labels: { a: "b" } } }), 1)
      assert.strictEqual(yield* patch({ status: { phase: "x" } }, "status"), 1)
      assert.strictEqual(yield* patch({ spec: { size: 2 } }), 2)
    }),
  )

  it.effect("keeps spec and status apart: each is written through its own path only", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const widgets = kind("widgets")
      const { object } = yield* cluster.create(widgets, "default", { ...widget("a"), status: { phase: "forged" } })
      assert.isUndefined(object["status"])
      const body = { metadata: { labels: { a: "b" } }, spec: { size: 3 }, status: { phase: "Ready" } }
      const { object: byStatus } = yield* cluster.patch(widgets, "default", "a", {
        type: "merge",
        body,
        subresource: "status",
      })
      assert.deepStrictEqual(byStatus["spec"], { size: 1, color: "red" })
      assert.deepStrictEqual(byStatus["status"], { phase: "Ready" })
      assert.isUndefined(byStatus.metadata.labels)
      const { object: bySpec } = yield* cluster.patch(widgets, "default", "a", {
        type: "merge",
        body: { spec: { size: 4 }, status: { phase: "forged" } },
      })
      assert.deepStrictEqual(bySpec["status"], { phase: "Ready" })
    }),
  )

  it.effect("stores nothing on a dry run", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const { object } = yield* cluster.create(kind("widgets"), "default", widget("a"), { dryRun: true })
      assert.deepStrictEqual(object["spec"], { size: 1, color: "red" })
      assert.strictEqual((yield* refusal(cluster.get(kind("widgets"), "default", "a"))).code, 404)
    }),
  )

  it.effect("refuses objects in a namespace that does not exist", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const error = yield* refusal(cluster.create(kind("pods"), "nowhere", pod("a")))
      assert.strictEqual(error.message, 'namespaces "nowhere" not found')
    }),
  )

  it.effect("names every illegal label with its path", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const labels = { "a/b/c": "x", ok: "-bad-" }
      const error = yield* refusal(cluster.create(kind("pods"), "default", pod("a", { labels })))
      assert.strictEqual(error.code, 422)
      assert.match(error.message, /^Pod "a" is invalid: \[metadata\.labels: Invalid value: "a\/b\/c": a qualified name/)
      assert.match(error.message, /metadata\.labels: Invalid value: "-bad-": a valid label must be an empty string or/)
    }),
  )

  it.effect("refuses an object of two megabytes", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const free = { text: "x".repeat(2 * 1024 * 1024) }
      const error = yield* refusal(cluster.create(kind("widgets"), "default", widget("a", { size: 1, free })))
      assert.strictEqual(error.code, 413)
    }),
  )

  it.effect("rejects changes of an immutable ConfigMap", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      yield* cluster.create(kind("configmaps"), "default", { ...configMap("a", {}, { k: "1" }), immutable: true })
      const change = { type: "merge", body: { data: { k: "2" } } } as const
      const error = yield* refusal(cluster.patch(kind("configmaps"), "default", "a", change))
      assert.strictEqual(
        error.message,
        'ConfigMap "a" is invalid: data: Forbidden: field is immutable when `immutable` is set',
      )
    }),
  )

  it.effect("rejects changes of a pod's spec, but not of its labels", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      yield* cluster.create(kind("pods"), "default", pod("a"))
      const patch = (body: object) => cluster.patch(kind("pods"), "default", "a", { type: "strategic", body })
      const error = yield* refusal(patch({ spec: { containers: [{ name: "main", command: ["sh"] }] } }))
      assert.match(error.message, /spec: Forbidden: pod updates may not change fields other than/)
      const { object } = yield* patch({ metadata: { labels: { a: "b" } } })
      assert.deepStrictEqual(object.metadata.labels, { a: "b" })
    }),
  )

  it.effect("rejects a pod that names a missing service account if that is enabled", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster({ requireServiceAccounts: true })
      yield* cluster.create(kind("pods"), "default", pod("a"))
      const spec = { ...pod("b").spec, serviceAccountName: "spark" }
      const error = yield* refusal(cluster.create(kind("pods"), "default", { ...pod("b"), spec }))
      assert.strictEqual(
        error.message,
        'pods "b" is forbidden: error looking up service account default/spark: serviceaccount "spark" not found',
      )
    }),
  )

  it.effect("shows an event in both of its groups", () =>
    Effect.gen(function* () {
      const { cluster } = yield* widgetCluster()
      const core = cluster.kinds.find("", "v1", "events")!
      const events = cluster.kinds.find("events.k8s.io", "v1", "events")!
      yield* cluster.create(events, "default", {
        metadata: { name: "a" },
        note: "it runs",
        regarding: { kind: "Pod", name: "p", namespace: "default" },
      })
      const { message, involvedObject, apiVersion } = yield* cluster.get(core, "default", "a")
      assert.deepStrictEqual([message, (involvedObject as { name: string }).name, apiVersion], ["it runs", "p", "v1"])
      assert.strictEqual((yield* cluster.get(events, "default", "a"))["note"], "it runs")
    }),
  )

  it.effect("serves a custom resource from the moment it is defined until it is not", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const widgets = kind("widgets")
      const crds = kind("customresourcedefinitions")
      yield* cluster.create(widgets, "default", widget("a"))
      yield* cluster.delete(crds, "", widgetCrd.metadata.name)
      assert.isUndefined(cluster.kinds.find("example.com", "v1", "widgets"))
      assert.strictEqual((yield* refusal(cluster.list(widgets, {}))).code, 404)
      yield* cluster.create(crds, "", widgetCrd)
      assert.deepStrictEqual((yield* cluster.list(kind("widgets"), {})).items, [])
    }),
  )
})

describe("Cluster, server-side apply", () => {
  it.effect("creates what is missing, and removes what the manager no longer applies", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const configMaps = kind("configmaps")
      const apply = (data: object, fieldManager: string) =>
        cluster.patch(
          configMaps,
          "default",
          "a",
          { type: "apply", body: { apiVersion: "v1", kind: "ConfigMap", data } },
          { fieldManager },
        )
      yield* apply({ mine: "1", old: "1" }, "me")
      yield* apply({ yours: "1" }, "you")
      const { object } = yield* apply({ mine: "2" }, "me")
      assert.deepStrictEqual(object["data"], { mine: "2", yours: "1" })
    }),
  )
})
