import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { ScheduledSparkApplication } from "../../../src/api/schedule/ScheduledSparkApplication.ts"
import * as CronSchedule from "../../../src/schedule/cron/CronSchedule.ts"
import * as Successes from "../../../src/schedule/telemetry/Successes.ts"
import { at, followed, schedule, stamp } from "../../support/ScheduleSituations.ts"

const hour = 3_600_000
const cron = (text: string) => Result.getOrThrow(CronSchedule.parse(text, "UTC", "UTC")).schedule
const due = (text: string, last: string) => {
  const time = Successes.nextSuccess(cron(text), Date.parse(last), Date.parse("2026-01-01T00:00:00Z"))
  return time === undefined ? undefined : new Date(time).toISOString()
}

describe("the next success of a schedule", () => {
  it.each([
    ["a nightly schedule, whatever its runs take", "0 3 * * *", "2026-11-20T04:12:00Z", "2026-11-21T04:12:00.000Z"],
    ["an hourly one", "0 * * * *", "2026-11-20T04:12:00Z", "2026-11-20T05:12:00.000Z"],
    ["working hours, over the weekend", "0 9-17 * * 1-5", "2026-11-20T17:20:00Z", "2026-11-23T09:20:00.000Z"],
    ["a fixed interval", "@every 90m", "2026-11-20T04:12:00Z", "2026-11-20T05:42:00.000Z"],
    ["a yearly one", "@yearly", "2026-01-01T01:00:00Z", "2027-01-01T01:00:00.000Z"],
  ])("is due one interval after the last one: %s", (_, text, last, expected) => {
    assert.strictEqual(due(text, last), expected)
  })
})

describe("the gauges of successes", () => {
  const attributes = { schedule: "nightly" }
  const place = (status: object, spec: object = {}) => {
    const successes = Successes.make()
    successes.place({ ...schedule(spec), status: { ...followed, ...status } } as ScheduledSparkApplication, attributes)
    const points = successes.points(at("16:30:00"))
    return [points["spark.schedule.success.age"][0]?.value, points["spark.schedule.success.overdue"][0]?.value]
  }

  it("count from the last success, and from the creation before the first", () => {
    assert.deepStrictEqual(place({ lastSuccessfulTime: stamp("14:10:00") }), [140 * 60, 80 * 60])
    assert.deepStrictEqual(place({}), [16 * 3600, 15 * 3600])
    assert.deepStrictEqual(place({ lastSuccessfulTime: stamp("16:10:00") }), [20 * 60, 0])
  })

  it("do not count the time of a suspension", () => {
    assert.deepStrictEqual(place({ lastSuccessfulTime: stamp("09:10:00") }, { suspend: true }), [undefined, undefined])
    const resumed = place({ lastSuccessfulTime: stamp("09:10:00"), inForceSince: stamp("16:05:00") })
    assert.deepStrictEqual(resumed, [(7 * hour + 20 * 60_000) / 1000, 0])
  })

  it("say nothing of being due where no schedule is followed, and go with their schedule", () => {
    assert.deepStrictEqual(place({ scheduleInForce: undefined })[1], undefined)
    const successes = Successes.make()
    successes.place({ ...schedule(), status: followed }, attributes)
    successes.forget("s1")
    assert.deepStrictEqual(successes.points(0), {
      "spark.schedule.success.age": [],
      "spark.schedule.success.overdue": [],
    })
  })
})
