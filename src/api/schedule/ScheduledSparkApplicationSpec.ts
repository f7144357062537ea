/**
 * The spec of `sparkoperator.k8s.io/v1beta2` ScheduledSparkApplication: every field of kubeflow's operator, and Firesteel's own
 * `startingDeadlineSeconds`, `startJitterSeconds` and `templateMetadata`.
 */

import { Schema } from "effect"
import { SparkApplicationSpec } from "../application/SparkApplicationSpec.ts"
import { integer, optional, required, serverRule } from "../schema/Field.ts"
import { Count, StringMap } from "../schema/Scalar.ts"

/** The maximum length of a cron expression: lists of every minute, hour, day and month need half of it. */
const maxScheduleLength = 1000

const scheduleText = Schema.String.check(
  Schema.makeFilter<string>((text) => text.length <= maxScheduleLength || `is longer than ${maxScheduleLength} bytes`, {
    openApi: { minLength: 1, maxLength: maxScheduleLength },
  }),
)

export const ConcurrencyPolicy = Schema.Literals(["Allow", "Forbid", "Replace"])
export type ConcurrencyPolicy = typeof ConcurrencyPolicy.Type

export const TemplateMetadata = Schema.Struct({
  labels: optional(StringMap, "Labels of every run, in addition to those of this resource."),
  annotations: optional(StringMap, "Annotations of every run."),
})

const fields = Schema.Struct({
  schedule: required(
    scheduleText,
    "When runs start: five cron fields (minute, hour, day of month, month, day of week), or @hourly, @daily, @weekly, @monthly, @yearly, or @every with a duration such as 1h30m.",
  ),
  timeZone: optional(
    Schema.String,
    "The time zone of the schedule, such as Europe/Berlin. Defaults to that of the operator, which is UTC in its image.",
  ),
  template: required(SparkApplicationSpec, "The spec of every SparkApplication that is started."),
  templateMetadata: optional(TemplateMetadata, "Labels and annotations of every SparkApplication that is started."),
  suspend: optional(
    Schema.Boolean,
    "Whether no new runs start. Runs that are active continue, and scheduled times that pass meanwhile are not made up for.",
  ),
  concurrencyPolicy: optional(
    ConcurrencyPolicy,
    "What happens at a scheduled time while an earlier run is unfinished: Allow starts another run, Forbid skips the time, Replace deletes the earlier runs first.",
    "Allow",
  ),
  startingDeadlineSeconds: optional(
    integer("int64", 10),
    "Seconds after its scheduled time within which a run may still start. If unset, there is no limit.",
  ),
  startJitterSeconds: optional(
    integer("int32", 0, 86_400),
    "Spreads the starts of many schedules: each run starts up to this many seconds after its scheduled time, always the same number for the same schedule.",
  ),
  successfulRunHistoryLimit: optional(Count, "The number of completed runs to keep. Defaults to 1."),
  failedRunHistoryLimit: optional(Count, "The number of failed runs to keep. Defaults to 1."),
})

/** Text without blanks, and blanks, in characters that mean the same in every dialect of regular expressions. */
const [word, blank] = ["[!-~]", "[^!-~]"]
const fiveFields = `${word}+(${blank}+${word}+){4}`
const descriptor = `@${word}+(${blank}${word}+)?`
const scheduleForm = `^${blank}*((CRON_)?TZ=${word}+${blank}+)?(${descriptor}|${fiveFields})${blank}*$`

export const ScheduledSparkApplicationSpec = fields.check(
  serverRule(
    `self.schedule.matches('${scheduleForm}')`,
    "schedule must have five fields (minute, hour, day of month, month, day of week), or be a descriptor such as @daily or @every 1h",
  ),
)
export type ScheduledSparkApplicationSpec = typeof ScheduledSparkApplicationSpec.Type
