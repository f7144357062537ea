/** Applications that end well, in every Spark version of the run. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sparkImages } from "../support/Environment.ts"
import { kubectl } from "../support/Kubectl.ts"
import { executorsAgree, executorsEnded, metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, makeWorld, python, sparkPi } from "../support/World.ts"

layer(ClusterLayer, { excludeTestServices: true })("real Spark", (it) => {
  describe.concurrent.each(sparkImages)("$version", (spark) => {
    it.effect("runs a Python application to its end, with the executors that the driver reports", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("python")
        yield* world.apply(python("hold", ["hold", "4", "5"], { executor: { instances: 2 } }, spark))
        yield* world.untilState("hold", "RUNNING")
        yield* executorsAgree(world, "hold", 2)
        const { status } = yield* world.untilState("hold", "COMPLETED")
        yield* executorsEnded(world, "hold", { succeeded: 2, failed: 0 })
        assert.strictEqual(status?.sparkApplicationId?.startsWith("spark-"), true)
        yield* metricsEqualTruth(world)
        yield* world.remove("hold")
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
