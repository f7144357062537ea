import { assert, describe, it } from "@effect/vitest"
import { withDefaults } from "../../../src/api/application/Defaults.ts"
import type { SparkApplicationSpec } from "../../../src/api/application/SparkApplication.ts"

const minimal: SparkApplicationSpec = {
  type: "Scala",
  sparkVersion: "4.0.1",
  mainApplicationFile: "local:///a.jar",
  driver: {},
  executor: {},
}

const defaulted = (spec: Partial<SparkApplicationSpec>) => withDefaults({ ...minimal, ...spec })

describe("defaults of a spec", () => {
  it("describe a small application that runs once", () => {
    assert.deepStrictEqual(withDefaults(minimal), {
      ...minimal,
      mode: "cluster",
      restartPolicy: { type: "Never" },
      driver: { cores: 1, memory: "1g" },
      executor: { cores: 1, memory: "1g", instances: 1 },
    })
  })

  it("keep every value that is set, and change nothing when they are applied again", () => {
    const spec = defaulted({
      mode: "client",
      restartPolicy: { type: "Always", onFailureRetryInterval: 60 },
      driver: { cores: 4, memory: "8g" },
      executor: { cores: 2, memory: "2g", instances: 3 },
      dynamicAllocation: { enabled: true, shuffleTrackingEnabled: false },
    })
    assert.strictEqual(spec.mode, "client")
    assert.deepStrictEqual(spec.driver, { cores: 4, memory: "8g" })
    assert.deepStrictEqual(spec.executor, { cores: 2, memory: "2g", instances: 3 })
    assert.strictEqual(spec.dynamicAllocation?.shuffleTrackingEnabled, false)
    assert.strictEqual(spec.restartPolicy.onFailureRetryInterval, 60)
    assert.deepStrictEqual(withDefaults(spec), spec)
  })

  it.each(["Always", "OnFailure"] as const)("wait 5 seconds between runs with the restart policy %s", (type) => {
    assert.deepStrictEqual(defaulted({ restartPolicy: { type } }).restartPolicy, {
      type,
      onFailureRetryInterval: 5,
      onSubmissionFailureRetryInterval: 5,
    })
  })

  it("treat a restart policy without a type as Never", () => {
    assert.deepStrictEqual(defaulted({ restartPolicy: { onFailureRetries: 3 } }).restartPolicy, {
      onFailureRetries: 3,
      type: "Never",
    })
  })

  it("do not override Spark properties of the same meaning", () => {
    const { driver, executor } = defaulted({
      sparkConf: {
        "spark.driver.cores": "2",
        "spark.driver.memory": "3g",
        "spark.executor.cores": "2",
        "spark.executor.memory": "3g",
        "spark.executor.instances": "7",
      },
    })
    assert.deepStrictEqual([driver, executor], [{}, {}])
  })

  it("store a pod template in one field, whichever of the two spellings is used", () => {
    const podTemplate = { metadata: { labels: { mine: "1" } } }
    const written = { driver: { podTemplate }, executor: { podTemplate } }
    const canonical = { driver: { template: podTemplate }, executor: { template: podTemplate } }
    assert.deepStrictEqual(defaulted(written), defaulted(canonical))
    assert.deepStrictEqual(written.driver, { podTemplate }, "the object from the cache is not changed")
  })

  it("leave the number of executors to dynamic allocation, and track shuffles", () => {
    const spec = defaulted({ dynamicAllocation: { enabled: true, maxExecutors: 4 } })
    assert.notProperty(spec.executor, "instances")
    assert.deepStrictEqual(spec.dynamicAllocation, { enabled: true, maxExecutors: 4, shuffleTrackingEnabled: true })
  })

  it("recognize dynamic allocation that only a Spark property enables", () => {
    const sparkConf = { "spark.dynamicAllocation.enabled": "true" }
    assert.notProperty(defaulted({ sparkConf }).executor, "instances")
    assert.notProperty(defaulted({ sparkConf }), "dynamicAllocation")
  })

  it("give the field precedence over the property when both configure dynamic allocation", () => {
    const spec = defaulted({
      sparkConf: { "spark.dynamicAllocation.enabled": "true" },
      dynamicAllocation: { enabled: false },
    })
    assert.strictEqual(spec.executor.instances, 1)
    assert.deepStrictEqual(spec.dynamicAllocation, { enabled: false })
  })
})
