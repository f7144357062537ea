/** Namespaces selected by their labels, and operators that end, take over, or share a cluster meanwhile. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { candidacy } from "../support/ElectionBench.ts"
import { byTeam, completions, gauges, namespacesOf, teamA } from "../support/NamespaceBench.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

describe("operators with a selector of namespaces", { timeout: 60_000 }, () => {
  it.effect("a label that is removed while no operator runs is reported by the next one", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { create, label, apply, stateOf, noticeOf, events } = namespacesOf(world)
      yield* create("team", teamA)
      const first = yield* world.startOperator(undefined, byTeam, undefined, candidacy("first"))
      yield* apply("team", sparkPi("pi", { "run-seconds": "60" }))
      yield* pass(10)
      yield* first.stop
      yield* label("team", { team: null })
      const second = yield* world.startOperator(undefined, byTeam, undefined, candidacy("second"))
      yield* pass(10)
      assert.strictEqual(yield* noticeOf("team", "pi"), "False NamespaceNotSelected")
      assert.deepStrictEqual(yield* gauges(second, "team"), { applications: 0, running: 0, executors: 0 })
      yield* second.stop
      yield* label("team", teamA)
      const third = yield* world.startOperator(undefined, byTeam, undefined, candidacy("third"))
      yield* pass(80)
      assert.strictEqual(yield* stateOf("team", "pi"), "COMPLETED")
      assert.strictEqual(yield* noticeOf("team", "pi"), "none")
      assert.deepStrictEqual(yield* completions(third), [0, 1])
      assert.strictEqual(world.driversEver().length, 1)
      assert.deepStrictEqual(yield* events, ["team/pi 1"])
    }),
  )

  it.effect("a leader that is killed at that moment leaves the rest of the reports to its successor, once each", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { create, label, apply, noticeOf, events } = namespacesOf(world)
      yield* create("team", teamA)
      let patches = 0
      let left = false
      // The first report is written; the others never leave the process.
      const dying: FaultPlan = ({ verb, resource }) =>
        left && verb === "patch" && resource === "sparkapplications" && ++patches > 1 ? { _tag: "Hang" } : undefined
      const first = yield* world.startOperator(dying, byTeam, undefined, candidacy("first"))
      yield* world.startOperator(undefined, byTeam, undefined, candidacy("second"))
      const names = ["a", "b", "c", "d", "e", "f"]
      for (const name of names) yield* apply("team", sparkPi(name, { "run-seconds": "200" }))
      yield* pass(10)
      left = true
      yield* label("team", { team: null })
      yield* pass(1)
      yield* first.kill
      yield* pass(30)
      assert.deepStrictEqual(
        yield* Effect.forEach(names, (name) => noticeOf("team", name)),
        names.map(() => "False NamespaceNotSelected"),
      )
      assert.deepStrictEqual(
        [...(yield* events)].sort(),
        names.map((name) => `team/${name} 1`),
      )
    }),
  )

  it.effect("a namespace that moves to another operator is followed by that one, which has the last word", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { create, label, apply, stateOf, noticeOf } = namespacesOf(world)
      yield* create("team", teamA)
      const a = yield* world.startOperator(undefined, byTeam)
      const b = yield* world.startOperator(undefined, ["--namespace-selector=team in (b)"])
      yield* apply("team", sparkPi("pi", { "run-seconds": "40" }))
      yield* pass(10)
      yield* label("team", { team: "b" })
      yield* pass(10)
      assert.strictEqual(yield* noticeOf("team", "pi"), "none")
      assert.deepStrictEqual(yield* gauges(a, "team"), { applications: 0, running: 0, executors: 0 })
      assert.deepStrictEqual(yield* gauges(b, "team"), { applications: 1, running: 1, executors: 2 })
      yield* pass(60)
      assert.strictEqual(yield* stateOf("team", "pi"), "COMPLETED")
      assert.strictEqual(world.driversEver().length, 1)
      assert.deepStrictEqual(yield* completions(a), [1, 0])
      assert.deepStrictEqual(yield* completions(b), [0, 1])
    }),
  )

  it.effect("a report whose answer is lost or refused is made all the same, once", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { create, label, apply, noticeOf, events } = namespacesOf(world)
      yield* create("team", teamA)
      let faulty = false
      const seen = new Map<string, number>()
      const faults: FaultPlan = ({ verb, resource, name }) => {
        if (!faulty || verb !== "patch" || resource !== "sparkapplications") return undefined
        const times = (seen.get(name ?? "") ?? 0) + 1
        seen.set(name ?? "", times)
        if (times > 1) return undefined
        return name === "lost" ? { _tag: "DropAfter" } : { _tag: "Respond", status: 503, message: "not now" }
      }
      yield* world.startOperator(faults, byTeam)
      for (const name of ["lost", "refused"]) yield* apply("team", sparkPi(name, { "run-seconds": "200" }))
      yield* pass(10)
      faulty = true
      yield* label("team", { team: null })
      yield* pass(20)
      for (const name of ["lost", "refused"]) {
        assert.strictEqual(yield* noticeOf("team", name), "False NamespaceNotSelected")
      }
      assert.deepStrictEqual([...(yield* events)].sort(), ["team/lost 1", "team/refused 1"])
    }),
  )

  it.effect("a submission that has begun is completed, and recorded when the namespace is selected again", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { create, label, apply, get, stateOf } = namespacesOf(world)
      yield* create("team", teamA)
      const slowly: FaultPlan = ({ verb, resource }) =>
        verb === "create" && resource === "pods" ? { _tag: "Delay", seconds: 3 } : undefined
      const operator = yield* world.startOperator(slowly, byTeam)
      yield* apply("team", sparkPi("pi", { "run-seconds": "60" }))
      yield* pass(1)
      yield* label("team", { team: null })
      yield* pass(10)
      assert.strictEqual(world.driversEver().length, 1)
      assert.isUndefined((yield* get("team", "pi")).status)
      assert.deepStrictEqual(yield* completions(operator), [0, 0])
      yield* label("team", teamA)
      yield* pass(10)
      assert.strictEqual(yield* stateOf("team", "pi"), "RUNNING")
      assert.deepStrictEqual(yield* completions(operator), [1, 0])
      assert.strictEqual(world.driversEver().length, 1)
    }),
  )
})
