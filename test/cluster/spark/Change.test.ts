/** Applications that change while they run: by themselves, or because their owner changes them. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { python } from "../support/Applications.ts"
import { executorsAgree, metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, signalJvm, makeWorld } from "../support/World.ts"

layer(ClusterLayer, { excludeTestServices: true })("a real application", (it) => {
  describe.concurrent("", () => {
    it.effect("grows and shrinks by dynamic allocation, and the status says so", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("dynamic")
        yield* world.apply(
          python("elastic", ["burst", "12", "60"], {
            dynamicAllocation: { enabled: true, initialExecutors: 1, minExecutors: 1, maxExecutors: 3 },
            sparkConf: { "spark.dynamicAllocation.executorIdleTimeout": "5s" },
          }),
        )
        yield* executorsAgree(world, "elastic", 3)
        yield* executorsAgree(world, "elastic", 1)
        const { status } = yield* world.untilState("elastic", "RUNNING")
        assert.deepInclude(status?.executors, { running: 1, succeeded: 2, failed: 0 })
        yield* metricsEqualTruth(world)
        yield* world.remove("elastic")
      }),
    )

    it.effect("that streams with restartPolicy Always comes back after its driver was killed", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("streaming")
        const restartPolicy = { type: "Always" as const, onFailureRetryInterval: 1 }
        yield* world.apply(python("stream", ["stream"], { restartPolicy }))
        yield* executorsAgree(world, "stream", 1)
        yield* signalJvm(world, "stream-driver", "KILL")
        const back = yield* world.until(
          "stream",
          "in attempt 2",
          ({ status }) => status?.attempts?.[1]?.runningTime !== undefined,
        )
        assert.deepInclude(attempt(back, 1), { result: "Failed", exitCode: 137 })
        yield* executorsAgree(world, "stream", 1)
        yield* metricsEqualTruth(world)
        yield* world.remove("stream")
      }),
    )

    it.effect("is suspended, resumed, and run anew when its spec is edited", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("edited")
        yield* world.apply(python("job", ["work"]))
        yield* world.untilState("job", "RUNNING")
        yield* world.patchSpec("job", { suspend: true })
        yield* world.untilState("job", "SUSPENDED")
        assert.deepStrictEqual(yield* world.remains("job"), [])
        yield* world.patchSpec("job", { suspend: false })
        yield* world.untilState("job", "RUNNING")
        yield* world.patchSpec("job", { arguments: ["hold", "1", "1"] })
        const { status } = yield* world.untilState("job", "COMPLETED")
        assert.deepStrictEqual(
          status?.attempts?.map(({ result }) => result),
          ["Stopped", "Stopped", "Succeeded"],
        )
        yield* metricsEqualTruth(world)
        yield* world.remove("job")
      }),
    )
  })
})
