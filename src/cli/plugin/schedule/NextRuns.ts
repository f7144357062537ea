/** The next times of a schedule, and what may keep runs from starting then. Pure. */

import { Result } from "effect"
import type { ScheduledSparkApplication } from "../../../api/schedule/ScheduledSparkApplication.ts"
import { epoch, timestamp } from "../../../kube/Time.ts"
import { humanDuration } from "../../../local/apiserver/http/HumanDuration.ts"
import * as CronSchedule from "../../../schedule/cron/CronSchedule.ts"
import { localTime } from "../../../schedule/cron/TimeZone.ts"

export interface NextRun {
  /** In the zone of the schedule: `Tue 2026-12-01T03:00:00+01:00`. */
  readonly localTime: string
  /** RFC 3339 in UTC. */
  readonly time: string
  /** `3h20m` from now. */
  readonly inText: string
}

/** The zone that the operator follows if the schedule names none: `TZ=Europe/Berlin …` in the status; before that, that of its image. */
const operatorZone = ({ status }: ScheduledSparkApplication): string =>
  /^TZ=(\S+) /.exec(status?.scheduleInForce ?? "")?.[1] ?? "UTC"

/** The next `count` times after `now` (epoch milliseconds), or why there are none. */
export const nextRuns = (
  schedule: ScheduledSparkApplication,
  now: number,
  count: number,
): Result.Result<ReadonlyArray<NextRun>, string> => {
  const { spec, status, metadata } = schedule
  const parsed = CronSchedule.parse(spec.schedule, spec.timeZone, operatorZone(schedule))
  if (Result.isFailure(parsed)) return Result.fail(`${parsed.failure.field}: ${parsed.failure.message}`)
  const { schedule: cron } = parsed.success
  const anchor = epoch(status?.everySince) ?? epoch(metadata.creationTimestamp) ?? now
  const times: Array<number> = []
  while (times.length < count) {
    const time = CronSchedule.next(cron, times.at(-1) ?? now, anchor)
    if (time === undefined) break
    times.push(time)
  }
  if (times.length === 0) return Result.fail(`${metadata.name} never runs: ${spec.schedule} has no next time`)
  return Result.succeed(
    times.map((time) => ({
      localTime: localTime(cron.timeZone, time),
      time: timestamp(time),
      inText: humanDuration(time - now),
    })),
  )
}

/** Sentences about what keeps runs from starting. */
export const notesOf = ({ metadata: { name }, spec, status }: ScheduledSparkApplication): ReadonlyArray<string> => [
  ...(spec.suspend === true ? [`${name} is suspended: no runs are started until it is resumed`] : []),
  ...(status?.scheduleState === "FailedValidation" ? [`${name} is not valid: ${status.reason ?? ""}`] : []),
  ...(status?.blockedBy === undefined
    ? []
    : [
        `run ${status.blockedBy.name} has not finished: with concurrencyPolicy ${spec.concurrencyPolicy ?? "Allow"} the next one waits for it or is skipped`,
      ]),
  ...((spec.startJitterSeconds ?? 0) > 0
    ? [`each run starts up to ${spec.startJitterSeconds} s after its time (startJitterSeconds)`]
    : []),
]
