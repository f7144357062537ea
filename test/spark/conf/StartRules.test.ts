import { assert, describe, it } from "@effect/vitest"
import { application, assertProblem, type Changes, problems } from "../../support/SparkFixture.ts"

const conf = (sparkConf: Readonly<Record<string, string>>, more: Changes = {}) => application({ ...more, sparkConf })
const at = (key: string) => `spec.sparkConf["${key}"]`
const legal = (resource: object) => assert.deepStrictEqual(problems(resource), [])

describe("what a driver rejects at its start", () => {
  it("the heap among Java options", () => {
    for (const role of ["driver", "executor"]) {
      const changes = { [role]: { javaOptions: "-XX:+UseG1GC -Xmx4g" } }
      assertProblem(application(changes), `spec.${role}.javaOptions`, new RegExp(`-Xmx; use spec.${role}.memory`))
      const key = `spark.${role}.extraJavaOptions`
      assertProblem(conf({ [key]: `-Dx="a b" -Xmx1g` }), at(key), /-Xmx/)
      legal(application({ [role]: { javaOptions: "-Xms1g -Xss4m -XX:MaxMetaspaceSize=1g" } }))
    }
    assertProblem(conf({ "spark.driver.defaultJavaOptions": "-Xmx1g" }), at("spark.driver.defaultJavaOptions"), /-Xmx/)
    const key = "spark.executor.defaultJavaOptions"
    assertProblem(conf({ [key]: "-Xmx1g" }, { sparkVersion: "4.1.0" }), at(key), /-Xmx/)
    legal(conf({ [key]: "-Xmx1g" }, { sparkVersion: "3.5.0" }))
  })

  it("properties of Spark among the Java options of executors", () => {
    const javaOptions = "-Dspark.executor.x=1"
    assertProblem(application({ executor: { javaOptions } }), "spec.executor.javaOptions", /use spec\.sparkConf/)
    legal(application({ driver: { javaOptions } }))
    legal(application({ executor: { javaOptions: "-Dmy.spark=2 -Xms1g" } }))
  })

  it("dynamic allocation that cannot release executors", () => {
    const on = { "spark.dynamicAllocation.enabled": "true" }
    const tracking = "spark.dynamicAllocation.shuffleTracking.enabled"
    assertProblem(conf(on, { sparkVersion: "3.3.4" }), at("spark.dynamicAllocation.enabled"), /needs shuffle tracking/)
    for (const sparkVersion of ["3.4.4", "3.5.9", "4.3.0"]) {
      legal(conf(on, { sparkVersion }))
      assertProblem(conf({ ...on, [tracking]: "false" }, { sparkVersion }), at(tracking), /needs shuffle tracking/)
    }
    const dynamicAllocation = { enabled: true, shuffleTrackingEnabled: false }
    assertProblem(application({ dynamicAllocation }), "spec.dynamicAllocation.shuffleTrackingEnabled", /needs shuffle/)
    legal(application({ dynamicAllocation: { enabled: true }, sparkVersion: "3.3.4" }))
    const off = { ...on, [tracking]: "false" }
    legal(conf({ ...off, "spark.shuffle.service.enabled": "true" }))
    legal(conf({ ...off, "spark.shuffle.sort.io.plugin.class": "com.example.Plugin" }))
    const decommission = { "spark.decommission.enabled": "true" }
    legal(conf({ ...off, ...decommission, "spark.storage.decommission.shuffleBlocks.enabled": "true" }))
    legal(conf({ [tracking]: "false" }))
    const ratio = "spark.dynamicAllocation.executorAllocationRatio"
    assertProblem(conf({ ...on, [ratio]: "0" }), at(ratio), /more than 0 and at most 1/)
    legal(conf({ ...on, [ratio]: "0.5" }))
    const backlog = "spark.dynamicAllocation.schedulerBacklogTimeout"
    assertProblem(conf({ ...on, [backlog]: "0s" }), at(backlog), /at least 1s/)
  })

  it("tasks that do not fit into an executor", () => {
    assertProblem(
      conf({ "spark.task.cpus": "2" }),
      at("spark.task.cpus"),
      /a task needs 2 cores, but an executor has 1/,
    )
    legal(conf({ "spark.task.cpus": "2" }, { executor: { cores: 2 } }))
    const amount = "spark.task.resource.gpu.amount"
    assertProblem(conf({ [amount]: "1" }), at(amount), /raise spark\.executor\.resource\.gpu\.amount/)
    legal(
      conf({ [amount]: "0.25", "spark.executor.resource.gpu.amount": "1", "spark.executor.resource.gpu.vendor": "n" }),
    )
  })

  it("a timeout that is not longer than the heartbeat", () => {
    const [timeout, interval] = ["spark.network.timeout", "spark.executor.heartbeatInterval"]
    assertProblem(conf({ [timeout]: "10s" }), at(timeout), /\(10s\) must be more than .* \(10s\)/)
    assertProblem(conf({ [interval]: "2min" }), at(interval), /\(120s\) must be more than/)
    legal(conf({ [timeout]: "600s", [interval]: "60000" }))
    legal(conf({ [timeout]: "800", [interval]: "1m" }))
  })

  it("encryption without authentication, and fractions that are not between 0 and 1", () => {
    const key = "spark.network.crypto.enabled"
    assertProblem(conf({ [key]: "true" }), at(key), /needs spark\.authenticate=true/)
    legal(conf({ [key]: "true", "spark.authenticate": "true" }))
    assertProblem(conf({ "spark.memory.fraction": "1.5" }), at("spark.memory.fraction"), /from 0 to 1/)
  })
})
