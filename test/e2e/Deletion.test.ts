/** An application is deleted at every moment of its life: nothing of it stays, no gauge remembers it, and the name can be used again. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

const restartPolicy = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } as const

/** Seconds: from before the submission, over a failure and a retry, to after the end. */
const moments = Array.from({ length: 40 }, (_, i) => i / 5)

describe("an application that is deleted", () => {
  for (const how of ["Background", "Foreground"] as const) {
    it.effect(
      `at any moment (${how.toLowerCase()}) leaves nothing behind, and its name is free`,
      () =>
        Effect.forEach(
          moments,
          (moment) =>
            Effect.scoped(
              Effect.gen(function* () {
                const where = `deleted after ${moment} s`
                const world = yield* makeWorld
                const { telemetry } = yield* world.startOperator()
                yield* world.apply(sparkPi("pi", { "run-seconds": "2", "exit-codes": "1,0" }, { restartPolicy }))
                yield* pass(moment)
                yield* world.kube.delete(sparkApplications, "default", "pi", { propagationPolicy: how })
                yield* pass(10)
                assert.deepStrictEqual(yield* world.objectsOf("pi"), [], where)
                assert.deepStrictEqual(yield* world.applications, [], where)
                const { body } = yield* telemetry.collect()
                assert.strictEqual(sample(body, "spark_application_state"), 0, where)
                assert.strictEqual(sample(body, "spark_executor_running"), 0, where)
                yield* world.apply(sparkPi("pi", { "run-seconds": "1" }))
                yield* pass(10)
                assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED", where)
              }),
            ),
          { discard: true },
        ),
      60_000,
    )
  }
})
