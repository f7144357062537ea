import { assert, describe } from "@effect/vitest"
import { Effect } from "effect"
import { Kube } from "../../../src/kube/Kube.ts"
import { pods, services } from "../../../src/kube/Resource.ts"
import type { FaultPlan } from "../../../src/local/apiserver/Faults.ts"
import { executors, gone, launch, onNode, pass, phase, script, see } from "../../support/KubeletBench.ts"

const names = Effect.map(executors, (list) => list.map(({ metadata }) => metadata?.labels?.["spark-exec-id"]))
const phases = Effect.map(executors, (list) => list.map(({ status }) => status?.phase))
const annotation = (name: string) =>
  Effect.map(see("pi-driver"), (pod) => pod.metadata?.annotations?.[`local.firesteel.dev/${name}`])

describe("SparkDriver", () => {
  onNode("a driver starts the executors of its configuration, and they run as long as it does", () =>
    Effect.gen(function* () {
      yield* launch({ "spark.executor.instances": "3" })
      yield* pass(2)
      assert.deepStrictEqual(yield* names, ["1", "2", "3"])
      assert.deepStrictEqual(yield* phases, ["Running", "Running", "Running"])
      const [executor] = yield* executors
      assert.strictEqual(executor?.metadata?.ownerReferences?.[0]?.name, "pi-driver")
      assert.strictEqual(executor?.metadata?.namespace, "default")
    }),
  )

  onNode("a driver deletes its executors and its Service when it ends", () =>
    Effect.gen(function* () {
      const kube = yield* Kube
      yield* kube.create(services, "default", {
        metadata: { name: "pi-svc", labels: { "spark-app-selector": "spark-1" } },
        spec: { clusterIP: "None", ports: [{ port: 7078 }] },
      })
      yield* launch({})
      yield* pass(6)
      assert.strictEqual(yield* phase("pi-driver"), "Succeeded")
      assert.deepStrictEqual(yield* names, [])
      assert.deepStrictEqual((yield* kube.list(services, { labelSelector: "spark-app-selector=spark-1" })).items, [])
    }),
  )

  onNode("executors that are to be kept stay, completed", () =>
    Effect.gen(function* () {
      yield* launch({ "spark.kubernetes.executor.deleteOnTermination": "false" })
      yield* pass(6)
      assert.deepStrictEqual(yield* phases, ["Succeeded", "Succeeded"])
    }),
  )

  onNode("a driver reports its progress once a second, and prints what SparkPi prints", () =>
    Effect.gen(function* () {
      yield* launch({}, { ...script({ "run-seconds": "4", "log-lines": "first\nsecond" }) })
      yield* pass(2.6)
      assert.strictEqual(yield* annotation("progress"), "50%")
      assert.notInclude(yield* annotation("log"), "Pi is roughly")
      yield* pass(3)
      assert.strictEqual(yield* annotation("progress"), "100%")
      const log = (yield* annotation("log")) ?? ""
      assert.match(log, /SparkContext: Running Spark version 4\.0\.4\n/)
      assert.match(log, /first\n(.*\n)*second\n(.*\n)*Pi is roughly 3\.14/)
    }),
  )

  onNode("an executor that fails is deleted and replaced by one with a new id", () =>
    Effect.gen(function* () {
      yield* launch({}, { ...script({ "run-seconds": "6", "executor-failures": "1:OOMKilled@1, 2:52@1.5" }) })
      yield* pass(4)
      assert.deepStrictEqual(yield* names, ["3", "4"])
      yield* pass(1)
      assert.match((yield* annotation("log")) ?? "", /Lost executor 1: exit code 137 \(OOMKilled\)/)
      assert.match((yield* annotation("log")) ?? "", /Lost executor 2: exit code 52 \(Error\)/)
    }),
  )

  onNode("executors follow the numbers of the script over time", () =>
    Effect.gen(function* () {
      yield* launch(
        { "spark.dynamicAllocation.enabled": "true", "spark.dynamicAllocation.maxExecutors": "4" },
        { ...script({ "run-seconds": "9", dynamic: "1@0, 4@2, 2@5" }) },
      )
      const counts: Array<number> = []
      for (let second = 0; second < 9; second++) {
        yield* pass(1)
        counts.push((yield* executors).length)
      }
      assert.deepStrictEqual(counts, [1, 1, 4, 4, 4, 2, 2, 2, 2])
    }),
  )

  onNode("a driver that is killed leaves its executors behind, and they fail", () =>
    Effect.gen(function* () {
      yield* launch({}, { ...script({ "run-seconds": "2", reason: "OOMKilled" }) })
      yield* pass(5)
      assert.strictEqual(yield* phase("pi-driver"), "Failed")
      assert.deepStrictEqual(yield* phases, ["Failed", "Failed"])
      assert.notStrictEqual(yield* annotation("progress"), "100%")
    }),
  )

  onNode("a deleted driver is removed together with its executors", () =>
    Effect.gen(function* () {
      const kube = yield* Kube
      yield* launch({})
      yield* pass(2)
      yield* kube.delete(pods, "default", "pi-driver")
      yield* pass(3)
      assert.isTrue(yield* gone("pi-driver"))
      assert.deepStrictEqual(yield* names, [])
    }),
  )

  onNode("a driver without Spark properties creates no executors", () =>
    Effect.gen(function* () {
      yield* launch(undefined)
      yield* pass(2)
      assert.strictEqual(yield* phase("pi-driver"), "Running")
      assert.deepStrictEqual(yield* names, [])
    }),
  )

  onNode(
    "executors that the API server rejects at first are created later, each once",
    () =>
      Effect.gen(function* () {
        yield* launch({}, { ...script({ "run-seconds": "8" }) })
        yield* pass(2)
        assert.deepStrictEqual(yield* names, [])
        assert.include(yield* annotation("log"), "Cannot create executor 1: exceeded quota")
        yield* pass(3)
        assert.deepStrictEqual(yield* names, ["1", "2"])
      }),
    { faults: quotaThenLostAnswer() },
  )
})

/** The first four executors are refused for quota, and the answer about the fifth is lost though it was created. */
function quotaThenLostAnswer(): FaultPlan {
  let creations = 0
  return ({ verb, resource }) => {
    if (verb !== "create" || resource !== "pods") return undefined
    creations++
    if (creations <= 4) return { _tag: "Respond", status: 403, message: "exceeded quota" }
    return creations === 5 ? { _tag: "DropAfter" } : undefined
  }
}
