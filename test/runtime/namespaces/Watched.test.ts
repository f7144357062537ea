/** Objects come into a store and leave it with the selection of their namespace. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { ConfigMap } from "kubernetes-types/core/v1"
import { configMaps, namespaces as resource } from "../../../src/kube/Resource.ts"
import * as Cluster from "../../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../../src/local/apiserver/EmbeddedKube.ts"
import { listed, type Namespaces, type Selection } from "../../../src/runtime/namespaces/Namespaces.ts"
import type { Change } from "../../../src/runtime/Store.ts"
import * as Watched from "../../../src/runtime/Watched.ts"

/** Namespaces that the test selects itself. */
const selectable = () => {
  const now = new Set<string>()
  const observers: Array<(selection: Selection) => void> = []
  const namespaces: Namespaces = {
    ...listed([]),
    selector: "as the test says",
    isSelected: (namespace) => now.has(namespace),
    join: (observer) => void observers.push(observer),
  }
  const select = (namespace: string, isSelected: boolean) => {
    if (isSelected) now.add(namespace)
    else now.delete(namespace)
    for (const observer of observers) observer({ namespace, isSelected, isGone: false, now: 0, received: 0n })
  }
  return { namespaces, select }
}

/** `+b/one!`: an exclamation mark where nothing happened to the object itself. */
const short = ({ key, before, after, initial }: Change<ConfigMap>) =>
  `${before ? (after ? "~" : "-") : "+"}${key}${initial ? "!" : ""}`

const world = Effect.fnUntraced(function* (leading: Effect.Effect<void> = Effect.void) {
  const kube = EmbeddedKube.make(yield* Cluster.make({ seed: 1 }))
  const { namespaces, select } = selectable()
  for (const name of ["a", "b"]) {
    yield* kube.create(resource, "", { metadata: { name } })
    yield* kube.create(configMaps, name, { metadata: { name: "one", labels: { mine: "yes" } } })
  }
  select("a", true)
  const watched = Watched.make(kube, {
    resource: configMaps,
    namespaces,
    labelSelector: "mine",
    metrics: { kubeWatch: () => {} },
    indexes: { name: ({ metadata }) => [metadata?.name ?? ""] },
  })
  const taken: Array<string> = []
  const aside: Array<string> = []
  const queued: Array<string> = []
  const take = (change: Change<ConfigMap>) => {
    taken.push(short(change))
    return change.key
  }
  const taking = watched.taking(take, (change) => void aside.push(short(change)))
  yield* Effect.forkScoped(Watched.follow([taking], namespaces, (key) => void queued.push(key), leading))
  yield* TestClock.adjust("1 second")
  const label = (namespace: string, value: string) =>
    Effect.andThen(
      kube.patch(configMaps, namespace, "one", { type: "merge", body: { metadata: { labels: { mine: value } } } }),
      TestClock.adjust("1 second"),
    )
  const drain = () => [taken, aside, queued].map((list) => list.splice(0).join(" "))
  return { kube, select, watched, label, drain }
})

describe("a watched resource with namespaces that are selected", () => {
  it.effect("has the objects of selected ones only, and keeps the others aside", () =>
    Effect.gen(function* () {
      const { watched, label, drain } = yield* world()
      assert.deepStrictEqual(drain(), ["+a/one!", "+b/one!", "a/one"])
      assert.strictEqual(watched.store.size(), 1)
      yield* label("a", "1")
      yield* label("b", "1")
      assert.deepStrictEqual(drain(), ["~a/one", "~b/one", "a/one"])
      assert.strictEqual(watched.aside.get("b/one")?.metadata?.labels?.["mine"], "1")
    }),
  )

  it.effect("takes objects that come and leave with their namespace as unchanged, and queues them", () =>
    Effect.gen(function* () {
      const { watched, select, drain } = yield* world()
      drain()
      select("b", true)
      assert.deepStrictEqual(drain(), ["+b/one!", "", "b/one"])
      assert.deepStrictEqual(watched.store.by("name", "one").length, 2)
      select("a", false)
      assert.deepStrictEqual(drain(), ["-a/one!", "", "a/one"])
      assert.deepStrictEqual(watched.store.by("name", "one").length, 1)
      assert.isDefined(watched.aside.get("a/one"))
    }),
  )

  it.effect(
    "is not brought an object of another namespace by the answer to a write, and sees what happened meanwhile",
    () =>
      Effect.gen(function* () {
        const { kube, watched, select, drain } = yield* world()
        select("a", false)
        const body = { metadata: { labels: { mine: "2" } } }
        const written = yield* kube.patch(configMaps, "a", "one", { type: "merge", body })
        assert.deepStrictEqual(watched.store.put(written), [])
        yield* TestClock.adjust("1 second")
        drain()
        select("a", true)
        assert.deepStrictEqual(drain(), ["+a/one!", "", "a/one"])
        assert.strictEqual(watched.store.get("a/one")?.metadata?.labels?.["mine"], "2")
        select("a", false)
        yield* kube.delete(configMaps, "a", "one")
        yield* TestClock.adjust("1 second")
        drain()
        select("a", true)
        assert.deepStrictEqual(drain(), ["", "", ""])
      }),
  )

  it.effect("moves them in silence until the replica leads", () =>
    Effect.gen(function* () {
      const { watched, select, drain } = yield* world(Effect.never)
      select("b", true)
      select("a", false)
      assert.deepStrictEqual(drain(), ["", "", ""])
      assert.deepStrictEqual(
        [...watched.store.values()].map(({ metadata }) => metadata?.namespace),
        ["b"],
      )
    }),
  )
})
