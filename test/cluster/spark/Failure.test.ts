/** Applications that fail, and how it is reported. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { python } from "../support/Applications.ts"
import { newest, oldest, unreachableRegistry } from "../support/Environment.ts"
import { executorsEnded, metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, eventually, makeWorld } from "../support/World.ts"

layer(ClusterLayer, { excludeTestServices: true })("a real application that fails", (it) => {
  describe.concurrent("", () => {
    for (const spark of [oldest, newest]) {
      it.effect(`says that the user's code failed (${spark.version})`, () =>
        Effect.gen(function* () {
          const world = yield* makeWorld("raise")
          yield* world.apply(python("bad", ["raise"], {}, spark))
          const failed = yield* world.untilState("bad", "FAILED")
          assert.deepInclude(attempt(failed), { result: "Failed", exitCode: 1, reason: "Error" })
          yield* metricsEqualTruth(world)
          yield* world.remove("bad")
        }),
      )
    }

    it.effect(
      "has the exit code of sys.exit(3), is tried again as often as it may, and goes after its time to live",
      () =>
        Effect.gen(function* () {
          const world = yield* makeWorld("exit")
          yield* world.apply(
            python("exit", ["exit", "3"], {
              restartPolicy: { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 },
              timeToLiveSeconds: 10,
            }),
          )
          const failed = yield* world.untilState("exit", "FAILED", 180)
          assert.deepInclude(attempt(failed, 1), { result: "Failed", exitCode: 3 })
          assert.deepInclude(attempt(failed, 2), { result: "Failed", exitCode: 3 })
          assert.lengthOf(failed.status?.attempts ?? [], 2)
          yield* eventually(
            Effect.map(Effect.all([world.application("exit"), world.remains("exit")]), ([application, rest]) =>
              application === undefined && rest.length === 0 ? true : undefined,
            ),
            30,
            Effect.succeed("the application outlives its time to live"),
          )
          yield* metricsEqualTruth(world, "gauges")
        }),
    )

    it.effect("says that its driver was killed for its memory", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("oom")
        yield* world.apply(python("hungry", ["allocate", "1500"]))
        const failed = yield* world.untilState("hungry", "FAILED")
        assert.deepInclude(attempt(failed), { result: "Failed", reason: "OOMKilled" })
        yield* metricsEqualTruth(world)
        yield* world.remove("hungry")
      }),
    )

    it.effect("goes on when an executor was killed for its memory, and counts it", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("oom-executor")
        yield* world.apply(
          python("greedy", ["exhaust"], {
            sparkConf: { "spark.task.maxFailures": "1" },
            executor: { instances: 1, javaOptions: "-XX:+AlwaysPreTouch" },
          }),
        )
        yield* world.untilState("greedy", "COMPLETED", 180)
        const { status } = yield* executorsEnded(world, "greedy", { succeeded: 1, failed: 1 })
        assert.strictEqual(status?.recentExecutorFailures?.[0]?.reason, "OOMKilled")
        yield* metricsEqualTruth(world)
        yield* world.remove("greedy")
      }),
    )

    it.effect("says that its image cannot be pulled, and ends at its deadline", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("image")
        const image = `${unreachableRegistry}/spark:does-not-exist`
        yield* world.apply(python("no-image", ["hold", "1", "1"], { image, deadlines: { startedSeconds: 30 } }))
        const waits = yield* world.until("no-image", "waiting", ({ status }) => status?.waiting !== undefined)
        assert.match(waits.status?.waiting?.reason ?? "", /^(ErrImage|ImagePull)/)
        assert.include(waits.status?.waiting?.message, image)
        const failed = yield* world.untilState("no-image", "FAILED")
        assert.match(attempt(failed).reason ?? "", /^(ErrImage|ImagePull)/)
        yield* eventually(
          Effect.map(world.pods("spark-role=driver"), (left) => (left.length === 0 ? true : undefined)),
          60,
          Effect.succeed("the driver pod still waits for its image"),
        )
        yield* metricsEqualTruth(world)
        yield* world.remove("no-image")
      }),
    )
  })
})
