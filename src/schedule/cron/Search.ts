/**
 * The times of a cron expression, found day by day on the local calendar. When clocks change, a wildcard schedule follows real time (a time
 * that the clocks skip is skipped, one that they show twice is taken twice); any other runs once a day: a skipped time at the first instant
 * after the gap, a repeated time at its first occurrence. All times are epoch milliseconds.
 */

import type { CronFields } from "./CronFields.ts"
import { DAY, offsetAt, type Period, periods } from "./TimeZone.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Longest wait for the next time, with days to spare: 29 February from 2096 to 2104. */
const HORIZON = 9 * 366

/** `latest` counts to about here, then gives a lower bound. */
export const COUNT_BOUND = 10_000

/** Of a list that is in any order; undefined if it is empty. */
const least = (times: ReadonlyArray<number>): number | undefined =>
  times.length === 0 ? undefined : Math.min(...times)

/** Days of month and days of week are alternatives if both are restricted. */
const matches = (fields: CronFields, day: number): boolean => {
  const date = new Date(day)
  if (!fields.months.includes(date.getUTCMonth() + 1)) return false
  const byDate = fields.daysOfMonth.values.includes(date.getUTCDate())
  const byWeekday = fields.daysOfWeek.values.includes(date.getUTCDay())
  return fields.daysOfMonth.star || fields.daysOfWeek.star ? byDate && byWeekday : byDate || byWeekday
}

/** The days that match, from `first` on towards `last`, in either direction; a month that does not match is one step. */
const matchingDays = function* (fields: CronFields, first: number, last: number): Generator<number> {
  const step = last < first ? -DAY : DAY
  let day = first
  while ((last - day) * step >= 0) {
    const date = new Date(day)
    if (fields.months.includes(date.getUTCMonth() + 1)) {
      if (matches(fields, day)) yield day
      day += step
    } else {
      day =
        step > 0
          ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
          : Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) - DAY
    }
  }
}

/** The matching times of a day after a time of day, in order, in milliseconds from its midnight. */
const timesOfDay = function* (fields: CronFields, after: number): Generator<number> {
  for (const hour of fields.hours) {
    if ((hour + 1) * HOUR <= after) continue
    for (const minute of fields.minutes) {
      const time = hour * HOUR + minute * MINUTE
      if (time > after) yield time
    }
  }
}

/** The instants after a time at which the clocks show a matching time of the day, while one offset applies; in order. */
const shown = function* (fields: CronFields, day: number, after: number, { from, until, offset }: Period) {
  for (const time of timesOfDay(fields, Math.max(after, from - 1) + offset - day)) {
    const instant = day + time - offset
    if (instant >= until) return
    yield instant
  }
}

/** On a day with a change of the clocks: each time once, at its first occurrence or, if it is skipped, at the change. */
const once = (fields: CronFields, day: number, before: Period, after: Period): ReadonlyArray<number> => {
  const instants = Array.from(timesOfDay(fields, -1), (time) => {
    const [early, late] = [day + time - before.offset, day + time - after.offset]
    if (early < before.until) return early
    return Math.max(late, after.from)
  })
  return [...new Set(instants)]
}

/** The instants of one local day after a time, without repetition; in order unless clocks are set back on that day. */
const instants = (fields: CronFields, zone: string, day: number, after: number): ReadonlyArray<number> => {
  const spans = periods(zone, day)
  const [first, second] = spans
  if (second !== undefined && !fields.wildcard) return once(fields, day, first, second).filter((time) => time > after)
  return spans.flatMap((span) => [...shown(fields, day, after, span)])
}

/** The first of them, without looking for the others where this is possible. */
const firstInstant = (fields: CronFields, zone: string, day: number, after: number): number | undefined => {
  const spans = periods(zone, day)
  if (spans.length > 1 && !fields.wildcard) return least(instants(fields, zone, day, after))
  const found = spans.map((span) => shown(fields, day, after, span).next().value)
  return least(found.filter((instant) => instant !== undefined))
}

/** The midnight of the local day that contains a time, as if it were in UTC. */
const localDay = (zone: string, time: number): number => {
  const wall = time + offsetAt(zone, time)
  return wall - (((wall % DAY) + DAY) % DAY)
}

/** The first time strictly after `after`; undefined if there is none within nine years. */
export const next = (fields: CronFields, zone: string, after: number): number | undefined => {
  const today = localDay(zone, after)
  // Yesterday still counts: clocks that were set back past midnight show it again.
  for (const day of matchingDays(fields, today - DAY, today + HORIZON * DAY)) {
    const found = firstInstant(fields, zone, day, after)
    if (found === undefined) continue
    // For the same reason tomorrow may come before the rest of today.
    const tomorrow =
      matches(fields, day + DAY) && periods(zone, day).length > 1
        ? firstInstant(fields, zone, day + DAY, after)
        : undefined
    return Math.min(found, tomorrow ?? found)
  }
  return undefined
}

/** The most recent time in (after, until], and how many there are; counted to about `COUNT_BOUND`, of which the last day is counted whole. */
export const latest = (
  fields: CronFields,
  zone: string,
  after: number,
  until: number,
): { readonly time: number; readonly count: number; readonly exact: boolean } | undefined => {
  if (after >= until) return undefined
  let time: number | undefined
  let count = 0
  let earliest = Infinity
  for (const day of matchingDays(fields, localDay(zone, until) + DAY, localDay(zone, after) - DAY)) {
    const inside = instants(fields, zone, day, after).filter((instant) => instant <= until)
    // A day that clocks skipped runs at the first instant of the next day, which may be a time of that day too.
    const counted = inside.filter((instant) => instant !== earliest)
    if (counted.length === 0) continue
    count += counted.length
    earliest = Math.min(...counted)
    time = Math.max(time ?? -Infinity, ...counted)
    if (count >= COUNT_BOUND) return { time, count, exact: false }
  }
  return time === undefined ? undefined : { time, count, exact: true }
}
