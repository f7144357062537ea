/**
 * From a ScheduledSparkApplication as read from the API to a schedule that can be followed, or to everything that is wrong with it, the
 * template included: what would be refused at three in the morning is reported when the schedule is applied.
 */

import { Hash, Predicate, Result } from "effect"
import type { SparkApplication } from "../api/application/SparkApplication.ts"
import type { Problem } from "../api/Problem.ts"
import { ScheduledSparkApplication } from "../api/schedule/ScheduledSparkApplication.ts"
import type { ConcurrencyPolicy } from "../api/schedule/ScheduledSparkApplicationSpec.ts"
import type { TimestampPrecision } from "../api/schedule/TimestampPrecision.ts"
import { unknownFields } from "../api/schedule/UnknownFields.ts"
import { reader } from "../api/schema/Decode.ts"
import { epoch } from "../kube/Time.ts"
import * as CronSchedule from "./cron/CronSchedule.ts"
import { runOf } from "./Run.ts"
import { longestScheduleName, runName } from "./RunNames.ts"

/** What is found in the application that a template makes. */
export interface TemplateFindings {
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<Problem>
}

/** The settings of the operator that judge a schedule. */
export interface ScheduleRules {
  readonly precision: TimestampPrecision
  /** The zone of schedules that name none. */
  readonly localZone: string
  /** Judges a run as the kind SparkApplication does. */
  readonly validateTemplate: (run: SparkApplication) => TemplateFindings
}

/** A schedule that can be followed. */
export interface ValidSchedule {
  readonly cron: CronSchedule.CronSchedule
  /** Schedule and zone as `status.scheduleInForce` records them; equal for schedules with the same times. */
  readonly inForce: string
  readonly policy: ConcurrencyPolicy
  /** Absent: no limit. */
  readonly startingDeadlineSeconds: number | undefined
  /** How long after its scheduled time each run starts. */
  readonly delayMillis: number
  readonly limits: { readonly successful: number; readonly failed: number }
}

export interface ScheduleReading {
  /** Undefined when there are problems: no run is started then. */
  readonly valid: ValidSchedule | undefined
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<Problem>
}

const decode = reader<ScheduledSparkApplication>(ScheduledSparkApplication)

const refused = (problems: ReadonlyArray<Problem>): ScheduleReading => ({ valid: undefined, problems, warnings: [] })

/** The schedule as it is followed: the zone in front, except for `@every`, which knows no zone. */
const inForce = ({ every, timeZone }: CronSchedule.CronSchedule, schedule: string): string => {
  const text = schedule
    .replace(/^(CRON_)?TZ=[^ ]* /, "")
    .trim()
    .replaceAll(/\s+/g, " ")
  return every === undefined ? `TZ=${timeZone} ${text}` : text
}

const nameProblems = (name: string, precision: TimestampPrecision): ReadonlyArray<Problem> => {
  const longest = longestScheduleName(precision)
  if (name.length <= longest) return []
  const message = `has ${name.length} characters; use at most ${longest}, because the names of runs, such as ${runName("…", Date.UTC(2026, 0, 1), precision)}, have at most 63`
  return [{ field: "metadata.name", message }]
}

const precisionProblems = (cron: CronSchedule.CronSchedule, precision: TimestampPrecision): ReadonlyArray<Problem> =>
  precision === "minutes" && cron.every !== undefined && cron.every < 60
    ? [
        {
          field: "spec.schedule",
          message: `starts runs every ${cron.every} s, which would have the same name: the operator names them by the minute; use at least @every 1m, or another --scheduled-spark-application-timestamp-precision`,
        },
      ]
    : []

/** Mistakes in the times of a resource that cannot be decoded, so that the user learns of all mistakes at once. */
const timeProblems = (resource: unknown, localZone: string): ReadonlyArray<Problem> => {
  const { schedule, timeZone = "" } = { ...(resource as { readonly spec?: Readonly<Record<string, unknown>> }).spec }
  if (!Predicate.isString(schedule) || !Predicate.isString(timeZone)) return []
  const parsed = CronSchedule.parse(schedule, timeZone, localZone)
  return Result.isFailure(parsed) ? [parsed.failure] : []
}

/** The field of the schedule that a field of the run comes from. */
const fieldOfSchedule = (field: string, { spec }: ScheduledSparkApplication): string => {
  const label = /^metadata\.labels\["?(.+?)"?\]$/.exec(field)?.[1]
  if (label !== undefined && spec.templateMetadata?.labels?.[label] !== undefined) {
    return field.replace(/^metadata/, "spec.templateMetadata")
  }
  return field.replace(/^spec\b/, "spec.template")
}

const ofTemplate = (found: ReadonlyArray<Problem>, schedule: ScheduledSparkApplication): ReadonlyArray<Problem> =>
  found
    .filter(({ field }) => field !== "metadata.name")
    .map((problem) => ({ ...problem, field: fieldOfSchedule(problem.field, schedule) }))

const podNameWarnings = ({ spec: { template } }: ScheduledSparkApplication): ReadonlyArray<Problem> =>
  template.driver.podName === undefined
    ? []
    : [
        {
          field: "spec.template.driver.podName",
          message:
            "is the same for all runs: a run cannot start while the driver pod of an earlier one exists; remove it",
        },
      ]

/** Each problem once: decoding the schedule and validating its template may find the same one. */
const distinct = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> => [
  ...new Map(problems.map((problem) => [`${problem.field}\n${problem.message}`, problem])).values(),
]

/** Between 0 and `startJitterSeconds`, the same for the same schedule. */
const delayMillis = ({ metadata, spec }: ScheduledSparkApplication): number =>
  Math.abs(Hash.string(`${metadata.namespace}/${metadata.name}`)) % ((spec.startJitterSeconds ?? 0) * 1000 + 1)

/** Everything about a schedule that does not depend on time and on its runs. On failure every problem with its field and the remedy. Pure. */
export const readSchedule = (resource: ScheduledSparkApplication, rules: ScheduleRules): ScheduleReading => {
  const { status: _status, ...written } = resource
  const { value: schedule, problems } = decode(written)
  if (schedule === undefined) return refused([...problems, ...timeProblems(written, rules.localZone)])
  const { metadata, spec } = schedule
  const createdAt = epoch(metadata.creationTimestamp) ?? 0
  const parsed = CronSchedule.parse(spec.schedule, spec.timeZone, rules.localZone)
  const name = runName(metadata.name, createdAt, rules.precision)
  const template = rules.validateTemplate(runOf(schedule, { name, scheduledTime: createdAt }))
  const found = distinct([
    ...nameProblems(metadata.name, rules.precision),
    ...problems,
    ...Result.match(parsed, {
      onFailure: (problem): ReadonlyArray<Problem> => [problem],
      onSuccess: ({ schedule: cron }) => precisionProblems(cron, rules.precision),
    }),
    ...ofTemplate(template.problems, schedule),
  ])
  if (found.length > 0 || Result.isFailure(parsed)) return refused(found)
  const { schedule: cron, warnings } = parsed.success
  return {
    valid: {
      cron,
      inForce: inForce(cron, spec.schedule),
      policy: spec.concurrencyPolicy ?? "Allow",
      startingDeadlineSeconds: spec.startingDeadlineSeconds,
      delayMillis: delayMillis(schedule),
      limits: { successful: spec.successfulRunHistoryLimit ?? 1, failed: spec.failedRunHistoryLimit ?? 1 },
    },
    problems: [],
    warnings: [
      ...warnings.map((message) => ({ field: "spec.schedule", message })),
      ...unknownFields(spec),
      ...podNameWarnings(schedule),
      ...ofTemplate(template.warnings, schedule),
    ],
  }
}

/** Whether the schedule is suspended; that counts for a schedule with problems, too. */
export const isSuspended = ({ spec }: { readonly spec?: unknown }): boolean =>
  Predicate.hasProperty(spec, "suspend") && spec.suspend === true
