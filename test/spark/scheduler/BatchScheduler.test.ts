import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { build } from "../../../src/spark/driver/Build.ts"
import { application, type Changes, options, submission, validate } from "../../support/SparkFixture.ts"
import { grouping, scheduled } from "./Scheduling.ts"

const schedulerNames = (changes: Changes, scheduling = grouping) => {
  const valid = scheduled(changes, scheduling)
  return [
    build(valid, submission, options).pod.spec?.schedulerName,
    valid.conf.get("spark.kubernetes.executor.scheduler.name")?.value,
  ]
}
const warned = (changes: Changes, scheduling = grouping) =>
  scheduled(changes, scheduling).warnings.map(({ field, message }) => `${field}: ${message}`)

describe("the batch scheduler of an application", () => {
  it("places driver and executors", () => {
    assert.deepStrictEqual(schedulerNames({}), [undefined, undefined])
    for (const name of ["volcano", "yunikorn", "scheduler-plugins-scheduler"]) {
      assert.deepStrictEqual(schedulerNames({ batchScheduler: name }), [name, name])
    }
  })

  it("takes precedence over the scheduler of a role and over sparkConf", () => {
    const changes = {
      batchScheduler: "volcano",
      driver: { schedulerName: "mine" },
      executor: { schedulerName: "mine" },
      sparkConf: { "spark.kubernetes.scheduler.name": "other", "spark.kubernetes.driver.scheduler.name": "other" },
    }
    assert.deepStrictEqual(schedulerNames(changes), ["volcano", "volcano"])
  })

  it("is the operator's default if the application names none", () => {
    const byDefault = { ...grouping, defaultScheduler: "volcano" }
    assert.deepStrictEqual(schedulerNames({}, byDefault), ["volcano", "volcano"])
    assert.deepStrictEqual(schedulerNames({ batchScheduler: "yunikorn" }, byDefault), ["yunikorn", "yunikorn"])
    assert.deepStrictEqual(schedulerNames({ driver: { schedulerName: "mine" } }, byDefault), ["mine", undefined])
    const template = { spec: { schedulerName: "mine", containers: [{ name: "spark-kubernetes-executor" }] } }
    assert.isUndefined(scheduled({ executor: { template } }, byDefault).batch)
    const sparkConf = { "spark.kubernetes.scheduler.name": "mine" }
    assert.strictEqual(schedulerNames({ sparkConf }, byDefault)[0], "mine")
    assert.isUndefined(scheduled({}, { ...byDefault, enabled: false }).batch)
  })

  it("must be one that the operator supports", () => {
    const result = validate(application({ batchScheduler: "volcanoe" }), { scheduling: grouping })
    assert.deepStrictEqual(Result.isFailure(result) && result.failure.map(({ field }) => field), [
      "spec.batchScheduler",
    ])
    assert.match(JSON.stringify(result), /volcano, yunikorn, scheduler-plugins-scheduler/)
  })

  it("only places pods, with a warning, if the operator does not group them", () => {
    const off = { ...grouping, enabled: false }
    assert.deepStrictEqual(schedulerNames({ batchScheduler: "anything" }, off), ["anything", "anything"])
    assert.match(warned({ batchScheduler: "volcano" }, off).join(), /spec.batchScheduler: .*--enable-batch-scheduler/)
    assert.deepStrictEqual(warned({ batchScheduler: "volcano" }), [])
  })

  it("ignores some options, with a warning", () => {
    const batchSchedulerOptions = { queue: "q", priorityClassName: "high", resources: { cpu: 1 } }
    assert.deepStrictEqual(warned({ batchSchedulerOptions }), [
      "spec.batchSchedulerOptions.queue: has no effect without a batch scheduler",
      "spec.batchSchedulerOptions.priorityClassName: has no effect without a batch scheduler",
      "spec.batchSchedulerOptions.resources: has no effect without a batch scheduler",
    ])
    assert.deepStrictEqual(warned({ batchScheduler: "volcano", batchSchedulerOptions }), [])
    assert.deepStrictEqual(warned({ batchScheduler: "yunikorn", batchSchedulerOptions }), [
      "spec.batchSchedulerOptions.priorityClassName: has no effect with yunikorn",
      "spec.batchSchedulerOptions.resources: has no effect with yunikorn",
    ])
  })
})

describe("the scheduler of a role", () => {
  it("also takes precedence over sparkConf on executors", () => {
    const sparkConf = { "spark.kubernetes.scheduler.name": "other" }
    assert.deepStrictEqual(
      schedulerNames({ driver: { schedulerName: "mine" }, executor: { schedulerName: "yours" }, sparkConf }),
      ["mine", "yours"],
    )
  })
})
