/**
 * When a schedule runs: cron expressions in the dialect of robfig/cron v3 (`ParseStandard`), in every time zone. Five fields, descriptors
 * such as `@daily`, `@every <duration>`, each with or without a prefix `TZ=<zone> `. Pure; times are epoch milliseconds, whole seconds.
 */

import { Result } from "effect"
import * as CronFields from "./CronFields.ts"
import * as Every from "./Every.ts"
import * as Search from "./Search.ts"
import { isZone, zoneError } from "./ZoneNames.ts"

interface ByFields {
  readonly every?: undefined
  readonly fields: CronFields.CronFields
  readonly timeZone: string
}

interface ByInterval {
  /** Seconds between two times of `@every`. */
  readonly every: number
  readonly timeZone: string
}

/** A schedule that can be followed. `timeZone` is a name of the IANA database. */
export type CronSchedule = ByFields | ByInterval

export interface ParsedSchedule {
  readonly schedule: CronSchedule
  /** What is accepted and may surprise the user. */
  readonly warnings: ReadonlyArray<string>
}

/** What is wrong, in which field, and what would be right. */
export interface ScheduleProblem {
  readonly field: "spec.schedule" | "spec.timeZone"
  readonly message: string
}

const descriptors: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
}

const unknownDescriptor = (text: string): string => {
  const lower = text.toLowerCase()
  const use =
    lower in descriptors || lower.startsWith("@every ") ? lower : `${Object.keys(descriptors).join(", ")} or @every 15m`
  return `${JSON.stringify(text)} is not a descriptor; use ${use}`
}

/** What remains once the zone is known. */
const parseTimes = (
  text: string,
): Result.Result<{ readonly every: number } | { readonly fields: CronFields.CronFields }, string> => {
  if (text.startsWith("@every ")) return Result.map(Every.parse(text.slice(7)), (every) => ({ every }))
  if (text.startsWith("@") && descriptors[text] === undefined) return Result.fail(unknownDescriptor(text))
  return Result.map(CronFields.parse(descriptors[text] ?? text), (fields) => ({ fields }))
}

/**
 * Reads `spec.schedule` and `spec.timeZone`. The zone of a prefix wins over `timeZone`; without either, and for `Local`, it is `localZone`,
 * the zone of this process. On failure the first problem.
 */
export const parse = (
  schedule: string,
  timeZone: string | undefined,
  localZone: string,
): Result.Result<ParsedSchedule, ScheduleProblem> => {
  const refuse = (field: ScheduleProblem["field"], message: string) => Result.fail({ field, message })
  const warnings: Array<string> = []
  if (timeZone && timeZone !== "Local" && !isZone(timeZone)) return refuse("spec.timeZone", zoneError(timeZone))

  const [prefix, key, prefixZone] = /^((?:CRON_)?TZ)=([^ ]*)(?: |$)/.exec(schedule) ?? [""]
  if (prefixZone !== undefined) {
    if (!prefix.endsWith(" "))
      return refuse(
        "spec.schedule",
        `${JSON.stringify(schedule)} is a time zone without a schedule; use five fields, such as "0 9 * * *", and spec.timeZone`,
      )
    // An empty zone is UTC, as in Go.
    if (prefixZone !== "" && prefixZone !== "Local" && !isZone(prefixZone))
      return refuse("spec.schedule", zoneError(prefixZone))
    warnings.push(
      timeZone
        ? `the prefix ${key}=${prefixZone} wins over spec.timeZone ${timeZone}; remove one of them`
        : `the zone is part of the schedule (${key}=${prefixZone}); spec.timeZone is the place for it`,
    )
  }
  const named = prefixZone === undefined ? timeZone || undefined : prefixZone || "UTC"
  if (named === "Local")
    warnings.push(`the time zone Local is the one of the operator's process, now ${localZone}; name a zone`)
  const zone = named === undefined || named === "Local" ? localZone : named

  const text = schedule.slice(prefix.length).trim()
  return Result.mapBoth(parseTimes(text), {
    onFailure: (message): ScheduleProblem => ({ field: "spec.schedule", message }),
    onSuccess: (times) => ({ schedule: { ...times, timeZone: zone }, warnings }),
  })
}

/**
 * The first scheduled time strictly after `after`; undefined if there is none within nine years. `anchor`, the creation of the schedule, fixes
 * the times of `@every`: anchor + n · interval, n from 1 on.
 */
export const next = (schedule: CronSchedule, after: number, anchor: number): number | undefined =>
  schedule.every === undefined
    ? Search.next(schedule.fields, schedule.timeZone, after)
    : Every.next(schedule.every, after, anchor)

/**
 * The most recent scheduled time in (after, until], and how many there are; undefined if there is none. The count of `@every` is exact;
 * otherwise, from 10,000 on, it is a lower bound and `exact` is false.
 */
export const latest = (
  schedule: CronSchedule,
  after: number,
  until: number,
  anchor: number,
): { readonly time: number; readonly count: number; readonly exact: boolean } | undefined =>
  schedule.every === undefined
    ? Search.latest(schedule.fields, schedule.timeZone, after, until)
    : Every.latest(schedule.every, after, until, anchor)
