import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { ConfigMap } from "kubernetes-types/core/v1"
import { configMaps, pods } from "../../../src/kube/Resource.ts"
import * as Cluster from "../../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../../src/local/apiserver/EmbeddedKube.ts"
import { type FaultPlan, withFaults } from "../../../src/local/apiserver/Faults.ts"
import { podBackend } from "../../../src/local/spark/SparkPods.ts"

const named = (name: string): ConfigMap => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } })

/** A client that meets the faults, and one that meets none. */
const clients = (plan: FaultPlan) =>
  Effect.map(Cluster.make({ seed: 1 }), (cluster) => ({
    kube: EmbeddedKube.make(withFaults(cluster, plan)),
    sound: EmbeddedKube.make(cluster),
  }))

const reason = <A, E extends { readonly reason: string }>(effect: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(effect), (error) => error.reason)

describe("EmbeddedKube", () => {
  it.effect("implements the Kube service, with its reasons for errors", () =>
    Effect.gen(function* () {
      const { kube } = yield* clients(() => undefined)
      const created = yield* kube.create(configMaps, "default", named("a"))
      const patched = yield* kube.patch(configMaps, "default", "a", { type: "merge", body: { data: { k: "v" } } })
      assert.deepStrictEqual(patched.data, { k: "v" })
      assert.strictEqual((yield* kube.list(configMaps, { namespace: "default" })).items.length, 1)
      assert.strictEqual(yield* reason(kube.create(configMaps, "default", named("a"))), "AlreadyExists")
      assert.strictEqual(yield* reason(kube.create(configMaps, "default", named("A"))), "Invalid")
      assert.strictEqual(yield* reason(kube.get(configMaps, "default", "b")), "NotFound")
      assert.strictEqual(yield* reason(kube.delete(configMaps, "default", "a", { uid: "x" })), "Conflict")
      yield* kube.delete(configMaps, "default", "a", { uid: created.metadata?.uid })
    }),
  )

  it.effect("watches until the server ends the watch", () =>
    Effect.gen(function* () {
      const { kube } = yield* clients(() => undefined)
      const { metadata } = yield* kube.list(configMaps, {})
      const watching = yield* kube
        .watch(configMaps, { resourceVersion: metadata.resourceVersion })
        .pipe(Stream.runCollect, Effect.forkChild({ startImmediately: true }))
      yield* kube.create(configMaps, "default", named("a"))
      yield* TestClock.adjust("10 minutes")
      const events = yield* Fiber.join(watching)
      assert.strictEqual(events[0]?.type, "ADDED")
      assert.isTrue(events.slice(1).every(({ type }) => type === "BOOKMARK"))
    }),
  )

  it.effect("fails as the network does: before the request, or after it was performed", () =>
    Effect.gen(function* () {
      const { kube, sound } = yield* clients(({ name }) =>
        name === "before" ? { _tag: "DropBefore" } : name === "after" ? { _tag: "DropAfter" } : undefined,
      )
      assert.strictEqual(yield* reason(kube.create(configMaps, "default", named("before"))), "Transport")
      assert.strictEqual(yield* reason(kube.create(configMaps, "default", named("after"))), "Transport")
      const { items } = yield* sound.list(configMaps, { namespace: "default" })
      assert.deepStrictEqual(
        items.map(({ metadata }) => metadata?.name),
        ["after"],
      )
    }),
  )

  it.effect("fails as an overloaded server does, at the requests of the plan", () =>
    Effect.gen(function* () {
      const answers = [409, 410, 503]
      const { kube } = yield* clients(({ n }) => ({ _tag: "Respond", status: answers[n - 1]! }))
      const remove = reason(kube.delete(configMaps, "default", "a"))
      assert.deepStrictEqual(yield* Effect.replicateEffect(remove, 3), ["Conflict", "Gone", "Unavailable"])
    }),
  )

  it.effect("retries a write that the server did not accept for processing, and a read also after a server error", () =>
    Effect.gen(function* () {
      const answers = [429, 200, 503, 200]
      const { kube } = yield* clients(({ n }) =>
        answers[n - 1] === 200 ? undefined : { _tag: "Respond", status: answers[n - 1]! },
      )
      const both = Effect.andThen(kube.create(configMaps, "default", named("a")), kube.get(configMaps, "default", "a"))
      const running = yield* Effect.forkChild(both, { startImmediately: true })
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(running)).metadata?.name, "a")
    }),
  )

  it.effect("gives up on a server that does not answer", () =>
    Effect.gen(function* () {
      const { kube } = yield* clients(() => ({ _tag: "Hang" }))
      const waiting = yield* Effect.forkChild(reason(kube.list(configMaps, {})), { startImmediately: true })
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* Fiber.join(waiting), "Timeout")
    }),
  )

  it.effect("drops watches silently, by a network error, or by an expired version", () =>
    Effect.gen(function* () {
      const ways = ["quietly", "dropped", "gone"] as const
      const { kube } = yield* clients(({ verb, n }) =>
        verb === "watch" ? { _tag: "EndWatch", afterLines: 1, how: ways[n - 3]! } : undefined,
      )
      const { metadata } = yield* kube.create(configMaps, "default", named("before"))
      yield* kube.create(configMaps, "default", named("a"))
      const outcome = kube.watch(configMaps, { resourceVersion: metadata!.resourceVersion! }).pipe(
        Stream.runCollect,
        Effect.match({
          onFailure: (error) => error.reason as string,
          onSuccess: (events) => `${events.length} events`,
        }),
      )
      assert.deepStrictEqual(yield* Effect.replicateEffect(outcome, 3), ["1 events", "Transport", "Gone"])
    }),
  )

  it.effect("follows the log of a pod until it ends", () =>
    Effect.gen(function* () {
      const cluster = yield* Cluster.make({ seed: 1, podBackend })
      const kube = EmbeddedKube.make(cluster)
      const log = (name: string, follow = true) => kube.podLog({ namespace: "default", name }, { follow })
      const print = (lines: string) => {
        const body = { metadata: { annotations: { "local.firesteel.dev/log": lines } } }
        return kube.patch(pods, "default", "a", { type: "merge", body })
      }
      const phase = (phase: string) =>
        kube.patch(pods, "default", "a", { type: "merge", body: { status: { phase } }, subresource: "status" })
      yield* kube.create(pods, "default", {
        metadata: { name: "a" },
        spec: { containers: [{ name: "c", image: "i" }] },
      })
      yield* phase("Running")
      yield* print("one")
      const reading = yield* Effect.forkChild(Stream.mkString(log("a")), { startImmediately: true })
      yield* print("one\ntwo")
      assert.isUndefined(reading.pollUnsafe())
      yield* phase("Succeeded")
      assert.strictEqual(yield* Fiber.join(reading), "one\ntwo\n")
      assert.strictEqual(yield* Stream.mkString(log("a", false)), "one\ntwo\n")
      assert.strictEqual(yield* reason(Stream.runDrain(log("b"))), "NotFound")
    }),
  )
})
