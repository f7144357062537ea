/** Schedules in the dialect of robfig/cron: measured vectors, the rule for clock changes, and what users are told about mistakes. */

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as CronSchedule from "../../../src/schedule/cron/CronSchedule.ts"
import vectors from "./vectors.json" with { type: "json" }

const scheduleOf = (expression: string, zone?: string) =>
  Result.getOrThrow(CronSchedule.parse(expression, zone, "UTC")).schedule

const problemOf = (expression: string, zone?: string) => {
  const parsed = CronSchedule.parse(expression, zone, "UTC")
  return Result.isFailure(parsed) ? `${parsed.failure.field}: ${parsed.failure.message}` : "no problem"
}

const warningsOf = (expression: string, zone?: string) =>
  Result.getOrThrow(CronSchedule.parse(expression, zone, "Europe/Berlin")).warnings.join("; ")

const iso = (time: number | undefined) =>
  time === undefined ? "NEVER" : new Date(time).toISOString().replace(".000", "")

/** The next `count` times. `@every` counts from the second in which it starts. */
const successive = (expression: string, zone: string | undefined, from: string, count: number) => {
  const schedule = scheduleOf(expression, zone)
  const start = Date.parse(from)
  const anchor = start - (start % 1000)
  const times: Array<number> = []
  while (times.length < count) times.push(CronSchedule.next(schedule, times.at(-1) ?? start, anchor)!)
  return times.map(iso)
}

const refused = ({ robfig }: { readonly robfig: ReadonlyArray<string> }) => /^(ERR|PANIC)/.test(robfig[0]!)
const neverRuns = (vector: (typeof vectors)[number]) => vector.robfig[0] === "NEVER" && vector.ours === undefined

/**
 * `vectors.json`: expression, zone and start, what robfig/cron v3.0.1 answers (measured with Go 1.26), and `ours`, where Firesteel answers
 * differently on purpose:
 * - a fixed time that the clocks skip runs at the first instant after the gap, where robfig loses it (in zones whose gap is at midnight, the
 *   whole day); one that they show twice runs once, where robfig runs it twice;
 * - robfig never returns for 30 December in Apia, which skipped that day in 2011;
 * - robfig gives up after five years, which is too early for 29 February from 2096 to 2104.
 */
describe("vectors of robfig/cron", () => {
  const times = vectors.filter((vector) => !refused(vector) && !neverRuns(vector))

  it.each(times)("$expression in $zone from $from", ({ expression, zone, from, robfig, ours }) => {
    const expected = ours ?? robfig
    assert.deepStrictEqual(successive(expression, zone, from, expected.length), expected)
  })

  it.each(vectors.filter(refused))("refuses $expression in $zone", ({ expression, zone }) => {
    assert.match(problemOf(expression, zone), zone === "UTC" ? /^spec\.schedule: / : /^spec\.timeZone: /)
  })

  it.each(vectors.filter(neverRuns))("refuses $expression, which would never run", ({ expression }) => {
    assert.match(problemOf(expression), /would never run|matches nothing/)
  })

  it("are all there", () => {
    assert.strictEqual(vectors.length, 136)
    assert.strictEqual(vectors.filter(({ ours }) => ours !== undefined).length, 23)
  })
})

describe("mistakes", () => {
  it.each([
    ["0 0 0 * * *", /has 6 fields; use five, without seconds and years: minute, hour/],
    ["* * * *", /has 4 fields; use five: minute/],
    ["", /has 0 fields/],
    ["H * * * *", /^spec\.schedule: minute "H": the H of Jenkins is not supported; use 0 to 59$/],
    ["H(0-9) * * * *", /the H of Jenkins/],
    ["0 0 L * *", /day of month "L": L, W and # of Quartz are not supported; use 1 to 31/],
    ["0 0 * * 5#2", /day of week "5#2": L, W and # of Quartz/],
    ["0 0 * * 7", /day of week "7": out of range; use 0 \(Sunday\) to 6 or sun to sat, where Sunday is 0 and not 7/],
    ["0 24 * * *", /hour "24": out of range; use 0 to 23/],
    ["0 0 0 * *", /day of month "0": out of range; use 1 to 31/],
    ["0 22-2 * * *", /hour "22-2": the range runs backwards; use 22-23,0-2/],
    ["0 0 * * FRI-SUN", /runs backwards; use 5-6,0/],
    ["0 0 * * MONDAY", /"MONDAY" is not a value of this field; use 0 \(Sunday\) to 6 or sun to sat/],
    ["*/0 * * * *", /minute "\*\/0": a step is a whole number from 1 on/],
    ["*/5/2 * * * *", /more than one \//],
    ["1-2-3 * * * *", /more than one -/],
    ["0 0 31 2 *", /day of month "31" never comes in month "2" \(feb\), so it would never run/],
    ["0 0 31 4,jun *", /never comes in month "4,jun" \(apr, jun\)/],
    [", * * * *", /minute ",": it matches nothing/],
    ["@Hourly", /"@Hourly" is not a descriptor; use @hourly/],
    ["@reboot", /use @yearly, .*@hourly or @every 15m/],
    ["@every 1d", /not a duration; use @every 24h/],
    ["@every  2m", /use @every 2m, with one blank/],
    ["@every soon", /such as @every 90s/],
    ["@every 3000000h", /too long; use at most 2562047h/],
    ["TZ=UTC", /"TZ=UTC" is a time zone without a schedule; use five fields/],
    ["TZ=Bad/Zone 0 9 * * *", /^spec\.schedule: "Bad\/Zone" is not a known time zone; use a name of the IANA/],
  ])("%s says what would be right", (expression, message) => {
    assert.match(problemOf(expression), message)
  })

  it.each([
    ["america/new_york", /^spec\.timeZone: "america\/new_york" is not a known time zone; use America\/New_York$/],
    ["+05:30", /"\+05:30" is an offset, not a time zone; use a name of the IANA/],
    ["PST", /not a known time zone/],
  ])("the zone %s says what would be right", (zone, message) => {
    assert.match(problemOf("0 9 * * *", zone), message)
  })

  it("a wrong spec.timeZone is a mistake even if the schedule names another zone", () => {
    assert.match(problemOf("TZ=UTC 0 9 * * *", "Mars/Base"), /^spec\.timeZone: /)
  })

  it("a day of the month that never comes is no mistake if days of the week are alternatives", () => {
    assert.deepStrictEqual(successive("0 0 31 2 1", "UTC", "2026-01-01T00:00:00Z", 1), ["2026-02-02T00:00:00Z"])
  })
})

describe("time zones", () => {
  it("the zone of the operator applies without spec.timeZone, and for Local with a warning", () => {
    const zoneOf = (zone?: string) =>
      Result.getOrThrow(CronSchedule.parse("0 9 * * *", zone, "Asia/Tokyo")).schedule.timeZone
    assert.deepStrictEqual([undefined, "", "Local", "Europe/Kyiv"].map(zoneOf), [
      "Asia/Tokyo",
      "Asia/Tokyo",
      "Asia/Tokyo",
      "Europe/Kyiv",
    ])
    assert.strictEqual(warningsOf("0 9 * * *"), "")
    assert.match(warningsOf("0 9 * * *", "Local"), /Local is the one of the operator's process, now Europe\/Berlin/)
  })

  it("a prefix wins over spec.timeZone, with a warning", () => {
    assert.strictEqual(scheduleOf("CRON_TZ=Asia/Tokyo 0 9 * * *", "Europe/Berlin").timeZone, "Asia/Tokyo")
    assert.match(
      warningsOf("CRON_TZ=Asia/Tokyo 0 9 * * *", "UTC"),
      /prefix CRON_TZ=Asia\/Tokyo wins over spec\.timeZone UTC/,
    )
    assert.match(warningsOf("TZ=Asia/Tokyo @daily"), /spec\.timeZone is the place for it/)
    assert.strictEqual(scheduleOf("TZ= 0 9 * * *", undefined).timeZone, "UTC")
  })

  it.each([
    // St. John's set its clocks back at 00:01, so 23:31 of the day before came after 00:00.
    ["*/30 * * * *", "America/St_Johns", "2010-11-07T02:00:00Z", ["2010-11-07T02:30:00Z", "2010-11-07T03:00:00Z"]],
    [
      "1 */1 * * *",
      "America/St_Johns",
      "2010-11-07T01:00:00Z",
      ["2010-11-07T01:31:00Z", "2010-11-07T02:31:00Z", "2010-11-07T03:31:00Z"],
    ],
    ["0,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]],
    ["*/30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-30T00:00:00Z", "2026-03-30T00:30:00Z"]],
    [
      "0 0 * * *",
      "Pacific/Apia",
      "2011-12-29T00:00:00Z",
      ["2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"],
    ],
  ])("%s in %s from %s", (expression, zone, from, expected) => {
    assert.deepStrictEqual(successive(expression, zone, from, expected.length), expected)
  })
})

describe("latest", () => {
  const latest = (expression: string, zone: string, after: string, until: string, anchor = after) => {
    const found = CronSchedule.latest(
      scheduleOf(expression, zone),
      Date.parse(after),
      Date.parse(until),
      Date.parse(anchor),
    )
    return found && [iso(found.time), found.count, found.exact]
  }

  it.each([
    ["0 9 * * *", "2026-01-01T09:00:00Z", "2026-01-05T09:00:00Z", ["2026-01-05T09:00:00Z", 4, true]],
    ["0 9 * * *", "2026-01-01T09:00:00Z", "2026-01-02T08:59:59Z", undefined],
    ["0 0 29 2 *", "2020-03-01T00:00:00Z", "2027-01-01T00:00:00Z", ["2024-02-29T00:00:00Z", 1, true]],
    ["* * * * *", "2026-01-01T00:00:00Z", "2026-01-01T01:00:59Z", ["2026-01-01T01:00:00Z", 60, true]],
    ["@every 20s", "2026-01-01T00:00:05Z", "2036-01-01T00:00:00Z", ["2035-12-31T23:59:45Z", 15_776_639, true]],
  ])("%s from %s until %s", (expression, after, until, expected) => {
    assert.deepStrictEqual(latest(expression, "UTC", after, until), expected)
  })

  it("of ten years of minutes is found at once, with a lower bound of the count", () => {
    const [time, count, exact] = latest("* * * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", "2036-01-01T00:00:30Z")!
    assert.deepStrictEqual([time, exact], ["2036-01-01T00:00:00Z", false])
    assert.isAtLeast(count as number, 10_000)
    assert.isAtMost(count as number, 10_000 + 1440)
  })

  it("counts a skipped day and the first time of the next day once", () => {
    assert.deepStrictEqual(latest("0 0 * * *", "Pacific/Apia", "2011-12-28T12:00:00Z", "2012-01-01T00:00:00Z"), [
      "2011-12-31T10:00:00Z",
      3,
      true,
    ])
  })
})
