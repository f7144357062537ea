/** What the operator itself sees of real applications: runs that do not get on, executors that no driver hears of. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { executorsAgree } from "../support/Truth.ts"
import { ClusterLayer, eventually, makeWorld, python, signalJvm } from "../support/World.ts"

layer(ClusterLayer, { excludeTestServices: true })("a watched application", (it) => {
  describe.concurrent("", () => {
    it.effect("in which nothing moves is stalled, and goes on", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("stalled")
        const watchdog = { stalledSeconds: 15 }
        yield* world.apply(python("still", ["burst", "2", "60"], { healthChecks: { watchdog } }))
        const { status } = yield* world.until("still", "stalled", ({ status }) => status?.stalled !== undefined)
        assert.strictEqual(status?.applicationState.state, "RUNNING")
        assert.isTrue(status?.conditions?.some(({ type, status }) => type === "Stalled" && status === "True"))
        yield* world.untilState("still", "COMPLETED")
        yield* world.remove("still")
      }),
    )

    it.effect("whose executor hangs gets another one", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("hung-executor")
        yield* world.apply(
          python("replaced", ["hold", "4", "20"], {
            healthChecks: { preset: "batch", executor: { heartbeat: { silentSeconds: 20, replace: true } } },
            sparkConf: { "spark.network.timeout": "20s", "spark.executor.heartbeatInterval": "5s" },
            executor: { terminationGracePeriodSeconds: 1 },
          }),
        )
        yield* executorsAgree(world, "replaced", 1)
        const [first] = yield* world.executors("replaced")
        yield* signalJvm(world, first?.metadata?.name ?? "", "STOP")
        yield* eventually(
          Effect.map(world.executors("replaced"), (all) =>
            all.find((pod) => pod.metadata?.uid !== first?.metadata?.uid),
          ),
          120,
          Effect.succeed("no other executor came"),
        )
        yield* world.remove("replaced")
      }),
    )
  })
})
