/** Namespaces selected by their labels: what is run, what is left as it is, and what continues when the labels come back. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { pods } from "../../src/kube/Resource.ts"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { byTeam, completions, gauges, namespacesOf, teamA } from "../support/NamespaceBench.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

/** Records the writes of an operator, but for those of the election. */
const recorded = () => {
  const writes: Array<string> = []
  const faults: FaultPlan = ({ verb, resource, name }) => {
    if (resource !== "leases" && !["get", "list", "watch"].includes(verb)) writes.push(`${verb} ${resource} ${name}`)
    return undefined
  }
  return { writes, faults }
}

describe("namespaces by label", { timeout: 60_000 }, () => {
  it.effect("only applications of namespaces that match are run; those of another one within 5 s of its label", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { create, label, apply, stateOf, get } = namespacesOf(world)
      yield* create("in", teamA)
      yield* create("out", { team: "b" })
      const operator = yield* world.startOperator(undefined, byTeam)
      yield* apply("in", sparkPi("pi", { "run-seconds": "60" }))
      yield* apply("out", sparkPi("pi", { "run-seconds": "60" }))
      yield* pass(10)
      assert.strictEqual(yield* stateOf("in", "pi"), "RUNNING")
      assert.isUndefined((yield* get("out", "pi")).status)
      assert.deepStrictEqual(yield* gauges(operator, "out"), { applications: 0, running: 0, executors: 0 })
      yield* label("out", teamA)
      yield* pass(5)
      assert.strictEqual(yield* stateOf("out", "pi"), "RUNNING")
      assert.deepStrictEqual(yield* gauges(operator, "out"), { applications: 1, running: 1, executors: 2 })
      yield* create("new", teamA)
      yield* apply("new", sparkPi("pi", { "run-seconds": "60" }))
      yield* pass(5)
      assert.strictEqual(yield* stateOf("new", "pi"), "RUNNING")
    }),
  )

  it.effect(
    "an application whose namespace no longer matches is left as it is, says so once, and continues later",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        const { create, label, apply, stateOf, get, noticeOf, events } = namespacesOf(world)
        const { writes, faults } = recorded()
        yield* create("team", teamA)
        const operator = yield* world.startOperator(faults, byTeam)
        yield* apply("team", sparkPi("long", { "run-seconds": "60" }))
        yield* apply("team", sparkPi("short", { "run-seconds": "2" }, { timeToLiveSeconds: 60 }))
        yield* pass(15)
        assert.strictEqual(yield* stateOf("team", "short"), "COMPLETED")
        const final = yield* get("team", "short")
        writes.length = 0
        yield* label("team", { team: null })
        yield* pass(100)
        assert.deepStrictEqual(
          writes.filter((write) => !write.startsWith("create events")),
          ["patch sparkapplications long"],
        )
        assert.strictEqual(yield* stateOf("team", "long"), "RUNNING")
        assert.strictEqual(yield* noticeOf("team", "long"), "False NamespaceNotSelected")
        assert.deepStrictEqual(yield* events, ["team/long 1"])
        assert.deepStrictEqual(yield* get("team", "short"), final)
        const { items } = yield* Effect.orDie(
          world.kube.list(pods, { namespace: "team", labelSelector: "spark-role=driver" }),
        )
        assert.strictEqual(items.length, 2)
        assert.deepStrictEqual(yield* gauges(operator, "team"), { applications: 0, running: 0, executors: 0 })
        assert.deepStrictEqual(yield* completions(operator), [2, 1])

        yield* label("team", teamA)
        yield* pass(5)
        assert.strictEqual(yield* stateOf("team", "long"), "COMPLETED")
        assert.strictEqual(yield* noticeOf("team", "long"), "none")
        assert.deepStrictEqual(
          (yield* world.applications).map(({ metadata }) => metadata.name),
          ["long"],
          "the time to live of the other one was over",
        )
        assert.deepStrictEqual(yield* completions(operator), [2, 2])
        assert.deepStrictEqual(yield* gauges(operator, "team"), { applications: 1, running: 0, executors: 0 })
        assert.strictEqual(world.driversEver().length, 2)
        assert.deepStrictEqual(yield* events, ["team/long 1"])
      }),
  )

  it.effect(
    "a spec that is edited meanwhile is seen when the namespace is selected again, and a running one goes on",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        const { create, label, apply, stateOf, noticeOf, get } = namespacesOf(world)
        yield* create("team", teamA)
        const operator = yield* world.startOperator(undefined, byTeam)
        for (const name of ["same", "edited"]) yield* apply("team", sparkPi(name, { "run-seconds": "100" }))
        yield* pass(10)
        yield* label("team", { team: "b" })
        yield* pass(5)
        const edit = { type: "merge", body: { spec: { executor: { instances: 1 } } } } as const
        yield* Effect.orDie(world.kube.patch(sparkApplications, "team", "edited", edit))
        yield* pass(20)
        assert.strictEqual(yield* stateOf("team", "edited"), "RUNNING")
        yield* label("team", teamA)
        yield* pass(30)
        assert.strictEqual(yield* stateOf("team", "edited"), "RUNNING")
        assert.strictEqual((yield* get("team", "edited")).status?.attempts?.length, 2)
        assert.strictEqual(world.driversEver().length, 3)
        assert.strictEqual(yield* noticeOf("team", "same"), "none")
        assert.deepStrictEqual(yield* gauges(operator, "team"), { applications: 2, running: 2, executors: 3 })
      }),
  )

  it.effect("a namespace whose label comes and goes is reported as it is in the end", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { create, label, apply, noticeOf, events } = namespacesOf(world)
      yield* create("team", teamA)
      const operator = yield* world.startOperator(undefined, byTeam)
      yield* apply("team", sparkPi("pi", { "run-seconds": "200" }))
      yield* pass(10)
      for (const seconds of [0, 0.1, 0.3, 1, 5]) {
        yield* label("team", { team: null })
        yield* pass(seconds)
        yield* label("team", teamA)
        yield* pass(seconds)
      }
      yield* pass(5)
      assert.strictEqual(yield* noticeOf("team", "pi"), "none")
      assert.deepStrictEqual(yield* gauges(operator, "team"), { applications: 1, running: 1, executors: 2 })
      yield* label("team", { team: null })
      yield* pass(5)
      assert.strictEqual(yield* noticeOf("team", "pi"), "False NamespaceNotSelected")
      assert.lengthOf(yield* events, 1, "repetitions are counted")
      assert.strictEqual(world.driversEver().length, 1)
      assert.deepStrictEqual(yield* completions(operator), [1, 0])
    }),
  )

  it.effect("a list and a selector together select both; a listed namespace needs no label", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { create, label, apply, stateOf, noticeOf } = namespacesOf(world)
      for (const [name, labels] of [
        ["listed", teamA],
        ["matching", teamA],
        ["other", {}],
      ] as const) {
        yield* create(name, labels)
        yield* apply(name, sparkPi("pi", { "run-seconds": "60" }))
      }
      yield* world.startOperator(undefined, ["--namespaces=listed", ...byTeam])
      yield* pass(10)
      const states = Effect.forEach(["listed", "matching", "other"], (name) => stateOf(name, "pi"))
      assert.deepStrictEqual(yield* states, ["RUNNING", "RUNNING", ""])
      for (const name of ["listed", "matching"]) yield* label(name, { team: null })
      yield* pass(5)
      assert.strictEqual(yield* noticeOf("listed", "pi"), "none")
      assert.strictEqual(yield* noticeOf("matching", "pi"), "False NamespaceNotSelected")
      yield* pass(80)
      assert.deepStrictEqual(yield* states, ["COMPLETED", "RUNNING", ""])
    }),
  )

  it.effect("a namespace that is deleted ends without a word, and nothing else stops", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { create, apply, events, stateOf } = namespacesOf(world)
      for (const name of ["gone", "stays"]) {
        yield* create(name, teamA)
        yield* apply(name, sparkPi("pi", { "run-seconds": "30" }))
      }
      const operator = yield* world.startOperator(undefined, byTeam)
      yield* pass(10)
      yield* namespacesOf(world).delete("gone")
      yield* pass(60)
      assert.deepStrictEqual(yield* events, [])
      assert.strictEqual(yield* stateOf("stays", "pi"), "COMPLETED")
      assert.deepStrictEqual(yield* gauges(operator, "gone"), { applications: 0, running: 0, executors: 0 })
    }),
  )
})
