/** Health checks of real executors: which are replaced, and what a graceful end preserves. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { python } from "../support/Applications.ts"
import { kubectl } from "../support/Kubectl.ts"
import { executorsAgree, untilMetric } from "../support/Truth.ts"
import { ClusterLayer, eventually, makeWorld, signalJvm } from "../support/World.ts"

layer(ClusterLayer, { excludeTestServices: true })("an executor with health checks", (it) => {
  describe.concurrent("", () => {
    it.effect("whose block manager dies is replaced", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("deaf")
        const liveness = { periodSeconds: 2, failureThreshold: 2 }
        yield* world.apply(
          python("deaf", ["deafen", "1", "45"], {
            sparkConf: { "spark.task.maxFailures": "10" },
            healthChecks: { preset: "streaming", executor: { liveness } },
          }),
        )
        yield* executorsAgree(world, "deaf", 1)
        const { status } = yield* world.until(
          "deaf",
          "an application that lost an executor",
          ({ status }) => (status?.recentExecutorFailures?.length ?? 0) > 0,
        )
        assert.deepInclude(status!.recentExecutorFailures![0], {
          reason: "LivenessProbeFailed",
          failure: "ProbeFailed",
        })
        yield* executorsAgree(world, "deaf", 1)
        const labels = { k8s_namespace_name: world.namespace, role: "executor", probe: "liveness", preset: "streaming" }
        yield* untilMetric("spark_operator_probe_kills_total", labels, 1)
        yield* world.untilState("deaf", "COMPLETED")
        yield* world.remove("deaf")
      }),
    )

    it.effect("that its driver hears nothing of is replaced, if that is wished", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("silent")
        yield* world.apply(
          python("silent", ["hold", "4", "20"], {
            healthChecks: { preset: "batch", executor: { heartbeat: { silentSeconds: 20, replace: true } } },
            sparkConf: {
              "spark.network.timeout": "20s",
              "spark.network.timeoutInterval": "5s",
              "spark.executor.heartbeatInterval": "5s",
            },
            executor: { terminationGracePeriodSeconds: 1 },
          }),
        )
        yield* executorsAgree(world, "silent", 1)
        const [first] = yield* world.executors("silent")
        yield* signalJvm(world, first!.metadata!.name!, "STOP")
        yield* eventually(
          Effect.map(world.executors("silent"), (all) => all.find((pod) => pod.metadata?.uid !== first?.metadata?.uid)),
          120,
          Effect.succeed("no other executor came"),
        )
        yield* world.remove("silent")
      }),
    )

    it.effect("that is decommissioned loses no block of a shuffle", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("handover")
        yield* world.apply(
          python("handover", ["shuffle"], {
            executor: { instances: 2 },
            healthChecks: { preset: "batch", decommission: true },
          }),
        )
        const log = Effect.orDie(kubectl(["logs", "-n", world.namespace, "handover-driver"]))
        yield* eventually(
          Effect.map(log, (text) => (/^made 4096$/m.test(text) ? true : undefined)),
          120,
          log,
        )
        yield* executorsAgree(world, "handover", 2)
        const [first] = yield* world.executors("handover")
        const name = first!.metadata!.name!
        assert.deepStrictEqual(first!.spec!.containers[0]!.lifecycle?.preStop?.exec?.command, ["/opt/decom.sh"])
        assert.strictEqual(first!.spec!.terminationGracePeriodSeconds, 90)
        yield* Effect.orDie(kubectl(["delete", "pod", "-n", world.namespace, name, "--timeout=100s"]))
        yield* world.finish("handover")
        yield* world.untilState("handover", "COMPLETED")
        assert.match(yield* log, /^made in the end 4096$/m)
        yield* world.remove("handover")
      }),
    )
  })
})
