import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Cluster } from "../../../src/local/apiserver/Cluster.ts"
import type { ResourceKind } from "../../../src/local/apiserver/ResourceKind.ts"
import { configMap, pod, refusal, widget, widgetCluster } from "../../support/WidgetCluster.ts"

const exists = (cluster: Cluster, kind: ResourceKind, name: string, namespace = "default") =>
  Effect.match(cluster.get(kind, namespace, name), { onFailure: () => false, onSuccess: () => true })

/** Lets the controllers react to everything that happened. */
const settled = Effect.replicateEffect(Effect.yieldNow, 50)

const start = (cluster: Cluster, kind: ResourceKind, name: string) =>
  cluster.patch(kind, "default", name, { type: "merge", body: { spec: { nodeName: "local" } } })

describe("Deletion", () => {
  it.effect("of a running pod marks it for its grace period, and the kubelet removes it", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const pods = kind("pods")
      yield* cluster.create(pods, "default", pod("a"))
      yield* start(cluster, pods, "a")
      const { object, gone } = yield* cluster.delete(pods, "default", "a")
      assert.isFalse(gone)
      assert.strictEqual(object.metadata.deletionTimestamp, "1970-01-01T00:00:30Z")
      assert.strictEqual(object.metadata.deletionGracePeriodSeconds, 30)
      const kubelet = yield* cluster.delete(pods, "default", "a", { gracePeriodSeconds: 0 })
      assert.isTrue(kubelet.gone)
    }),
  )

  it.effect("of a pod that was never scheduled, or that ended, is immediate", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const pods = kind("pods")
      yield* cluster.create(pods, "default", pod("pending"))
      assert.isTrue((yield* cluster.delete(pods, "default", "pending")).gone)
      yield* cluster.create(pods, "default", pod("ended"))
      yield* start(cluster, pods, "ended")
      const body = { status: { phase: "Succeeded" } }
      yield* cluster.patch(pods, "default", "ended", { type: "merge", body, subresource: "status" })
      assert.isTrue((yield* cluster.delete(pods, "default", "ended")).gone)
    }),
  )

  it.effect("waits for finalizers, and rejects new ones", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const widgets = kind("widgets")
      const finalize = (finalizers: ReadonlyArray<string> | null) =>
        cluster.patch(widgets, "default", "a", { type: "merge", body: { metadata: { finalizers } } })
      yield* cluster.create(widgets, "default", widget("a", { size: 1 }, { finalizers: ["example.com/keep"] }))
      assert.isFalse((yield* cluster.delete(widgets, "default", "a")).gone)
      const error = yield* refusal(finalize(["example.com/keep", "example.com/more"]))
      assert.match(error.message, /no new finalizers can be added if the object is being deleted/)
      yield* finalize(null)
      assert.isFalse(yield* exists(cluster, widgets, "a"))
    }),
  )

  it.effect("honours the uid and the resource version that the client expects", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      yield* cluster.create(kind("pods"), "default", pod("a"))
      const error = yield* refusal(cluster.delete(kind("pods"), "default", "a", { preconditions: { uid: "another" } }))
      assert.strictEqual(error.code, 409)
      assert.match(error.message, /the UID in the precondition \(another\) does not match the UID in record/)
      const stale = cluster.delete(kind("pods"), "default", "a", { preconditions: { resourceVersion: "1" } })
      assert.strictEqual((yield* refusal(stale)).reason, "Conflict")
    }),
  )

  it.effect("of a collection deletes what the selector selects", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      yield* cluster.create(kind("configmaps"), "default", configMap("a", { labels: { x: "1" } }))
      yield* cluster.create(kind("configmaps"), "default", configMap("b"))
      yield* cluster.deleteCollection(kind("configmaps"), { namespace: "default", labelSelector: "x=1" })
      assert.isFalse(yield* exists(cluster, kind("configmaps"), "a"))
      assert.isTrue(yield* exists(cluster, kind("configmaps"), "b"))
    }),
  )

  it.effect("of a namespace empties it, waiting for pods to stop", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* widgetCluster()
      const namespaces = kind("namespaces")
      yield* cluster.create(namespaces, "", { metadata: { name: "team" } })
      assert.isTrue(yield* exists(cluster, kind("serviceaccounts"), "default", "team"))
      yield* cluster.create(kind("configmaps"), "team", configMap("a"))
      yield* cluster.create(kind("pods"), "team", pod("p"))
      yield* cluster.patch(kind("pods"), "team", "p", { type: "merge", body: { spec: { nodeName: "local" } } })
      const { object } = yield* cluster.delete(namespaces, "", "team")
      assert.deepInclude(object["status"], { phase: "Terminating" })
      yield* settled
      assert.isFalse(yield* exists(cluster, kind("configmaps"), "a", "team"))
      assert.isTrue(yield* exists(cluster, namespaces, "team"))
      const error = yield* refusal(cluster.create(kind("configmaps"), "team", configMap("late")))
      assert.match(error.message, /unable to create new content in namespace team because it is being terminated/)
      yield* cluster.delete(kind("pods"), "team", "p", { gracePeriodSeconds: 0 })
      yield* settled
      assert.isFalse(yield* exists(cluster, namespaces, "team"))
    }),
  )
})

describe("Garbage collection", () => {
  /** A widget with a ConfigMap that it owns, and a ConfigMap of its own. */
  const family = Effect.gen(function* () {
    const { cluster, kind } = yield* widgetCluster()
    const { object } = yield* cluster.create(kind("widgets"), "default", widget("owner"))
    const owner = { apiVersion: "example.com/v1", kind: "Widget", name: "owner", uid: object.metadata.uid }
    const child = configMap("child", { ownerReferences: [{ ...owner, blockOwnerDeletion: true }] })
    yield* cluster.create(kind("configmaps"), "default", child)
    yield* cluster.create(kind("configmaps"), "default", configMap("stranger"))
    yield* settled
    return { cluster, kind, owner }
  })

  it.effect("in the background: dependents follow their owner", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* family
      assert.isTrue((yield* cluster.delete(kind("widgets"), "default", "owner")).gone)
      yield* settled
      assert.isFalse(yield* exists(cluster, kind("configmaps"), "child"))
      assert.isTrue(yield* exists(cluster, kind("configmaps"), "stranger"))
    }),
  )

  it.effect("in the foreground: the owner waits until its dependents are gone", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* family
      const finalizers = (value: ReadonlyArray<string> | null) =>
        cluster.patch(kind("configmaps"), "default", "child", {
          type: "merge",
          body: { metadata: { finalizers: value } },
        })
      yield* finalizers(["example.com/slow"])
      const { gone } = yield* cluster.delete(kind("widgets"), "default", "owner", { propagationPolicy: "Foreground" })
      assert.isFalse(gone)
      yield* settled
      const child = yield* cluster.get(kind("configmaps"), "default", "child")
      assert.isDefined(child.metadata.deletionTimestamp)
      assert.isTrue(yield* exists(cluster, kind("widgets"), "owner"))
      yield* finalizers(null)
      yield* settled
      assert.isFalse(yield* exists(cluster, kind("configmaps"), "child"))
      assert.isFalse(yield* exists(cluster, kind("widgets"), "owner"))
    }),
  )

  it.effect("as orphans: dependents stay without their owner reference", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* family
      yield* cluster.delete(kind("widgets"), "default", "owner", { propagationPolicy: "Orphan" })
      yield* settled
      assert.isFalse(yield* exists(cluster, kind("widgets"), "owner"))
      const child = yield* cluster.get(kind("configmaps"), "default", "child")
      assert.isUndefined(child.metadata.ownerReferences)
    }),
  )

  it.effect("deletes objects whose owner never existed, also when another object has its name", () =>
    Effect.gen(function* () {
      const { cluster, kind, owner } = yield* family
      const lost = configMap("lost", { ownerReferences: [{ ...owner, uid: "someone-else" }] })
      yield* cluster.create(kind("configmaps"), "default", lost)
      yield* settled
      assert.isFalse(yield* exists(cluster, kind("configmaps"), "lost"))
    }),
  )

  it.effect("keeps an object that has another owner", () =>
    Effect.gen(function* () {
      const { cluster, kind, owner } = yield* family
      const { object } = yield* cluster.create(kind("widgets"), "default", widget("second"))
      const second = { ...owner, name: "second", uid: object.metadata.uid }
      yield* cluster.create(kind("configmaps"), "default", configMap("shared", { ownerReferences: [owner, second] }))
      yield* cluster.delete(kind("widgets"), "default", "owner")
      yield* settled
      const shared = yield* cluster.get(kind("configmaps"), "default", "shared")
      assert.deepStrictEqual(
        shared.metadata.ownerReferences?.map(({ name }) => name),
        ["second"],
      )
    }),
  )

  it.effect("follows a chain of owners", () =>
    Effect.gen(function* () {
      const { cluster, kind } = yield* family
      const child = yield* cluster.get(kind("configmaps"), "default", "child")
      const owner = { apiVersion: "v1", kind: "ConfigMap", name: "child", uid: child.metadata.uid }
      yield* cluster.create(kind("pods"), "default", pod("grandchild", { ownerReferences: [owner] }))
      yield* cluster.delete(kind("widgets"), "default", "owner")
      yield* settled
      assert.isFalse(yield* exists(cluster, kind("pods"), "grandchild"))
    }),
  )
})
