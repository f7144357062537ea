/**
 * How long ago schedules last succeeded, and whether the next success is due: read when metrics are collected. A success is due one interval
 * after the last one, whatever a run takes, so that one alert fits nightly and hourly schedules. Series live as long as their schedules.
 */

import { Result } from "effect"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { epoch } from "../../kube/Time.ts"
import type { Attributes } from "../../telemetry/meter/Attributes.ts"
import type { Point } from "../../telemetry/meter/Producer.ts"
import * as CronSchedule from "../cron/CronSchedule.ts"

interface Entry {
  readonly attributes: Attributes
  /** Epoch milliseconds of the last success, or of the creation. */
  readonly since: number
  /** When the next success is due; undefined where no schedule is followed. */
  readonly due: number | undefined
}

export interface Successes {
  /** `attributes`: those of its series. */
  readonly place: (schedule: ScheduledSparkApplication, attributes: Attributes) => void
  readonly forget: (uid: string) => void
  /** In seconds; `now` is in epoch milliseconds. */
  readonly points: (now: number) => {
    readonly "spark.schedule.success.age": ReadonlyArray<Point>
    readonly "spark.schedule.success.overdue": ReadonlyArray<Point>
  }
}

const year = 366 * 86_400_000

/** The last scheduled time until `time`: looked for in windows that grow, since a minute may have one or a year only one. */
const previous = (cron: CronSchedule.CronSchedule, time: number, anchor: number): number | undefined => {
  for (let window = 60_000; window < 2 * year; window *= 2) {
    const found = CronSchedule.latest(cron, time - window, time, anchor)
    if (found !== undefined) return found.time
  }
  return undefined
}

/** When the success after the one at `last` is due, in epoch milliseconds. */
export const nextSuccess = (cron: CronSchedule.CronSchedule, last: number, anchor: number): number | undefined => {
  const next = CronSchedule.next(cron, last, anchor)
  if (next === undefined) return undefined
  return last + next - (previous(cron, last, anchor) ?? last)
}

const dueOf = ({ metadata, status = {} }: ScheduledSparkApplication, since: number): number | undefined => {
  const { scheduleInForce, inForceSince, everySince } = status
  if (scheduleInForce === undefined) return undefined
  const parsed = CronSchedule.parse(scheduleInForce, undefined, "UTC")
  const anchor = epoch(everySince) ?? epoch(metadata.creationTimestamp) ?? since
  return Result.match(parsed, {
    onFailure: () => undefined,
    // Nothing is due for the time of a suspension.
    onSuccess: ({ schedule }) => nextSuccess(schedule, Math.max(since, epoch(inForceSince) ?? 0), anchor),
  })
}

export const make = (): Successes => {
  /** By uid. */
  const entries = new Map<string, Entry>()
  const seconds = (now: number, then: number) => Math.max(0, now - then) / 1000
  return {
    place: (schedule, attributes) => {
      const { metadata, spec, status } = schedule
      const since = epoch(status?.lastSuccessfulTime) ?? epoch(metadata.creationTimestamp)
      if (since === undefined || spec.suspend === true) entries.delete(metadata.uid)
      else entries.set(metadata.uid, { attributes, since, due: dueOf(schedule, since) })
    },
    forget: (uid) => void entries.delete(uid),
    points: (now) => {
      const all = [...entries.values()]
      return {
        "spark.schedule.success.age": all.map(({ attributes, since }) => ({ attributes, value: seconds(now, since) })),
        "spark.schedule.success.overdue": all.flatMap(({ attributes, due }) =>
          due === undefined ? [] : [{ attributes, value: seconds(now, due) }],
        ),
      }
    },
  }
}
