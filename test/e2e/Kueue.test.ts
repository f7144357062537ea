/**
 * What Kueue's SparkApplication integration (API v1beta2) writes into an application and reads from it, step by step: its webhook suspends,
 * admission merges the placement of the quota into both roles (`RunWithPodSetsInfo`), preemption takes it out again (`RestorePodSetsInfo`).
 */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { configMaps, pods } from "../../src/kube/Resource.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const queued = (spec: object = {}, script: Record<string, string> = { "run-seconds": "forever" }) => {
  const { metadata, ...application } = sparkPi("pi", script, { suspend: true, ...spec })
  return { ...application, metadata: { ...metadata, labels: { "kueue.x-k8s.io/queue-name": "team" } } }
}

const update = (world: World, spec: object) =>
  Effect.orDie(world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body: { spec } }))

const toleration = { key: "spot", operator: "Exists", effect: "NoSchedule" }

/** Kueue writes a template with an empty container where the application has none, and the placement into the fields of each role. */
const role = (name: string, flavor: string) => ({
  labels: { "kueue.x-k8s.io/podset": name },
  annotations: { "kueue.x-k8s.io/workload": "sparkapplication-pi-1a2b3" },
  nodeSelector: { "cloud.example.com/pool": flavor },
  tolerations: [toleration],
  template: {
    metadata: { creationTimestamp: null },
    spec: { containers: [{ name: `spark-kubernetes-${name}`, resources: {} }] },
  },
})

const admit = (world: World, flavor: string) =>
  update(world, { suspend: false, driver: role("driver", flavor), executor: role("executor", flavor) })

const restored = {
  labels: { "kueue.x-k8s.io/podset": null },
  annotations: { "kueue.x-k8s.io/workload": null },
  nodeSelector: null,
  tolerations: null,
}

const preempt = (world: World) =>
  update(world, { suspend: true, driver: restored, executor: { ...restored, instances: 2 } })

const poolsOf = (world: World) =>
  Effect.orDie(
    Effect.map(world.kube.list(pods, { namespace: "default" }), ({ items }) =>
      items.map((pod) => pod.spec?.nodeSelector?.["cloud.example.com/pool"]),
    ),
  )

/** The template from which the driver makes executors. */
const executorTemplate = (world: World) =>
  Effect.orDie(
    Effect.map(world.kube.list(configMaps, { namespace: "default" }), ({ items }): Pod => {
      const texts = items.flatMap(({ data }) => data?.["podspec-configmap-key"] ?? [])
      return JSON.parse(texts.at(-1)!)
    }),
  )

describe("an application that Kueue admits", { timeout: 30_000 }, () => {
  it.effect("waits without a pod until there is quota, and runs where the quota is", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(queued())
      yield* pass(5)
      assert.strictEqual(yield* world.stateOf("pi"), "SUSPENDED")
      assert.isEmpty(world.driversEver())
      yield* admit(world, "spot")
      yield* pass(6)
      // IsActive and PodsReady.
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      const [driver] = world.driversEver()
      assert.deepInclude(driver?.spec?.tolerations ?? [], toleration)
      assert.strictEqual(driver?.metadata?.labels?.["kueue.x-k8s.io/podset"], "driver")
      assert.notProperty(driver?.metadata?.labels, "kueue.x-k8s.io/queue-name")
      assert.deepStrictEqual(yield* poolsOf(world), ["spot", "spot", "spot"])
      const template = yield* executorTemplate(world)
      assert.deepInclude(template.spec?.tolerations ?? [], toleration)
      assert.lengthOf(template.spec?.containers ?? [], 1)
    }),
  )

  it.effect("ends when its quota is reclaimed, and runs elsewhere when it has quota again", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(queued({}, { "run-seconds": "8" }))
      yield* pass(2)
      yield* admit(world, "spot")
      yield* pass(4)
      yield* preempt(world)
      yield* pass(10)
      assert.strictEqual(yield* world.stateOf("pi"), "SUSPENDED")
      assert.isEmpty(yield* poolsOf(world))
      yield* admit(world, "on-demand")
      yield* pass(6)
      assert.deepStrictEqual(yield* poolsOf(world), ["on-demand", "on-demand", "on-demand"])
      yield* pass(20)
      // Finished, with success.
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      assert.lengthOf(world.driversEver(), 2)
    }),
  )

  it.effect("says in a condition that dynamic allocation is not for it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(queued({ suspend: false, dynamicAllocation: { enabled: true, maxExecutors: 4 } }))
      yield* pass(5)
      const { status } = yield* world.reported("pi")
      const accepted = status.conditions?.find(({ type }) => type === "Accepted")
      assert.match(accepted?.message ?? "", /spec\.dynamicAllocation\.enabled: is not supported by Kueue/)
    }),
  )
})
