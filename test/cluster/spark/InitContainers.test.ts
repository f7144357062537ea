/** Init containers that fail on a real kubelet: the failure names them, and no executor that never ran counts as succeeded. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { python } from "../support/Applications.ts"
import { newest, oldest } from "../support/Environment.ts"
import { kubectl } from "../support/Kubectl.ts"
import { metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, makeWorld } from "../support/World.ts"

const shell = (name: string, command: string, image: string, more: object = {}) => ({
  name,
  image,
  command: ["sh", "-c", command],
  ...more,
})
const exits = (image: string) => shell("wait-db", "echo no database >/dev/termination-log; exit 7", image)
/** More than it may have. */
const hungry = (image: string) =>
  shell("hungry", `exec python3 -c "b = bytearray(200 << 20)"`, image, { resources: { limits: { memory: "64Mi" } } })

layer(ClusterLayer, { excludeTestServices: true })("an init container that fails", (it) => {
  describe.concurrent("", () => {
    it.effect("is what the failure of its driver names", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("driver-init")
        const { image } = newest
        yield* world.apply(python("exits", ["hold", "1", "1"], { driver: { initContainers: [exits(image)] } }))
        yield* world.apply(python("hungry", ["hold", "1", "1"], { driver: { initContainers: [hungry(image)] } }))

        const exited = yield* world.untilState("exits", "FAILED", 60)
        const message = "init container wait-db failed with ExitCode: 7, Reason: Error: no database"
        assert.deepInclude(attempt(exited), {
          initContainer: "wait-db",
          exitCode: 7,
          reason: "Error",
          failure: "InitContainer",
          message,
        })
        assert.strictEqual(exited.status?.applicationState.errorMessage, message)
        const killed = attempt(yield* world.untilState("hungry", "FAILED", 60))
        assert.deepInclude(killed, {
          initContainer: "hungry",
          exitCode: 137,
          reason: "OOMKilled",
          failure: "OOMKilled",
        })

        const table = yield* Effect.orDie(kubectl(["get", "sparkapp", "-n", world.namespace, "-o", "wide"]))
        assert.match(table, /^exits .* FAILED .* InitContainer *$/m)
        yield* metricsEqualTruth(world)
        yield* Effect.forEach(["exits", "hungry"], world.remove, { concurrency: 2 })
      }),
    )

    // Real drivers delete such pods within the second.
    for (const [spark, container, facts] of [
      [oldest, hungry, { initContainer: "hungry", exitCode: 137, reason: "OOMKilled", failure: "OOMKilled" }],
      [
        newest,
        exits,
        { initContainer: "wait-db", exitCode: 7, reason: "Error", failure: "InitContainer", message: "no database" },
      ],
    ] as const) {
      it.effect(`makes executors failures, not successes: ${facts.reason} (${spark.version})`, () =>
        Effect.gen(function* () {
          const world = yield* makeWorld("executor-init")
          const executor = { instances: 1, initContainers: [container(spark.image)] }
          yield* world.apply(python("app", ["hold", "1", "1"], { executor }, spark))
          const { status } = yield* world.until(
            "app",
            "one with two failed executors",
            ({ status }) => (status?.executors?.failed ?? 0) >= 2,
          )
          assert.strictEqual(status?.executors?.succeeded, 0)
          assert.deepStrictEqual(status?.executors?.failures, { [facts.failure]: status?.executors?.failed })
          assert.deepInclude(status?.recentExecutorFailures?.[0], facts)
          yield* metricsEqualTruth(world, "gauges")
          yield* world.remove("app")
        }),
      )
    }
  })
})
