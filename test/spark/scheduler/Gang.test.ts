import { assert, describe, it } from "@effect/vitest"
import { build } from "../../../src/spark/driver/Build.ts"
import { gangRequests } from "../../../src/spark/scheduler/Gang.ts"
import { resourceList } from "../../../src/spark/scheduler/PodRequests.ts"
import { type Changes, options, submission } from "../../support/SparkFixture.ts"
import { scheduled } from "./Scheduling.ts"

const gangOf = (changes: Changes) => {
  const { batch } = scheduled({ batchScheduler: "volcano", ...changes })
  if (batch === undefined) return assert.fail("no gang")
  const { driver, executor, executors } = batch.gang
  return {
    driver: resourceList(driver),
    executor: resourceList(executor),
    executors,
    all: resourceList(gangRequests(batch.gang)),
  }
}
const python = { type: "Python", mainClass: undefined, mainApplicationFile: "local:///a.py" }

describe("the gang of an application", () => {
  it("is counted in Spark's units, with overhead", () => {
    assert.deepStrictEqual(
      gangOf({
        driver: { memory: "1g" },
        executor: { instances: 3, cores: 2, memory: "2048", memoryOverhead: "512m" },
      }),
      {
        driver: { cpu: "1", memory: "1408Mi" },
        executor: { cpu: "2", memory: "2560Mi" },
        executors: 3,
        all: { cpu: "7", memory: "9088Mi" },
      },
    )
  })

  it("uses CPU requests where they differ from cores, for each role", () => {
    const { driver, executor } = gangOf({
      driver: { cores: 4, coreRequest: "250m" },
      executor: { cores: 4, coreRequest: "1500m" },
    })
    assert.deepStrictEqual([driver["cpu"], executor["cpu"]], ["250m", "1500m"])
  })

  it("includes the higher factor and the memory of workers for Python", () => {
    assert.deepStrictEqual(gangOf({ ...python, executor: { memory: "2g" } }).executor, { cpu: "1", memory: "2867Mi" })
    const sparkConf = { "spark.executor.pyspark.memory": "1g" }
    assert.deepStrictEqual(gangOf({ ...python, executor: { memory: "2g" }, sparkConf }).executor["memory"], "3891Mi")
    assert.deepStrictEqual(
      gangOf({ executor: { memory: "2g" }, sparkConf }).executor["memory"],
      "2432Mi",
      "not in Scala",
    )
  })

  it("includes off-heap memory if that is enabled", () => {
    const sparkConf = { "spark.memory.offHeap.enabled": "true", "spark.memory.offHeap.size": "1073741824" }
    assert.strictEqual(gangOf({ sparkConf }).executor["memory"], "2432Mi")
    assert.strictEqual(gangOf({ sparkConf: { "spark.memory.offHeap.size": "1g" } }).executor["memory"], "1408Mi")
  })

  it("uses the factors of the application and of executors", () => {
    assert.strictEqual(gangOf({ memoryOverheadFactor: "1" }).executor["memory"], "2048Mi")
    const sparkConf = { "spark.executor.memoryOverheadFactor": "2" }
    assert.deepStrictEqual(gangOf({ memoryOverheadFactor: "1", sparkConf }), {
      driver: { cpu: "1", memory: "2048Mi" },
      executor: { cpu: "1", memory: "3072Mi" },
      executors: 1,
      all: { cpu: "2", memory: "5120Mi" },
    })
  })

  it("has the executors that Spark asks for at the start", () => {
    const dynamicAllocation = { enabled: true, initialExecutors: 4, minExecutors: 2, maxExecutors: 9 }
    assert.strictEqual(gangOf({ dynamicAllocation }).executors, 4)
    assert.strictEqual(gangOf({ dynamicAllocation, executor: { instances: 5 } }).executors, 5)
    assert.strictEqual(gangOf({ dynamicAllocation: { enabled: true } }).executors, 0)
    assert.strictEqual(gangOf({ dynamicAllocation: { ...dynamicAllocation, enabled: false } }).executors, 1)
  })

  it("counts sidecars, GPUs and devices", () => {
    const sidecars = [{ name: "log", image: "log", resources: { requests: { cpu: "100m", memory: "64Mi" } } }]
    const { driver, executor, all } = gangOf({
      driver: { sidecars },
      executor: { sidecars, instances: 2, gpu: { name: "nvidia.com/gpu", quantity: 2 } },
      sparkConf: { "spark.executor.resource.fpga.amount": "1", "spark.executor.resource.fpga.vendor": "example.com" },
    })
    assert.deepStrictEqual(driver, { cpu: "1100m", memory: "1472Mi" })
    assert.deepStrictEqual(executor, { cpu: "1100m", memory: "1472Mi", "nvidia.com/gpu": "2", "example.com/fpga": "1" })
    assert.strictEqual(all["nvidia.com/gpu"], "4")
  })

  it("has a driver as large as the pod that is made", () => {
    const valid = scheduled({ batchScheduler: "volcano", driver: { memory: "3g", coreRequest: "700m" } })
    const container = build(valid, submission, options).pod.spec?.containers[0]
    assert.deepStrictEqual(resourceList(valid.batch?.gang.driver ?? new Map()), container?.resources?.requests)
  })
})
