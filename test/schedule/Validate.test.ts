/** What keeps a schedule from being followed: every mistake with its field and the remedy, before any run. */

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { ScheduledSparkApplication } from "../../src/api/schedule/ScheduledSparkApplication.ts"
import { validate } from "../../src/application/Validate.ts"
import { type ScheduleRules, readSchedule } from "../../src/schedule/Validate.ts"
import { noHealthDefaults } from "../../src/spark/health/HealthDefaults.ts"
import { noTarget } from "../../src/spark/history/EventLogTarget.ts"
import { noPodMetadata } from "../../src/spark/pod/PodMetadata.ts"
import { noBatchScheduling } from "../../src/spark/scheduler/BatchScheduler.ts"
import { schedule } from "../support/ScheduleSituations.ts"

const rules: ScheduleRules = {
  precision: "seconds",
  localZone: "Europe/Berlin",
  validateTemplate: (run) =>
    Result.match(
      validate(
        { ...run, metadata: { ...run.metadata, uid: "" } },
        {
          scheduling: noBatchScheduling,
          submitter: "auto",
          healthDefaults: noHealthDefaults,
          podMetadata: noPodMetadata,
          eventLog: noTarget,
        },
      ),
      {
        onFailure: (problems) => ({ problems, warnings: [] }),
        onSuccess: ({ warnings }) => ({ problems: [], warnings }),
      },
    ),
}

const read = (spec: object, metadata: object = {}, other: Partial<ScheduleRules> = {}) =>
  readSchedule(JSON.parse(JSON.stringify(schedule(spec, metadata))), { ...rules, ...other })
const problemsOf = (...args: Parameters<typeof read>) =>
  read(...args).problems.map(({ field, message }) => `${field}: ${message}`)

describe("a schedule is refused", () => {
  it.each([
    ["six fields", { schedule: "0 0 3 * * *" }, /^spec\.schedule: .*five/],
    ["a hash of Jenkins", { schedule: "H 3 * * *" }, /^spec\.schedule: .*"H"/],
    ["the last day", { schedule: "0 3 L * *" }, /^spec\.schedule: .*"L"/],
    ["the second Friday", { schedule: "0 3 * * 5#2" }, /^spec\.schedule: .*"5#2"/],
    ["a seventh weekday", { schedule: "0 3 * * 7" }, /^spec\.schedule: .*0.*6/],
    ["a descriptor in capitals", { schedule: "@Hourly" }, /^spec\.schedule: .*@hourly/],
    ["a time zone alone", { schedule: "TZ=UTC" }, /^spec\.schedule: .*without a schedule/],
    ["no schedule", { schedule: "" }, /^spec\.schedule: /],
    ["a day that no month has", { schedule: "0 0 31 2 *" }, /^spec\.schedule: day of month "31" never comes/],
    ["an unknown zone", { timeZone: "Mars/Olympus" }, /^spec\.timeZone: .*Mars\/Olympus/],
    ["a zone in other letters", { timeZone: "europe/berlin" }, /^spec\.timeZone: .*Europe\/Berlin/],
    ["a limit below zero", { successfulRunHistoryLimit: -1 }, /^spec\.successfulRunHistoryLimit: .*at least 0/],
    ["a limit in quotes", { failedRunHistoryLimit: "3" }, /^spec\.failedRunHistoryLimit: .*remove the quotes/],
    ["an unknown policy", { concurrencyPolicy: "Never" }, /^spec\.concurrencyPolicy: .*Allow, Forbid, Replace/],
    ["a deadline that is too short", { startingDeadlineSeconds: 5 }, /^spec\.startingDeadlineSeconds: .*at least 10/],
    ["no template", { template: undefined }, /^spec\.template: is required/],
  ] as const)("with %s", (_, spec, message) => {
    const { valid, problems } = read(spec)
    assert.isUndefined(valid)
    assert.lengthOf(problems, 1, JSON.stringify(problems))
    assert.match(problemsOf(spec)[0]!, message)
  })

  it("with a template that would be refused as an application, by the fields of the schedule", () => {
    const { template } = schedule().spec
    const { image: _image, ...without } = template
    assert.deepStrictEqual(
      read({ template: { ...without, sparkVersion: "1.6", driver: { ...template.driver, memory: "much" } } })
        .problems.map(({ field }) => field)
        .toSorted(),
      ["spec.template.driver.memory", "spec.template.image", "spec.template.image", "spec.template.sparkVersion"],
    )
    assert.deepStrictEqual(
      problemsOf({ templateMetadata: { labels: { "no key": "x" } } }).map((text) => text.split(":")[0]),
      ['spec.templateMetadata.labels["no key"]'],
    )
  })

  it("with a name that leaves no room for those of its runs, and the limit is said", () => {
    for (const [precision, longest] of [
      ["nanos", 43],
      ["micros", 46],
      ["millis", 49],
      ["seconds", 52],
      ["minutes", 54],
    ] as const) {
      assert.deepStrictEqual(problemsOf({}, { name: "n".repeat(longest) }, { precision }), [])
      const [problem] = problemsOf({}, { name: "n".repeat(longest + 1) }, { precision })
      assert.match(problem!, new RegExp(`^metadata\\.name: has ${longest + 1} characters; use at most ${longest},`))
    }
  })

  it("with runs more often than their names can distinguish", () => {
    const minutes = { precision: "minutes" } as const
    assert.match(problemsOf({ schedule: "@every 59s" }, {}, minutes)[0]!, /^spec\.schedule: .*every 59 s.*@every 1m/)
    assert.deepStrictEqual(problemsOf({ schedule: "@every 1m" }, {}, minutes), [])
  })

  it("whatever its status says", () => {
    const status = { scheduleState: "Nonsense", active: 7 }
    const { problems } = readSchedule({ ...schedule(), status } as unknown as ScheduledSparkApplication, rules)
    assert.deepStrictEqual(problems, [])
  })
})

describe("a schedule that can be followed", () => {
  const inForce = (spec: object) => read(spec).valid?.inForce

  it("is known by its times: zone first, blanks and the way it is written do not count", () => {
    assert.strictEqual(inForce({ schedule: " 0  3 * * * ", timeZone: "UTC" }), "TZ=UTC 0 3 * * *")
    assert.strictEqual(inForce({ schedule: "CRON_TZ=UTC 0 3 * * *", timeZone: undefined }), "TZ=UTC 0 3 * * *")
    assert.strictEqual(inForce({ schedule: "0 3 * * *", timeZone: undefined }), "TZ=Europe/Berlin 0 3 * * *")
    assert.strictEqual(inForce({ schedule: "@every 90s", timeZone: "Asia/Tokyo" }), "@every 90s")
  })

  it("has kubeflow's defaults", () => {
    const { policy, limits, startingDeadlineSeconds, delayMillis } = read({}).valid!
    assert.deepStrictEqual(
      { policy, limits, startingDeadlineSeconds, delayMillis },
      { policy: "Allow", limits: { successful: 1, failed: 1 }, startingDeadlineSeconds: undefined, delayMillis: 0 },
    )
  })

  it("is warned of what may surprise", () => {
    const warned = (spec: object) => read(spec).warnings.map(({ field }) => field)
    assert.deepStrictEqual(warned({}), [])
    assert.deepStrictEqual(warned({ schedule: "TZ=UTC 0 3 * * *" }), ["spec.schedule"])
    assert.deepStrictEqual(warned({ timeZone: "Local" }), ["spec.schedule"])
    const { template } = schedule().spec
    const named = { ...template, driver: { ...template.driver, podName: "driver" } }
    assert.deepStrictEqual(warned({ template: named }), ["spec.template.driver.podName"])
    assert.deepStrictEqual(warned({ template: { ...template, retryInterval: 5 } }), ["spec.template.retryInterval"])
  })

  it("starts at its own moment within the jitter", () => {
    const delays = ["a", "b", "c"].map((name) => read({ startJitterSeconds: 3600 }, { name }).valid!.delayMillis)
    assert.strictEqual(new Set(delays).size, 3)
    for (const delay of delays) assert.isTrue(delay >= 0 && delay <= 3_600_000)
  })
})
