/** What holds for any cron expression in any zone, checked against a clock on the wall that is read minute by minute. */

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as CronSchedule from "../../../src/schedule/cron/CronSchedule.ts"
import { randomNumbers } from "../../support/RandomNumbers.ts"

const MINUTE = 60_000

/** Zones with the time of a clock change, and one without. */
const changes: ReadonlyArray<readonly [zone: string, at: string]> = [
  ["America/New_York", "2026-03-08T07:00:00Z"],
  ["America/New_York", "2026-11-01T06:00:00Z"],
  ["Europe/Berlin", "2026-10-25T01:00:00Z"],
  ["Africa/Cairo", "2026-04-23T22:00:00Z"],
  ["Africa/Cairo", "2026-10-29T21:00:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["America/St_Johns", "2010-11-07T02:31:00Z"],
  ["Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["Asia/Kathmandu", "2026-02-28T18:15:00Z"],
]

const wallClock = (zone: string) => {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  })
  return (time: number): number => {
    const [month, day, year, hour, minute] = format.format(time).match(/\d+/g)!.map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ]
    return Date.UTC(year, month - 1, day, hour, minute)
  }
}

/** Five fields that come together at random. */
const randomExpression = (random: () => number) => {
  const one = (of: ReadonlyArray<string>) => of[Math.floor(random() * of.length)]!
  const minute = one(["*", "*/20", "?", "0", "30", "0,15,45", "1/7", "59", "10-20/5"])
  const hour = one(["*", "*/2", "0", "1", "2", "3", "23", "0-3", "1,2", "22-23", "*/5"])
  const day = one(["*", "*", "*", "?", "*/2", "8", "1,24,25,29,30", "28-31"])
  const month = one(["*", "*", "1-12", "3,4,10-12", "2/2"])
  const weekday = one(["*", "*", "*", "?", "sun", "5,6", "1-5", "*/3"])
  return [minute, hour, day, month, weekday] as const
}

/** A number matches a field. Written for these expressions only, without sets and bounds. */
const fieldMatches = (field: string, value: number, max: number, min = 0): boolean =>
  field.split(",").some((part) => {
    const [range = "", step] = part.replace("sun", "0").split("/")
    if (/[*?]/.test(range)) return (value - min) % Number(step ?? 1) === 0
    const [low = 0, high = step === undefined ? low : max] = range.split("-").map(Number)
    return value >= low && value <= high && (value - low) % Number(step ?? 1) === 0
  })

const wallMatches = (expression: ReturnType<typeof randomExpression>, wall: number): boolean => {
  const [minute, hour, day, month, weekday] = expression
  const date = new Date(wall)
  const byDate = fieldMatches(day, date.getUTCDate(), 31, 1)
  const byWeekday = fieldMatches(weekday, date.getUTCDay(), 6)
  const restricted = !/^[*?]$/.test(day) && !/^[*?]$/.test(weekday)
  return (
    fieldMatches(minute, date.getUTCMinutes(), 59) &&
    fieldMatches(hour, date.getUTCHours(), 23) &&
    fieldMatches(month, date.getUTCMonth() + 1, 12, 1) &&
    (restricted ? byDate || byWeekday : byDate && byWeekday)
  )
}

interface Reading {
  readonly time: number
  readonly wall: number
}

/** What the clock shows, once a minute, from a day and a half before the window so that a wall time that comes again is recognized. */
const readings = (zone: string, from: number, until: number): ReadonlyArray<Reading> => {
  const wallAt = wallClock(zone)
  const first = from - 36 * 60 * MINUTE
  return Array.from({ length: (until - first) / MINUTE + 1 }, (_, index) => {
    const time = first + index * MINUTE
    return { time, wall: wallAt(time) }
  })
}

/** Every time after `from` at which the expression is due by the readings. */
const due = (expression: ReturnType<typeof randomExpression>, clock: ReadonlyArray<Reading>, from: number) => {
  const wildcard = /^[*?]/.test(expression[0]) || /^[*?]/.test(expression[1])
  const seen = new Set<number>()
  let last = clock[0]!.wall
  return clock.flatMap(({ time, wall }) => {
    const passed = [wall]
    for (let skipped = wildcard ? wall : last + MINUTE; skipped < wall; skipped += MINUTE) passed.push(skipped)
    const fires = passed.some((shown) => (wildcard || !seen.has(shown)) && wallMatches(expression, shown))
    for (const shown of passed) seen.add(shown)
    last = wall
    return fires && time > from ? [time] : []
  })
}

describe("search", () => {
  it.each(changes)("finds what a clock on a wall in %s shows around %s", (zone, at) => {
    const random = randomNumbers(at.length + zone.length)
    const [from, until] = [Date.parse(at) - 26 * 60 * MINUTE, Date.parse(at) + 28 * 60 * MINUTE]
    const clock = readings(zone, from, until)
    for (let round = 0; round < 20; round++) {
      const expression = randomExpression(random)
      const { schedule } = Result.getOrThrow(CronSchedule.parse(expression.join(" "), zone, "UTC"))
      const expected = due(expression, clock, from)

      const found: Array<number> = []
      let time = CronSchedule.next(schedule, from, 0)
      while (time !== undefined && time <= until) {
        found.push(time)
        time = CronSchedule.next(schedule, time, 0)
      }
      assert.deepStrictEqual(found, expected, expression.join(" "))

      const cut = from + Math.floor(random() * (until - from))
      const before = expected.filter((instant) => instant > from && instant <= cut)
      assert.deepStrictEqual(
        CronSchedule.latest(schedule, from, cut, 0),
        before.length === 0 ? undefined : { time: before.at(-1)!, count: before.length, exact: true },
        expression.join(" "),
      )
    }
  })

  it("any times of @every are an interval apart, and the latest agrees with the next", () => {
    const random = randomNumbers(7)
    for (let round = 0; round < 200; round++) {
      const every = 1 + Math.floor(random() * 5000)
      const { schedule } = Result.getOrThrow(CronSchedule.parse(`@every ${every}s`, undefined, "UTC"))
      const anchor = Math.floor(random() * 1e9) * 1000
      const after = anchor + Math.floor((random() - 0.2) * 1e8)
      const first = CronSchedule.next(schedule, after, anchor)!
      const second = CronSchedule.next(schedule, first, anchor)!
      assert.strictEqual(second - first, every * 1000)
      assert.isTrue(first > after && first > anchor && (first - anchor) % (every * 1000) === 0)
      assert.isUndefined(CronSchedule.latest(schedule, after, first - 1, anchor))
      assert.deepStrictEqual(CronSchedule.latest(schedule, after, second + 1, anchor), {
        time: second,
        count: 2,
        exact: true,
      })
    }
  })
})
