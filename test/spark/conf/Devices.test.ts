import { assert, describe, it } from "@effect/vitest"
import { application, submit, valid } from "../../support/SparkFixture.ts"

const gpu = (role: "driver" | "executor", amount: string, more: Readonly<Record<string, string>> = {}) =>
  application({
    sparkConf: {
      [`spark.${role}.resource.gpu.amount`]: amount,
      [`spark.${role}.resource.gpu.vendor`]: "nvidia.com",
      ...more,
    },
  })

const warned = (resource: ReturnType<typeof gpu>) =>
  valid(resource).warnings.map(({ field, message }) => `${field}: ${message}`)

describe("devices that Spark requests", () => {
  it("are warned of without a script that finds them", () => {
    assert.deepStrictEqual(warned(gpu("driver", "1")), [
      'spec.sparkConf["spark.driver.resource.gpu.amount"]: the driver fails when it starts without spark.driver.resource.gpu.discoveryScript; spec.driver.gpu requests a device without telling Spark about it',
    ])
    assert.deepStrictEqual(warned(gpu("executor", "2")), [
      'spec.sparkConf["spark.executor.resource.gpu.amount"]: every executor fails when it starts without spark.executor.resource.gpu.discoveryScript; spec.executor.gpu requests a device without telling Spark about it',
    ])
  })

  it("are not with a script, with a plugin, or if none is requested", () => {
    for (const role of ["driver", "executor"] as const) {
      assert.deepStrictEqual(warned(gpu(role, "1", { [`spark.${role}.resource.gpu.discoveryScript`]: "/gpus" })), [])
      assert.deepStrictEqual(warned(gpu(role, "1", { "spark.resources.discoveryPlugin": "com.example.Gpus" })), [])
      assert.deepStrictEqual(warned(gpu(role, "0")), [])
    }
  })

  it("of amount 0 are none, and need no vendor", () => {
    const { container } = submit(application({ sparkConf: { "spark.driver.resource.gpu.amount": "0" } }))
    assert.deepStrictEqual(Object.keys(container.resources?.limits ?? {}), ["memory"])
  })
})
