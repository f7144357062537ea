/** Two whole operators on one cluster: one acts, the other stands by with warm caches, and takes over when it must. */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { candidacy } from "../support/ElectionBench.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

const here = { k8s_namespace_name: "default" }

const isWrite: (request: Parameters<FaultPlan>[0]) => boolean = ({ verb, resource }) =>
  resource !== "leases" && !["get", "list", "watch"].includes(verb)

describe("two replicas", () => {
  it.effect("only the leader writes and counts; after its end the other replica finishes its work, once", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      let written = 0
      const first = yield* world.startOperator(undefined, [], undefined, candidacy("first"))
      const second = yield* world.startOperator(
        (request) => {
          if (isWrite(request)) written++
          return undefined
        },
        [],
        undefined,
        candidacy("second"),
      )
      yield* world.apply(sparkPi("pi", { "run-seconds": "30" }))
      yield* pass(10)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      assert.strictEqual(written, 0)
      const gauges = Effect.map(
        Effect.forEach([first, second], ({ telemetry }) => telemetry.collect()),
        (pages) =>
          pages.map(({ body }) => [
            sample(body, "leader_election_master_status"),
            sample(body, "spark_application_running", here) ?? 0,
          ]),
      )
      assert.deepStrictEqual(yield* gauges, [
        [1, 1],
        [0, 0],
      ])
      yield* first.stop
      yield* pass(3)
      const { body } = yield* second.telemetry.collect()
      assert.strictEqual(sample(body, "leader_election_master_status"), 1)
      assert.strictEqual(sample(body, "leader_election_transitions_total", { transition: "acquired" }), 1)
      assert.strictEqual(sample(body, "spark_application_running", here), 1)
      assert.strictEqual(sample(body, "spark_executor_running", here), 2)
      yield* pass(40)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      assert.strictEqual(world.driversEver().length, 1)
      assert.isAbove(written, 0)
      const end = yield* second.telemetry.collect()
      assert.strictEqual(sample(end.body, "spark_application_running", here), 0)
      assert.strictEqual(sample(end.body, "spark_executor_running", here), 0)
    }),
  )

  it.effect("a leader that was killed during its work is replaced without losing or repeating anything", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const first = yield* world.startOperator(undefined, [], undefined, candidacy("first"))
      yield* world.startOperator(undefined, [], undefined, candidacy("second"))
      for (let index = 0; index < 5; index++) yield* world.apply(sparkPi(`pi-${index}`, { "run-seconds": "5" }))
      yield* pass(0.2)
      yield* first.kill
      yield* pass(60)
      const states = (yield* world.applications).map(({ status }) => status?.applicationState.state)
      assert.deepStrictEqual(
        states,
        Array.from({ length: 5 }, () => "COMPLETED"),
      )
      assert.strictEqual(world.driversEver().length, 5)
    }),
  )

  it.effect("a leader that loses its connection stops its work, and ends when it observes another leader", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      let isCut = false
      let late = 0
      const first = yield* world.startOperator(
        (request) => {
          if (!isCut) return undefined
          if (isWrite(request)) late++
          return { _tag: "Hang" }
        },
        [],
        undefined,
        candidacy("first"),
      )
      yield* world.startOperator(undefined, [], undefined, candidacy("second"))
      isCut = true
      yield* world.apply(sparkPi("pi", { "run-seconds": "5" }))
      yield* pass(10)
      late = 0
      yield* pass(20)
      assert.strictEqual(late, 0)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      const metric = (transition: string) =>
        Effect.map(first.telemetry.collect(), ({ body }) => [
          sample(body, "leader_election_master_status"),
          sample(body, "leader_election_transitions_total", { transition }),
        ])
      assert.deepStrictEqual(yield* metric("paused"), [0, 1])
      isCut = false
      yield* pass(5)
      const exit = yield* Effect.exit(first.lost)
      assert.isTrue(Exit.isFailure(exit))
      assert.deepStrictEqual(yield* metric("lost"), [0, 1])
    }),
  )
})
