/** Schedules: a row each with the last and next run and what was skipped and why, and the calendar of a day. Pure. */

import { Result } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { Condition } from "../../api/Condition.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { epoch, timestamp } from "../../kube/Time.ts"
import * as CronSchedule from "../../schedule/cron/CronSchedule.ts"
import { scheduledAppName, scheduledTimeAnnotation } from "../../spark/Labels.ts"
import { applicationRow, type ApplicationRow } from "./ApplicationRow.ts"
import { scheduleState } from "./FleetView.ts"
import { redactMessages, redactText } from "./Redact.ts"

export interface ScheduleRow {
  readonly namespace: string
  readonly name: string
  readonly state: string
  readonly schedule: string
  readonly timeZone: string | undefined
  readonly policy: string
  readonly suspended: boolean
  readonly next: string | undefined
  readonly last: string | undefined
  readonly lastName: string | undefined
  readonly lastSuccess: string | undefined
  readonly active: ReadonlyArray<string>
  readonly missed: number
  readonly skipped: number
  /** Why runs do not start; empty: they do. */
  readonly explanation: string
}

export interface ScheduleView {
  readonly row: ScheduleRow
  readonly conditions: ReadonlyArray<Condition>
  readonly upcoming: ReadonlyArray<string>
  /** That still exist, newest first. */
  readonly runs: ReadonlyArray<ApplicationRow>
}

export interface CalendarEntry {
  readonly namespace: string
  readonly name: string
  /** Scheduled times of the day that are still to come. */
  readonly upcoming: ReadonlyArray<string>
  /** More of them than are listed. */
  readonly more: boolean
  readonly runs: ReadonlyArray<ApplicationRow>
}

/** Times of one schedule in a calendar: one each quarter of an hour. */
const mostTimes = 96

const explanationOf = ({ spec, status }: ScheduledSparkApplication): string => {
  if (status?.scheduleState === "FailedValidation") return status.reason ?? "The spec has a mistake"
  if (status?.startFailure !== undefined) return status.startFailure.message
  if (status?.blockedBy !== undefined) {
    const { name, scheduledTime } = status.blockedBy
    return scheduledTime === undefined ? `Skips runs until ${name} ends` : `Waits for the end of ${name}`
  }
  return spec?.suspend === true ? "Suspended: no runs are started" : ""
}

export const scheduleRow = (schedule: ScheduledSparkApplication): ScheduleRow => {
  const { metadata, spec, status } = schedule
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    state: scheduleState(schedule),
    schedule: spec?.schedule ?? "",
    timeZone: spec?.timeZone,
    policy: spec?.concurrencyPolicy ?? "Allow",
    suspended: spec?.suspend === true,
    next: status?.nextRun ?? undefined,
    last: status?.lastRun ?? undefined,
    lastName: status?.lastRunName,
    lastSuccess: status?.lastSuccessfulTime,
    active: (status?.active ?? []).map(({ name }) => name),
    missed: status?.missedRuns ?? 0,
    skipped: status?.skippedRuns ?? 0,
    explanation: redactText(explanationOf(schedule)),
  }
}

/** The times after `after` and before `until` (epoch milliseconds), at most `most`; none for a schedule that is not followed. */
export const upcoming = (
  { metadata, status }: ScheduledSparkApplication,
  after: number,
  until: number,
  most: number,
): ReadonlyArray<string> => {
  if (status?.scheduleInForce === undefined) return []
  const parsed = CronSchedule.parse(status.scheduleInForce, undefined, "UTC")
  if (Result.isFailure(parsed)) return []
  const anchor = epoch(status.everySince) ?? epoch(metadata.creationTimestamp) ?? 0
  const times: Array<string> = []
  let time = CronSchedule.next(parsed.success.schedule, after, anchor)
  while (time !== undefined && time < until && times.length < most) {
    times.push(timestamp(time))
    time = CronSchedule.next(parsed.success.schedule, time, anchor)
  }
  return times
}

const isRunOf = (schedule: ScheduledSparkApplication) => (run: SparkApplication) =>
  run.metadata.namespace === schedule.metadata.namespace &&
  run.metadata.labels?.[scheduledAppName] === schedule.metadata.name

const newestFirst = (runs: ReadonlyArray<SparkApplication>) =>
  runs.map(applicationRow).toSorted((a, b) => ((a.created ?? "") > (b.created ?? "") ? -1 : 1))

const yearMillis = 366 * 86_400_000

export const scheduleView = (
  schedule: ScheduledSparkApplication,
  applications: Iterable<SparkApplication>,
  now: number,
): ScheduleView => ({
  row: scheduleRow(schedule),
  conditions: redactMessages(schedule.status?.conditions),
  upcoming: upcoming(schedule, now, now + yearMillis, 10),
  runs: newestFirst([...applications].filter(isRunOf(schedule))),
})

/** When the run was to start: its scheduled time, or its creation if it was started by hand. */
const timeOfRun = ({ metadata }: SparkApplication) =>
  epoch(metadata.annotations?.[scheduledTimeAnnotation] ?? metadata.creationTimestamp) ?? 0

/** What runs and ran between two times; schedules without any of it are left out. */
export const calendar = (
  schedules: Iterable<ScheduledSparkApplication>,
  applications: Iterable<SparkApplication>,
  { from, until, now }: { readonly from: number; readonly until: number; readonly now: number },
): ReadonlyArray<CalendarEntry> => {
  const runs = new Map<string, Array<SparkApplication>>()
  for (const run of applications) {
    const owner = run.metadata.labels?.[scheduledAppName]
    const time = timeOfRun(run)
    if (owner === undefined || time < from || time >= until) continue
    const key = `${run.metadata.namespace}/${owner}`
    runs.set(key, [...(runs.get(key) ?? []), run])
  }
  return [...schedules].flatMap((schedule) => {
    const { namespace, name } = schedule.metadata
    const times = upcoming(schedule, Math.max(now, from - 1), until, mostTimes + 1)
    const own = newestFirst(runs.get(`${namespace}/${name}`) ?? [])
    if (times.length === 0 && own.length === 0) return []
    return [{ namespace, name, upcoming: times.slice(0, mostTimes), more: times.length > mostTimes, runs: own }]
  })
}
