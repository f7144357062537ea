/** The next runs of a schedule, the first of them as an application, and the objects that the operator would create for that. Pure. */

import { sparkApplications } from "../../api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import type { TimestampPrecision } from "../../api/schedule/TimestampPrecision.ts"
import { timestamp } from "../../kube/Time.ts"
import * as CronSchedule from "../../schedule/cron/CronSchedule.ts"
import { localTime } from "../../schedule/cron/TimeZone.ts"
import { runOf } from "../../schedule/Run.ts"
import { runName } from "../../schedule/RunNames.ts"
import { readSchedule, type ValidSchedule } from "../../schedule/Validate.ts"
import { created } from "../manifest/Created.ts"
import { type ApplicationOptions, type Outcome, renderApplication, titled } from "./RenderApplication.ts"

export interface ScheduleOptions extends ApplicationOptions {
  readonly precision: TimestampPrecision
  /** Epoch milliseconds; `@every` counts from here, as if the schedule were created now. */
  readonly now: number
}

/** The zone of the operator's image, for schedules that name none. */
export const imageZone = "UTC"

/** Next runs that are printed. */
const shown = 5

const nextTimes = ({ cron }: ValidSchedule, now: number): ReadonlyArray<number> => {
  const times: Array<number> = []
  while (times.length < shown) {
    const next = CronSchedule.next(cron, times.at(-1) ?? now, now)
    if (next === undefined) break
    times.push(next)
  }
  return times
}

/** `#   Tue 2026-12-01T03:00:00+01:00  2026-12-01T02:00:00Z  nightly-1796090400`, under what is followed. */
const plan = (
  { metadata, spec }: ScheduledSparkApplication,
  { cron, delayMillis }: ValidSchedule,
  times: ReadonlyArray<number>,
  precision: TimestampPrecision,
): string => {
  const zone =
    spec.timeZone || cron.timeZone !== imageZone ? cron.timeZone : `${imageZone}, the zone of the operator's image`
  const lines = [
    `schedule ${metadata.namespace}/${metadata.name}: ${spec.schedule} (${cron.every === undefined ? zone : "counted from its creation"})`,
    ...(spec.suspend === true ? ["suspended: no runs are started until spec.suspend is false"] : []),
    "next runs:",
    ...times.map(
      (time) => `  ${localTime(cron.timeZone, time)}  ${timestamp(time)}  ${runName(metadata.name, time, precision)}`,
    ),
    ...(delayMillis > 0 ? [`each starts ${delayMillis / 1000} s after its time (startJitterSeconds)`] : []),
  ]
  return `---\n${lines.map((line) => `# ${line}\n`).join("")}`
}

/** A schedule as in a manifest. */
export const renderSchedule = (object: unknown, options: ScheduleOptions): Outcome => {
  const { precision, now } = options
  const schedule = created(object, "default") as ScheduledSparkApplication
  const dated = { ...schedule, metadata: { ...schedule.metadata, creationTimestamp: timestamp(now) } }
  const judged = (run: unknown) => renderApplication(run, options)
  const { valid, problems, warnings } = readSchedule(dated as ScheduledSparkApplication, {
    precision,
    localZone: imageZone,
    validateTemplate: judged,
  })
  if (valid === undefined) return { output: "", problems, warnings }
  const [time = now, ...later] = nextTimes(valid, now)
  const run = runOf(dated as ScheduledSparkApplication, {
    name: runName(schedule.metadata.name, time, precision),
    scheduledTime: time,
  })
  return {
    output: [
      plan(schedule, valid, [time, ...later], precision),
      titled(`${sparkApplications.kind} of ${timestamp(time)}`, run),
      judged(run).output,
    ].join(""),
    problems: [],
    warnings,
  }
}
