/** Objects that are deleted while an application runs: executors, drivers, whole namespaces. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect, Equal } from "effect"
import { python } from "../support/Applications.ts"
import { kubectl } from "../support/Kubectl.ts"
import { executorsAgree, executorsEnded, metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, eventually, signalJvm, makeWorld } from "../support/World.ts"

layer(ClusterLayer, { excludeTestServices: true })("a real application that loses", (it) => {
  describe.concurrent("", () => {
    it.effect("an executor gets another one, and goes on", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("executor-lost")
        yield* world.apply(python("resilient", ["work"], { sparkConf: { "spark.task.maxFailures": "10" } }))
        const loses = Effect.fnUntraced(function* (loss: (pod: string) => Effect.Effect<unknown>) {
          yield* executorsAgree(world, "resilient", 1)
          const [lost] = yield* world.executors("resilient")
          yield* loss(lost!.metadata!.name!)
          yield* eventually(
            Effect.map(world.executors("resilient"), (all) =>
              all.find((pod) => pod.metadata?.uid !== lost?.metadata?.uid),
            ),
            60,
            Effect.succeed("no other executor came"),
          )
        })
        yield* loses((pod) => signalJvm(world, pod, "KILL"))
        const counts = { pending: 0, running: 1, succeeded: 0, failed: 1, failures: { Killed: 1 } }
        yield* world.until("resilient", "with one failed executor", ({ status }) =>
          Equal.equals(status?.executors, counts),
        )
        yield* loses((pod) =>
          Effect.orDie(kubectl(["delete", "pod", "-n", world.namespace, pod, "--grace-period=0", "--force"])),
        )
        yield* executorsAgree(world, "resilient", 1)
        yield* world.finish("resilient")
        yield* world.untilState("resilient", "COMPLETED")
        yield* executorsEnded(world, "resilient", { succeeded: 2, failed: 1 })
        yield* metricsEqualTruth(world)
        yield* world.remove("resilient")
      }),
    )

    it.effect("its driver to SIGKILL on the node, then to kubectl delete, is run again each time", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("driver-lost")
        const restartPolicy = { type: "OnFailure" as const, onFailureRetries: 1, onFailureRetryInterval: 1 }
        yield* world.apply(python("loses", ["work"], { restartPolicy }))
        yield* executorsAgree(world, "loses", 1)
        yield* signalJvm(world, "loses-driver", "KILL")
        const again = yield* world.until(
          "loses",
          "in attempt 2",
          ({ status }) => status?.attempts?.[1]?.runningTime !== undefined,
        )
        assert.deepInclude(attempt(again, 1), { result: "Failed", exitCode: 137 })
        yield* executorsAgree(world, "loses", 1)
        yield* Effect.orDie(
          kubectl(["delete", "pod", "-n", world.namespace, "loses-driver", "--grace-period=0", "--force"]),
        )
        const failed = yield* world.untilState("loses", "FAILED")
        assert.strictEqual(attempt(failed, 2).result, "Failed")
        yield* metricsEqualTruth(world)
        yield* world.remove("loses")
      }),
    )

    it.effect("its namespace goes with it, and is counted no longer", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("namespace-lost")
        yield* world.apply(python("doomed", ["work"]))
        yield* world.untilState("doomed", "RUNNING")
        yield* Effect.orDie(kubectl(["delete", "namespace", world.namespace, "--timeout=90s"]))
        assert.isUndefined(yield* world.application("doomed"))
        yield* metricsEqualTruth(world, "gauges")
      }),
    )

    it.effect("itself while it is submitted leaves nothing behind", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("deleted-early")
        // From before the operator has seen it until the driver's container starts.
        yield* Effect.forEach(
          [0, 50, 150, 300, 600, 1200],
          (milliseconds) =>
            Effect.gen(function* () {
              const name = `early-${milliseconds}`
              yield* world.apply(python(name, ["hold", "1", "60"]))
              yield* Effect.sleep(milliseconds)
              yield* world.remove(name)
            }),
          { concurrency: 3, discard: true },
        )
        yield* metricsEqualTruth(world, "gauges")
      }),
    )
  })
})
