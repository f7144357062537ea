/** Faults of the API server and the network: every application still ends, and is reported correctly. */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Hash } from "effect"
import { isFinal } from "../../src/api/States.ts"
import type { Fault, FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

/** A repeatable stream of numbers in [0, 1). */
const randomNumbers = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const troubles: Readonly<Record<string, (random: () => number) => Fault | undefined>> = {
  "conflicts (409)": () => ({ _tag: "Respond", status: 409 }),
  "overload (429) with Retry-After": () => ({ _tag: "Respond", status: 429, retryAfter: 1 }),
  "server errors (500, 503)": (random) => ({ _tag: "Respond", status: random() < 0.5 ? 500 : 503 }),
  "expired versions (410)": () => ({ _tag: "Respond", status: 410 }),
  "broken connections": (random) => ({ _tag: random() < 0.5 ? "DropBefore" : "DropAfter" }),
  "slow answers": (random) => ({ _tag: "Delay", seconds: 5 * random() }),
  "answers that never come": () => ({ _tag: "Hang" }),
  "watches that end": (random) => ({
    _tag: "EndWatch",
    afterLines: Math.floor(3 * random()),
    how: random() < 0.3 ? "gone" : random() < 0.5 ? "dropped" : "quietly",
  }),
}

/**
 * One request of eight goes wrong; a watch, which is one request, always. Which ones depends on the request and how often it was made, not
 * on what else the operator asks for.
 */
const often = (trouble: (random: () => number) => Fault | undefined, seed: number): FaultPlan => {
  const tries = new Map<string, number>()
  return ({ verb, resource, name = "", subresource = "" }) => {
    const request = `${verb} ${resource}/${name}/${subresource}`
    const nth = (tries.get(request) ?? 0) + 1
    tries.set(request, nth)
    const random = randomNumbers(Math.abs(Hash.string(`${seed} ${request} ${nth}`)) % 100_000)
    const goesWrong = random() < 1 / 8
    const fault = trouble(random)
    if (fault?._tag === "EndWatch") return verb === "watch" ? fault : undefined
    return goesWrong && verb !== "watch" ? fault : undefined
  }
}

const retried = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } as const
/** A request without an answer holds up its application for a minute, and several in a row for longer than a submission usually may take. */
const patient = { deadlines: { submittedSeconds: 3600 } }

/** Until every application has ended and everything has settled, or half an hour has passed. */
const untilAllEnded = Effect.fnUntraced(function* (world: World) {
  for (let look = 0; look < 18; look++) {
    yield* pass(100)
    const states = (yield* world.applications).map(({ status }) => status?.applicationState.state)
    if (states.every(isFinal)) break
  }
  yield* pass(100)
})

describe("in spite of", () => {
  for (const [title, trouble] of Object.entries(troubles)) {
    it.effect(
      `${title}, applications end, with one driver per attempt and correct gauges`,
      () =>
        Effect.gen(function* () {
          const world = yield* makeWorld
          const operator = yield* world.startOperator(often(trouble, 7))
          yield* world.apply(sparkPi("good", { "run-seconds": "2" }, patient))
          yield* world.apply(
            sparkPi("flaky", { "run-seconds": "1", "exit-codes": "1,0" }, { ...patient, restartPolicy: retried }),
          )
          yield* world.apply(sparkPi("bad", { "run-seconds": "1", "exit-code": "3" }, patient))
          yield* untilAllEnded(world)
          const seen = yield* Effect.forEach(["good", "flaky", "bad"], (name) =>
            Effect.map(world.reported(name), ({ status }) => [status.applicationState.state, status.attempts?.length]),
          )
          assert.deepStrictEqual(seen, [
            ["COMPLETED", 1],
            ["COMPLETED", 2],
            ["FAILED", 1],
          ])
          assert.strictEqual(world.driversEver().length, 4)
          const { body } = yield* operator.telemetry.collect()
          assert.strictEqual(sample(body, "spark_application_running"), 0)
          assert.strictEqual(sample(body, "spark_executor_running"), 0)
          assert.strictEqual(sample(body, "spark_application_state", { state: "COMPLETED" }), 2)
          assert.strictEqual(sample(body, "spark_application_state", { state: "FAILED" }), 1)
        }),
      60_000,
    )
  }

  it.effect(
    "many applications in one namespace, another application is not delayed",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        yield* world.startOperator()
        for (let i = 0; i < 100; i++) yield* world.apply(sparkPi(`flood-${i}`, { "run-seconds": "2" }))
        yield* world.apply(sparkPi("mine", { "run-seconds": "2" }))
        yield* pass(8)
        assert.strictEqual(yield* world.stateOf("mine"), "COMPLETED")
        yield* pass(8)
        const states = (yield* world.applications).map(({ status }) => status?.applicationState.state)
        assert.deepStrictEqual([...new Set(states)], ["COMPLETED"])
      }),
    60_000,
  )
})
