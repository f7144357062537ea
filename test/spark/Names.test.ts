import { assert, describe, it } from "@effect/vitest"
import { appNameLabel, driverPodName, objectNames, resourceNamePrefix } from "../../src/spark/Names.ts"

const id = "0f0e0d0c-0b0a-8909-8807-060504030201"
const named = (name: string, spec?: unknown) => ({ metadata: { name }, spec })

describe("driverPodName", () => {
  it("is the field, else the Spark property, else the application's name and -driver", () => {
    const sparkConf = { "spark.kubernetes.driver.pod.name": "by-conf" }
    assert.strictEqual(driverPodName(named("pi", { driver: { podName: "by-field" }, sparkConf })), "by-field")
    assert.strictEqual(driverPodName(named("pi", { driver: {}, sparkConf })), "by-conf")
    assert.strictEqual(driverPodName(named("pi", { driver: {} })), "pi-driver")
  })

  it("is also defined for applications that are not valid", () => {
    for (const spec of [undefined, null, 3, { driver: 3 }, { driver: { podName: 3 }, sparkConf: [] }]) {
      assert.strictEqual(driverPodName(named("pi", spec)), "pi-driver")
    }
  })
})

describe("objectNames", () => {
  it("are Spark's names around ids of the submission", () => {
    const names = objectNames(named("pi"), id)
    assert.match(names.prefix, /^pi-[0-9a-f]{16}$/)
    assert.strictEqual(names.driverPod, "pi-driver")
    assert.strictEqual(names.service, `${names.prefix}-driver-svc`)
    assert.match(names.confConfigMap, /^spark-drv-[0-9a-f]{16}-conf-map$/)
    assert.strictEqual(names.executorTemplateConfigMap, `${names.prefix}-driver-podspec-conf-map`)
    assert.notInclude(names.confConfigMap, names.prefix.slice(3))
  })

  it("are the same for the same submission and different for another one, except for the pod", () => {
    const [one, two] = [objectNames(named("pi"), id), objectNames(named("pi"), `${id.slice(0, -1)}2`)]
    assert.deepStrictEqual(objectNames(named("pi"), id), one)
    assert.notInclude(Object.values(two), one.service)
    assert.notInclude(Object.values(two), one.confConfigMap)
    assert.notInclude(Object.values(two), one.executorTemplateConfigMap)
  })

  it("use a name of their own for a Service that would be longer than 63 characters", () => {
    assert.strictEqual(objectNames(named("a".repeat(35)), id).service.length, 63)
    const names = objectNames(named("a".repeat(36)), id)
    assert.match(names.service, /^spark-[0-9a-f]{16}-driver-svc$/)
    assert.notInclude(names.service, names.prefix.slice(-16))
  })
})

describe("resourceNamePrefix", () => {
  it("makes a valid name as Spark does", () => {
    assert.strictEqual(resourceNamePrefix(" My App__v1.2 ", "1"), "my-app-v1-2-1")
    assert.strictEqual(resourceNamePrefix("9job", "1"), "xjob-1")
    assert.strictEqual(resourceNamePrefix("_9job", "1"), "xjob-1")
    assert.strictEqual(resourceNamePrefix("日本🚀x", "1"), "x-1")
  })
})

describe("appNameLabel", () => {
  it("cuts to 63 characters, then strips one dash at each end", () => {
    assert.strictEqual(appNameLabel("Spark Pi!"), "spark-pi")
    assert.strictEqual(appNameLabel(`${"a".repeat(62)}-bcd`), "a".repeat(62))
  })
})
