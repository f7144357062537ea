/** Applications that change while they run: by themselves, or because their owner changes them. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { python } from "../support/Applications.ts"
import { kubectl } from "../support/Kubectl.ts"
import { executorsAgree, executorsEnded, metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, eventually, signalJvm, makeWorld } from "../support/World.ts"

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

    it.effect("passes its edited labels to all its pods, and later executors still find the driver", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("labelled")
        const application = python("labelled", ["work", "12", "2"], {
          dynamicAllocation: { enabled: true, initialExecutors: 1, minExecutors: 1, maxExecutors: 3 },
        })
        yield* world.apply({ ...application, metadata: { ...application.metadata, labels: { user: "alice" } } })
        yield* executorsAgree(world, "labelled", 1)
        const users = Effect.map(
          Effect.all([world.driver("labelled"), world.executors("labelled")]),
          ([driver, executors]) => [driver, ...executors].map(({ metadata }) => metadata?.labels?.["user"]).join(),
        )
        const usersBecome = (expected: string) =>
          eventually(
            Effect.map(users, (found) => (found === expected ? true : undefined)),
            10,
            Effect.map(users, (found) => `users should be ${expected}, and are ${found}`),
          )
        yield* usersBecome("alice,alice")
        yield* Effect.orDie(kubectl(["label", "-n", world.namespace, "sparkapp/labelled", "user=bob", "--overwrite"]))
        yield* usersBecome("bob,bob")
        yield* world.finish("labelled")
        yield* executorsAgree(world, "labelled", 3)
        yield* usersBecome("bob,bob,bob,bob")
        const { status } = yield* world.untilState("labelled", "COMPLETED")
        assert.strictEqual(status?.attempts?.length, 1)
        yield* executorsEnded(world, "labelled", { succeeded: 3, failed: 0 })
        yield* world.remove("labelled")
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
