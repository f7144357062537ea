/** What applications request, on the embedded cluster: the status is compared with the timestamps of every pod that ever existed. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ConfigMap } from "kubernetes-types/core/v1"
import type { SparkApplicationStatus, Usage } from "../../src/api/application/SparkApplicationStatus.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { configMaps, events, pods } from "../../src/kube/Resource.ts"
import { kubeflowDriver } from "../support/KubeflowDriver.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"
import { podTruth, type Requested } from "../support/PodTruth.ts"
import { randomNumbers } from "../support/RandomNumbers.ts"

const requestedIn = ({ cpuCoreSeconds, memoryGibSeconds, executorSeconds }: Usage): Requested => ({
  cpuCoreSeconds,
  memoryGibSeconds,
  executorSeconds,
})

const usageOf = ({ usage }: { readonly usage?: Usage | undefined }): Usage => usage ?? assert.fail("no usage")

const statusOf = (world: World, name = "pi") => Effect.map(world.reported(name), ({ status }) => status)

/** The status says exactly what the pods say, of each attempt and of all. */
const agrees = Effect.fnUntraced(function* (
  status: SparkApplicationStatus,
  truth: (submission?: string) => Effect.Effect<Requested>,
) {
  for (const attempt of status.attempts ?? []) {
    assert.deepStrictEqual(requestedIn(usageOf(attempt)), yield* truth(attempt.submissionID), `${attempt.number}`)
  }
  assert.deepStrictEqual(requestedIn(usageOf(status)), yield* truth())
})

const twice = { restartPolicy: { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 3 } } as const

describe("the usage of an application", { timeout: 30_000 }, () => {
  it.effect("is that of all its pods, of each attempt and of both, with executors that were lost", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const truth = yield* podTruth(world.kube)
      const operator = yield* world.startOperator()
      const script = { "run-seconds": "20", "exit-codes": "1,0", "executor-failures": "1:OOMKilled@3, 2:1@7" }
      yield* world.apply(sparkPi("pi", script, { ...twice, executor: { instances: 3, coreRequest: "500m" } }))
      yield* pass(10)
      const reserved = (yield* operator.telemetry.collect()).body
      assert.strictEqual(sample(reserved, "spark_application_reserved_cpu"), 2.5)
      yield* pass(70)
      const status = yield* statusOf(world)
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.lengthOf(status.attempts ?? [], 2)
      yield* agrees(status, truth)
      assert.isTrue(status.usage?.complete)
      assert.isAbove(status.usage?.executorSeconds ?? 0, 100)

      const { body } = yield* operator.telemetry.collect()
      const usage = usageOf(status)
      const counted = (name: string) => sample(body, name, { k8s_namespace_name: "default" })
      assert.strictEqual(counted("spark_application_requested_cpu_seconds_total"), usage.cpuCoreSeconds)
      assert.strictEqual(counted("spark_application_requested_memory_total"), usage.memoryGibSeconds * 2 ** 30)
      assert.strictEqual(counted("spark_application_executor_lifetime_seconds_total"), usage.executorSeconds)
      assert.strictEqual(counted("spark_application_reserved_cpu"), 0)
      assert.strictEqual(counted("spark_application_reserved_memory_bytes"), 0)
    }),
  )

  it.effect("grows while it runs, and what is reserved now is what its pods request", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }))
      yield* pass(10)
      assert.strictEqual(usageOf(yield* statusOf(world)).cpuCoreSeconds, 0)
      const { body } = yield* operator.telemetry.collect()
      assert.strictEqual(sample(body, "spark_application_reserved_cpu"), 3)
      assert.strictEqual(sample(body, "spark_application_reserved_memory_bytes"), 3 * 896 * 2 ** 20)
      yield* pass(800)
      const usage = usageOf(yield* statusOf(world))
      assert.isAtLeast(usage.cpuCoreSeconds, 3 * 400)
      assert.isAtMost(usage.cpuCoreSeconds, 3 * 520)
      assert.isTrue(usage.complete)
      assert.strictEqual((yield* statusOf(world)).attempts?.[0]?.usage?.coreUtilization, 0.5)
    }),
  )

  it.effect("includes a driver that ends after the application, by one further write", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const truth = yield* podTruth(world.kube)
      let writes = 0
      yield* world.startOperator(({ verb, subresource }) => {
        if (verb === "patch" && subresource === "status") writes++
        return undefined
      })
      const sidecar = { name: "proxy", image: "proxy", resources: { requests: { cpu: "250m", memory: "64Mi" } } }
      const script = { "run-seconds": "5", "sidecar-seconds": "40" }
      yield* world.apply(sparkPi("pi", script, { driver: { sidecars: [sidecar] } }))
      yield* pass(20)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      const before = writes
      yield* pass(60)
      yield* agrees(yield* statusOf(world), truth)
      assert.strictEqual(writes, before + 1)
      yield* Effect.orDie(world.kube.delete(pods, "default", "pi-driver"))
      yield* pass(60)
      yield* agrees(yield* statusOf(world), truth)
      assert.strictEqual(writes, before + 1)
    }),
  )

  it.effect("includes a driver that was stopped at a deadline", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const truth = yield* podTruth(world.kube)
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }, { deadlines: { runningSeconds: 10 } }))
      yield* pass(70)
      const status = yield* statusOf(world)
      assert.strictEqual(status.applicationState.state, "FAILED")
      yield* agrees(status, truth)
      assert.isTrue(status.usage?.complete)
    }),
  )

  it.effect("includes a run that another operator submitted, and says that it lacks the attempts before", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const truth = yield* podTruth(world.kube)
      const submissionID = "9c0d3b4e-58f1-4d0c-9b0b-0d4b3f1c2a22"
      const driver = kubeflowDriver(yield* world.apply(sparkPi("pi")), submissionID)
      const [container] = driver.spec?.containers ?? []
      const containers = [{ ...container!, resources: { requests: { cpu: "2", memory: "1024Mi" } } }]
      yield* Effect.orDie(world.kube.create(pods, "default", { ...driver, spec: { ...driver.spec, containers } }))
      const status = {
        applicationState: { state: "RUNNING" },
        driverInfo: { podName: "pi-driver" },
        submissionID,
        lastSubmissionAttemptTime: "1970-01-01T00:00:00Z",
        executionAttempts: 2,
      }
      const body = { type: "merge", subresource: "status", body: { status } } as const
      yield* Effect.orDie(world.kube.patch(sparkApplications, "default", "pi", body))
      yield* pass(2)
      yield* world.startOperator()
      yield* pass(40)
      const done = yield* statusOf(world)
      assert.strictEqual(done.applicationState.state, "COMPLETED")
      yield* agrees(done, truth)
      assert.isAtLeast(usageOf(done).cpuCoreSeconds, 20)
      assert.deepStrictEqual([done.attempts?.[0]?.usage?.complete, done.usage?.complete], [true, false])
    }),
  )

  it.effect("is exact or says that it is not complete, whenever operators are killed and replaced", () =>
    Effect.gen(function* () {
      const random = randomNumbers(5)
      let exact = 0
      const rounds = 4
      for (let round = 0; round < rounds; round++) {
        const scope = Effect.gen(function* () {
          const world = yield* makeWorld
          const truth = yield* podTruth(world.kube)
          let operator = yield* world.startOperator()
          const script = { "run-seconds": "30", "exit-codes": "1,0", dynamic: "2@0, 4@6, 1@14, 3@20" }
          yield* world.apply(sparkPi("pi", script, { ...twice, dynamicAllocation: { enabled: true } }))
          for (let deaths = 0; deaths < 3; deaths++) {
            yield* pass(3 + random() * 25)
            yield* operator.kill
            if (random() < 0.5) yield* pass(random() * 8)
            operator = yield* world.startOperator()
          }
          yield* pass(120)
          const status = yield* statusOf(world)
          assert.strictEqual(status.applicationState.state, "COMPLETED")
          const requested = yield* truth()
          assert.isAtMost(usageOf(status).cpuCoreSeconds, requested.cpuCoreSeconds, `round ${round}`)
          if (!usageOf(status).complete) return
          exact++
          yield* agrees(status, truth)
        })
        yield* Effect.scoped(scope)
      }

      assert.isAtLeast(exact, 1)
    }),
  )
})

describe("prices", { timeout: 30_000 }, () => {
  const flag = "--cost-prices=default/prices"
  const prices = (data: Record<string, string>): ConfigMap => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "prices", namespace: "default" },
    data,
  })
  const general = { currency: "EUR", cpuCoreHour: "3.6", memoryGibHour: "0.36" }
  const costOf = ({ cpuCoreSeconds, memoryGibSeconds }: Usage, perCore: number) =>
    (cpuCoreSeconds * perCore + memoryGibSeconds * 0.36) / 3600

  it.effect("give an estimate of the cost, in the status and as a metric", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* Effect.orDie(world.kube.create(configMaps, "default", prices(general)))
      const operator = yield* world.startOperator(undefined, [flag])
      yield* world.apply(sparkPi("pi", { "run-seconds": "10" }))
      yield* pass(30)
      const usage = usageOf(yield* statusOf(world))
      const cost = usage.estimatedCost?.["EUR"] ?? assert.fail("no cost")
      assert.approximately(cost, costOf(usage, 3.6), 1e-5)
      const { body } = yield* operator.telemetry.collect()
      assert.approximately(sample(body, "spark_application_estimated_cost_total", { currency: "EUR" }) ?? 0, cost, 1e-9)
    }),
  )

  it.effect("by label of the node apply to the pods on it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const node = { group: "", version: "v1", plural: "nodes", kind: "Node" }
      const labels = { metadata: { labels: { pool: "spot" } } }
      yield* Effect.orDie(world.kube.patch(node, "", "local", { type: "merge", body: labels }))
      const nodes = "- labels: {pool: spot}\n  cpuCoreHour: 36\n- labels: {pool: other}\n  cpuCoreHour: 1"
      yield* Effect.orDie(world.kube.create(configMaps, "default", prices({ ...general, nodes })))
      yield* world.startOperator(undefined, [flag])
      yield* world.apply(sparkPi("pi", { "run-seconds": "10" }))
      yield* pass(30)
      const usage = usageOf(yield* statusOf(world))
      assert.approximately(usage.estimatedCost?.["EUR"] ?? 0, costOf(usage, 36), 1e-4)
    }),
  )

  it.effect("that are not numbers are reported as an Event, and the last valid ones stay in use", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* Effect.orDie(world.kube.create(configMaps, "default", prices(general)))
      yield* world.startOperator(undefined, [flag])
      const body = { data: { cpuCoreHour: "cheap" } }
      yield* Effect.orDie(world.kube.patch(configMaps, "default", "prices", { type: "merge", body }))
      yield* pass(3)
      const { items } = yield* Effect.orDie(world.kube.list(events, { namespace: "default" }))
      const { reason, message, involvedObject } = items[0] ?? assert.fail("no Event")
      assert.deepStrictEqual(
        [reason, involvedObject.kind, involvedObject.name],
        ["InvalidPrices", "ConfigMap", "prices"],
      )
      assert.match(message ?? "", /data\["cpuCoreHour"\]: "cheap" is not a price; use a number/)
      yield* world.apply(sparkPi("pi", { "run-seconds": "10" }))
      yield* pass(30)
      const usage = usageOf(yield* statusOf(world))
      assert.approximately(usage.estimatedCost?.["EUR"] ?? 0, costOf(usage, 3.6), 1e-5)
    }),
  )

  it.effect("that do not exist delay nothing, and with another currency the costs are kept apart", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, [flag])
      yield* world.apply(sparkPi("free", { "run-seconds": "2" }))
      yield* pass(20)
      assert.isUndefined(usageOf(yield* statusOf(world, "free")).estimatedCost)
      yield* Effect.orDie(world.kube.create(configMaps, "default", prices(general)))
      const script = { "run-seconds": "10", "exit-codes": "1,0" }
      yield* world.apply(sparkPi("pi", script, { ...twice, executor: { instances: 1 } }))
      yield* pass(14)
      const body = { data: { currency: "USD" } }
      yield* Effect.orDie(world.kube.patch(configMaps, "default", "prices", { type: "merge", body }))
      yield* pass(40)
      const { estimatedCost = {} } = usageOf(yield* statusOf(world))
      assert.sameMembers(Object.keys(estimatedCost), ["EUR", "USD"])
    }),
  )
})
