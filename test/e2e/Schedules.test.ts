/** Schedules in the embedded cluster: what a user sees of them. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeWorld, pass } from "../support/OperatorBench.ts"
import { scheduled, schedulesOf } from "../support/Schedules.ts"

describe("a schedule", () => {
  it.effect("starts a run at each of its times, and keeps as many as the history limits say", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { apply, statusOf, runsOf, reasonsOf } = schedulesOf(world)
      yield* world.startOperator()
      yield* apply(scheduled("pi", { "run-seconds": "2" }, { successfulRunHistoryLimit: 2 }))
      yield* pass(70)
      const runs = yield* runsOf("pi")
      console.log(
        JSON.stringify(yield* statusOf("pi"), null, 1),
        runs.map((r) => [r.metadata, r.status?.applicationState]),
        yield* reasonsOf("pi"),
      )
      assert.deepStrictEqual(
        runs.map(({ metadata }) => metadata.name),
        ["pi-40", "pi-60"],
      )
    }),
  )
})
