/** Which namespaces match a selector, as their labels come and go. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Kube } from "../../../src/kube/Kube.ts"
import { namespaces as resource } from "../../../src/kube/Resource.ts"
import * as Cluster from "../../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../../src/local/apiserver/EmbeddedKube.ts"
import { type FaultPlan, withFaults } from "../../../src/local/apiserver/Faults.ts"
import type { Namespaces } from "../../../src/runtime/namespaces/Namespaces.ts"
import * as SelectedNamespaces from "../../../src/runtime/namespaces/SelectedNamespaces.ts"
import { pass } from "../../support/ElectionBench.ts"

const noMetrics = { kubeWatch: () => {} }

const world = Effect.fnUntraced(function* (named: ReadonlyArray<string> = [], faults: FaultPlan = () => undefined) {
  const cluster = yield* Cluster.make({ seed: 1 })
  const kube = EmbeddedKube.make(cluster)
  const label = (name: string, team: string | null) =>
    Effect.andThen(
      kube.patch(resource, "", name, { type: "merge", body: { metadata: { labels: { team } } } }),
      TestClock.adjust("1 second"),
    )
  for (const [name, team] of [
    ["a", "x"],
    ["b", "y"],
    ["c", "x"],
  ] as const) {
    yield* kube.create(resource, "", { metadata: { name, labels: { team } } })
  }
  const followed = yield* SelectedNamespaces.make({ selector: "team=x", named, metrics: noMetrics }).pipe(
    Effect.provideService(Kube, EmbeddedKube.make(withFaults(cluster, faults))),
  )
  const changes: Array<string> = []
  followed.join(({ namespace, isSelected, isGone }) =>
    changes.push(`${isSelected ? "+" : isGone ? "x" : "-"}${namespace}`),
  )
  return { kube, label, followed, changes }
})

const selected = ({ isSelected }: Namespaces) => ["a", "b", "c"].filter(isSelected).join("")

describe("namespaces by label", () => {
  it.effect("are known after the first list, and followed as labels change", () =>
    Effect.gen(function* () {
      const { kube, label, followed, changes } = yield* world()
      yield* TestClock.adjust("1 second")
      yield* followed.ready
      assert.strictEqual(selected(followed), "ac")
      yield* label("b", "x")
      yield* label("a", "z")
      yield* label("c", null)
      assert.strictEqual(selected(followed), "b")
      yield* kube.delete(resource, "", "b")
      yield* pass(5)
      assert.strictEqual(selected(followed), "")
      assert.deepStrictEqual(changes, ["+a", "+c", "+b", "-a", "-c", "xb"])
    }),
  )

  it.effect("that are named stay, whatever their labels, and are never reported", () =>
    Effect.gen(function* () {
      const { label, followed, changes } = yield* world(["a", "b"])
      yield* TestClock.adjust("1 second")
      yield* label("a", null)
      yield* label("b", "x")
      assert.strictEqual(selected(followed), "abc")
      assert.deepStrictEqual(changes, ["+c"])
    }),
  )

  it.effect("are right after a watch that missed changes", () =>
    Effect.gen(function* () {
      let broken = false
      const { label, followed, changes } = yield* world([], ({ verb }) =>
        verb === "watch" && broken
          ? { _tag: "Respond", status: 410 }
          : verb === "watch"
            ? { _tag: "EndWatch", afterLines: 1, how: "dropped" }
            : undefined,
      )
      yield* TestClock.adjust("1 second")
      broken = true
      yield* label("a", null)
      yield* label("b", "x")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(selected(followed), "bc")
      assert.deepStrictEqual([...changes].sort(), ["+a", "+b", "+c", "-a"])
    }),
  )

  it.effect("are not known while they cannot be listed, and the watch says why", () =>
    Effect.gen(function* () {
      const { followed } = yield* world([], () => ({ _tag: "Respond", status: 403, message: "no right" }))
      yield* TestClock.adjust("10 seconds")
      const [liveness] = followed.liveness()
      assert.isAbove(liveness?.failures ?? 0, 2)
      assert.match(liveness?.lastError ?? "", /no right/)
      assert.strictEqual(selected(followed), "")
      assert.isUndefined(followed.memory?.current())
    }),
  )

  it.effect("are remembered for the next operator, also for a while after they no longer match", () =>
    Effect.gen(function* () {
      const { label, followed, changes } = yield* world()
      yield* TestClock.adjust("1 second")
      const { memory } = followed
      assert.strictEqual(memory?.current(), '["a","c"]')
      yield* label("a", null)
      assert.strictEqual(memory?.current(), '["a","c"]')
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(memory?.current(), '["c"]')
      changes.length = 0
      memory?.recall('["a","c","gone"]')
      memory?.recall(undefined)
      memory?.recall("no JSON")
      assert.deepStrictEqual(changes, ["-a", "-gone"])
    }),
  )
})
