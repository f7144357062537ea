/** Applications that succeed, in every Spark version of the run. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { python, sparkPi } from "../support/Applications.ts"
import { sparkImages } from "../support/Environment.ts"
import { kubectl } from "../support/Kubectl.ts"
import { executorsAgree, executorsEnded, metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, makeWorld } from "../support/World.ts"

layer(ClusterLayer, { excludeTestServices: true })("real Spark", (it) => {
  describe.concurrent.each(sparkImages)("$version", (spark) => {
    it.effect("runs a Python application to its end, with the executors that the driver reports", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("python")
        yield* world.apply(python("works", ["work"], { executor: { instances: 2 } }, spark))
        yield* world.untilState("works", "RUNNING")
        yield* executorsAgree(world, "works", 2)
        yield* world.finish("works")
        const { status } = yield* world.untilState("works", "COMPLETED")
        yield* executorsEnded(world, "works", { succeeded: 2, failed: 0 })
        assert.strictEqual(status?.sparkApplicationId?.startsWith("spark-"), true)
        yield* metricsEqualTruth(world)
        yield* world.remove("works")
      }),
    )

    it.effect("runs a Java application to its end", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("java")
        yield* world.apply(sparkPi("pi", spark))
        const done = yield* world.untilState("pi", "COMPLETED")
        assert.deepInclude(attempt(done), { number: 1, result: "Succeeded", exitCode: 0 })
        assert.include(yield* Effect.orDie(kubectl(["logs", "-n", world.namespace, "pi-driver"])), "Pi is roughly 3.1")
        yield* metricsEqualTruth(world)
        yield* world.remove("pi")
      }),
    )
  })
})
