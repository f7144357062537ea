import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { ReflectorEvent } from "../../src/kube/Reflector.ts"
import type { KubeObject } from "../../src/kube/Resource.ts"
import { type Change, compareVersions, make } from "../../src/runtime/Store.ts"
import { object } from "../support/ScriptedKube.ts"

const listed = (version: number | string, ...objects: ReadonlyArray<KubeObject>): ReflectorEvent<KubeObject> => ({
  _tag: "Listed",
  objects,
  resourceVersion: String(version),
})
const applied = (it: KubeObject): ReflectorEvent<KubeObject> => ({ _tag: "Applied", object: it })
const deleted = (it: KubeObject): ReflectorEvent<KubeObject> => ({ _tag: "Deleted", object: it })

/** `+default/a`, `~default/a`, `-default/a`; a trailing `!` for the first list. */
const short = (changes: ReadonlyArray<Change<KubeObject>>) =>
  changes.map(({ key, before, after, initial }) => `${before ? (after ? "~" : "-") : "+"}${key}${initial ? "!" : ""}`)

describe("Store", () => {
  it("is ready after the first list, even an empty one", () => {
    const store = make()
    assert.isFalse(store.isReady())
    store.apply(listed(1))
    assert.isTrue(store.isReady())
  })

  it.effect("lets readers wait for the first list", () =>
    Effect.gen(function* () {
      const store = make()
      const waiting = yield* Effect.forkChild(Effect.map(store.ready, store.size))
      yield* Effect.yieldNow
      store.apply(listed(1, object("a", 1)))
      assert.strictEqual(yield* Fiber.join(waiting), 1)
    }),
  )

  it("distinguishes the first list from later changes", () => {
    const store = make()
    assert.deepStrictEqual(short(store.apply(listed(5, object("a", 1), object("b", 2)))), [
      "+default/a!",
      "+default/b!",
    ])
    assert.deepStrictEqual(short(store.apply(applied(object("c", 6)))), ["+default/c"])
  })

  it("emits the differences of a new list", () => {
    const store = make()
    store.apply(listed(5, object("same", 1), object("changed", 2), object("gone", 3)))
    const changes = store.apply(listed(9, object("same", 1), object("changed", 7), object("new", 8)))
    assert.deepStrictEqual(short(changes), ["-default/gone", "~default/changed", "+default/new"])
    assert.strictEqual(store.size(), 3)
  })

  it("has the operator's own write before the watch reports it, and is not reverted by older events", () => {
    const store = make()
    store.apply(listed(5, object("a", 1)))
    assert.deepStrictEqual(short(store.put(object("a", 10))), ["~default/a"])
    assert.deepStrictEqual(store.apply(applied(object("a", 9))), [])
    assert.deepStrictEqual(store.apply(applied(object("a", 10))), [])
    assert.strictEqual(store.get("default/a")?.metadata?.resourceVersion, "10")
  })

  it("keeps what the operator created during a list", () => {
    const store = make()
    store.apply(listed(5))
    store.put(object("ours", 12))
    assert.deepStrictEqual(store.apply(listed(10)), [])
    assert.deepStrictEqual(short(store.apply(listed(13))), ["-default/ours"])
  })

  it("does not restore an object when the answer to a write arrives after its deletion", () => {
    const store = make()
    store.apply(listed(5, object("a", 1)))
    store.apply(deleted(object("a", 8)))
    assert.deepStrictEqual(store.put(object("a", 7)), [])
    assert.strictEqual(store.size(), 0)
  })

  it("takes in what was read again in the version that it has, and no older one", () => {
    const store = make()
    store.apply(listed(10, object("a", 5), object("b", 6)))
    const more = { ...object("a", 5), status: { more: "fields" } }
    assert.deepStrictEqual(short(store.reread(more)), ["~default/a"])
    assert.strictEqual(store.get("default/a"), more)
    assert.deepStrictEqual(store.reread(object("b", 5)), [])
    store.apply(deleted(object("b", 11)))
    assert.deepStrictEqual(store.reread(object("b", 6)), [])
  })

  it("adds an object again that has the selected labels again", () => {
    const store = make()
    store.apply(listed(5, object("a", 1)))
    store.apply(deleted(object("a", 8)))
    assert.deepStrictEqual(short(store.apply(applied(object("a", 9)))), ["+default/a"])
    assert.deepStrictEqual(short(store.put(object("a", 10))), ["~default/a"])
  })

  it("does not delete a successor with the same name", () => {
    const store = make()
    store.apply(listed(5, object("a", 1, "old")))
    const changes = store.apply(applied(object("a", 7, "new")))
    assert.strictEqual(changes[0]?.before?.metadata?.uid, "old")
    assert.deepStrictEqual(store.apply(deleted(object("a", 6, "old"))), [])
    assert.strictEqual(store.get("default/a")?.metadata?.uid, "new")
  })

  it("accepts a list that is older than the last one, because the cluster may have been restored", () => {
    const store = make()
    store.apply(listed(100, object("a", 90), object("b", 95), object("c", 3)))
    const changes = store.apply(listed(50, object("a", 40), object("c", 3)))
    assert.deepStrictEqual(short(changes), ["-default/b", "~default/a"])
    assert.strictEqual(store.get("default/a")?.metadata?.resourceVersion, "40")
  })

  it("shows the last state of an object before its deletion", () => {
    const store = make()
    store.apply(listed(5, object("a", 1)))
    const changes = store.apply(deleted(object("a", 8)))
    assert.deepStrictEqual(short(changes), ["~default/a", "-default/a"])
    assert.strictEqual(changes[1]?.before?.metadata?.resourceVersion, "8")
  })

  it("separates namespaces that are listed one by one, and is ready after all of them", () => {
    const inTeam = (name: string, version: number): KubeObject => ({
      metadata: { ...object(name, version).metadata, namespace: "team" },
    })
    const store = make({ scopes: ["default", "team"] })
    assert.deepStrictEqual(short(store.apply(listed(5, object("a", 1)), "default")), ["+default/a!"])
    assert.isFalse(store.isReady())
    assert.deepStrictEqual(short(store.apply(listed(3, inTeam("b", 2)), "team")), ["+team/b!"])
    assert.isTrue(store.isReady())
    assert.deepStrictEqual(short(store.apply(listed(9), "team")), ["-team/b"])
    assert.strictEqual(store.size(), 1)
  })

  it("finds objects by index, and updates the index when they change or are deleted", () => {
    const team = (name: string, version: number, ...teams: ReadonlyArray<string>): KubeObject => ({
      metadata: { ...object(name, version).metadata, labels: { teams: teams.join(",") } },
    })
    const store = make({
      indexes: {
        team: (it: KubeObject) => (it.metadata?.labels?.teams ?? "").split(",").filter((name) => name !== ""),
      },
    })
    const names = (value: string) => store.by("team", value).map((it) => it.metadata?.name)
    store.apply(listed(5, team("a", 1, "red", "blue"), team("b", 2, "red")))
    assert.deepStrictEqual(names("red"), ["a", "b"])
    store.apply(applied(team("a", 6, "blue")))
    assert.deepStrictEqual(names("red"), ["b"])
    store.apply(deleted(team("b", 7, "red")))
    assert.deepStrictEqual(names("red"), [])
    assert.deepStrictEqual(names("blue"), ["a"])
  })

  it("keeps configured data of an object and of its earlier versions", () => {
    const store = make<KubeObject>({
      keep: ({ metadata }, before) => ({
        metadata: { ...metadata!, annotations: { after: before?.metadata?.resourceVersion ?? "nothing" } },
      }),
    })
    store.apply(applied({ metadata: { ...object("a", 1).metadata, annotations: { huge: "…" } } }))
    assert.deepStrictEqual(store.get("default/a")?.metadata?.annotations, { after: "nothing" })
    store.apply(applied(object("a", 2)))
    assert.deepStrictEqual(store.get("default/a")?.metadata?.annotations, { after: "1" })
  })

  it("compares versions as numbers of any length", () => {
    assert.isBelow(compareVersions("9", "10"), 0)
    assert.isAbove(compareVersions("123456789012345678901", "123456789012345678900"), 0)
    assert.strictEqual(compareVersions("7", "7"), 0)
    assert.isBelow(compareVersions(undefined, "1"), 0)
  })
})
