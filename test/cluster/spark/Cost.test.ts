/** What a real run requested, by its status and by the timestamps of its pods. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Requested, podTruth } from "../../support/PodTruth.ts"
import { python } from "../support/Applications.ts"
import { kubectl } from "../support/Kubectl.ts"
import { executorsEnded, metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, makeWorld } from "../support/World.ts"

/** Cores and GiB of one pod of `python`: a tenth of a core, and 512 MiB with Spark's overhead. */
const pod = { cpu: 0.1, gib: 896 / 1024 }

const isNear = (actual: Requested | undefined, expected: Requested, seconds: number, pods: number) => {
  assert.approximately(actual?.cpuCoreSeconds ?? 0, expected.cpuCoreSeconds, seconds * pods * pod.cpu)
  assert.approximately(actual?.memoryGibSeconds ?? 0, expected.memoryGibSeconds, seconds * pods * pod.gib)
  assert.approximately(actual?.executorSeconds ?? 0, expected.executorSeconds, seconds * pods)
}

layer(ClusterLayer, { excludeTestServices: true })("the usage of a run", (it) => {
  it.effect("is that of its pods, by their own timestamps, within 2 s of what they request", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld("cost")
      const truth = yield* podTruth(world.kube, world.namespace)
      yield* world.apply(python("works", ["work"], { executor: { instances: 2 } }))
      yield* world.until("works", "using its cores", ({ status }) => {
        const { coreUtilization = 0 } = status?.attempts?.[0]?.usage ?? {}
        return coreUtilization > 0
      })
      yield* world.finish("works")
      yield* world.untilState("works", "COMPLETED")
      yield* executorsEnded(world, "works", { succeeded: 2, failed: 0 })
      const done = yield* world.until("works", "counted to its end", ({ status }) => {
        const { counted = "open" } = status?.attempts?.[0]?.usage ?? {}
        return !counted.includes("open")
      })
      const requested = yield* truth()
      isNear(done.status?.usage, requested, 2, 3)
      isNear(attempt(done).usage, requested, 2, 3)
      assert.isTrue(done.status?.usage?.complete)
      const { coreUtilization = 0 } = attempt(done).usage ?? {}
      assert.isTrue(coreUtilization > 0 && coreUtilization < 1, String(coreUtilization))
      const table = yield* Effect.orDie(kubectl(["get", "sparkapp", "-n", world.namespace, "-o", "wide"]))
      assert.match(table, /CPU-SECONDS/)
      assert.include(table, String(done.status?.usage?.cpuCoreSeconds))
      yield* metricsEqualTruth(world)
      yield* world.remove("works")
    }),
  )
})
