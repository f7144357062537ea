import { assert, describe, it } from "@effect/vitest"
import { application, type Changes, valid } from "../support/SparkFixture.ts"

const warned = (changes: Changes) =>
  valid(application(changes)).warnings.map(({ field, message }) => `${field} ${message}`)

describe("contradictions", () => {
  it("between sparkConf and fields are reported with both, and which one counts", () => {
    const sparkConf = { "spark.driver.memory": "4g", "spark.executor.instances": "5", "spark.jars": "local:///a.jar" }
    assert.deepStrictEqual(
      warned({ sparkConf, driver: { memory: "2g" }, executor: { instances: 5 }, deps: { jars: ["local:///b.jar"] } }),
      [
        'spec.sparkConf["spark.driver.memory"] gives way to spec.driver.memory, which has another value; keep one of the two',
        'spec.sparkConf["spark.jars"] gives way to spec.deps.jars, which has another value; keep one of the two',
      ],
    )
  })

  it("are not reported where sparkConf takes precedence over the general fields", () => {
    const sparkConf = { "spark.kubernetes.memoryOverheadFactor": "0.2", "spark.kubernetes.driver.pod.name": "mine" }
    assert.deepStrictEqual(warned({ sparkConf, memoryOverheadFactor: "0.1" }), [])
  })

  it("between two names of the driver are reported", () => {
    const sparkConf = { "spark.kubernetes.driver.pod.name": "mine" }
    assert.match(warned({ sparkConf, driver: { podName: "yours" } }).join(), /gives way to spec.driver.podName/)
  })

  it("about dynamic allocation are resolved as by kubeflow: sparkConf enables it", () => {
    const sparkConf = { "spark.dynamicAllocation.enabled": "true" }
    assert.match(
      warned({ sparkConf, dynamicAllocation: { enabled: false } }).join(),
      /^spec.dynamicAllocation.enabled is not true, but/,
    )
    assert.deepStrictEqual(warned({ sparkConf, dynamicAllocation: { enabled: true } }), [])
  })

  it("between a restart policy and its retries are reported", () => {
    const restartPolicy = { type: "Never", onFailureRetries: 3, onSubmissionFailureRetries: 0 }
    assert.deepStrictEqual(warned({ restartPolicy }), [
      "spec.restartPolicy.onFailureRetries has no effect while type is Never; use OnFailure",
    ])
    assert.deepStrictEqual(warned({ restartPolicy: { ...restartPolicy, type: "OnFailure" } }), [])
  })
})
