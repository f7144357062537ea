/**
 * The status of a schedule. The keys of kubeflow's operator keep their names and meaning. Additions are conditions, `observedGeneration`,
 * scheduled times, active runs, counts of runs that were not started, and the schedule in force.
 */

import { Schema } from "effect"
import { Condition } from "../Condition.ts"
import { listMap, optional, required } from "../schema/Field.ts"
import { Int64, Strings, Time } from "../schema/Scalar.ts"

/** kubeflow's; `""` is New, and `Validating` is never written. */
export const ScheduleStateType = Schema.Literals(["", "Validating", "Scheduled", "FailedValidation"])
export type ScheduleStateType = typeof ScheduleStateType.Type

export const ActiveRun = Schema.Struct({
  name: required(Schema.String, "The name of the SparkApplication."),
  uid: required(Schema.String, "The UID of the SparkApplication."),
  scheduledTime: optional(Time, "The time for which the run was scheduled. Absent for a run that was started by hand."),
})
export type ActiveRun = typeof ActiveRun.Type

export const BlockedBy = Schema.Struct({
  name: required(Schema.String, "The name of the unfinished run."),
  since: required(Time, "When a run was first held up by it."),
  scheduledTime: optional(Time, "The scheduled time whose run waits for the end of the unfinished one."),
})
export type BlockedBy = typeof BlockedBy.Type

export const StartFailure = Schema.Struct({
  reason: required(
    Schema.Literals(["Refused", "NameConflict"]),
    "Refused if the API server did not accept the run, NameConflict if another SparkApplication has its name.",
  ),
  message: required(Schema.String, "Why the run was not created, as a human-readable message."),
  since: required(Time, "When the creation failed for the first time."),
  scheduledTime: optional(Time, "The scheduled time of the run. Absent for a run that was asked for by hand."),
})
export type StartFailure = typeof StartFailure.Type

export const LastTrigger = Schema.Struct({
  token: required(Schema.String, "The value of the annotation."),
  name: required(Schema.String, "The name of the SparkApplication that was started for it."),
  time: required(Time, "When it was started."),
})

export const ScheduledSparkApplicationStatus = Schema.Struct({
  lastRun: optional(Schema.NullOr(Time), "When the last run was created."),
  nextRun: optional(Schema.NullOr(Time), "The next scheduled time. Absent while no runs are scheduled."),
  lastRunName: optional(Schema.String, "The name of the last run."),
  pastSuccessfulRunNames: optional(Strings, "Completed runs that are kept, newest first."),
  pastFailedRunNames: optional(Strings, "Failed runs that are kept, newest first."),
  scheduleState: optional(ScheduleStateType, "Scheduled, or FailedValidation if the spec has a mistake."),
  reason: optional(Schema.String, "The mistakes in the spec. Absent if there are none."),

  observedGeneration: optional(Int64, "The generation of the spec that this status describes."),
  conditions: optional(listMap(Condition, "type"), "The state as conditions, for tools such as kubectl wait."),
  scheduleInForce: optional(
    Schema.String,
    "The schedule that is followed, with its time zone. Absent while the schedule is suspended or not valid.",
  ),
  inForceSince: optional(Time, "Since when that schedule is followed."),
  everySince: optional(
    Time,
    "The time from which @every counts, where it was taken over from another operator. If absent, the creation of the resource.",
  ),
  handledUntil: optional(
    Time,
    "Each scheduled time up to this one was started, skipped or missed. No run starts for an earlier one.",
  ),
  lastScheduleTime: optional(Time, "The scheduled time of the last run."),
  lastSuccessfulTime: optional(Time, "When a run last completed successfully."),
  active: optional(Schema.Array(ActiveRun), "Unfinished runs, oldest first."),
  blockedBy: optional(BlockedBy, "The unfinished run because of which a scheduled time was skipped, or waits."),
  startFailure: optional(StartFailure, "Why the last run could not be created. Absent after the next one was."),
  missedRuns: optional(
    Int64,
    "The number of scheduled times that passed without a run, because the operator did not run or because of startingDeadlineSeconds.",
  ),
  skippedRuns: optional(
    Int64,
    "The number of scheduled times whose run was not started because of the concurrency policy or a refusal.",
  ),
  lastTrigger: optional(LastTrigger, "The last run that the annotation sparkoperator.k8s.io/trigger asked for."),
})
export type ScheduledSparkApplicationStatus = typeof ScheduledSparkApplicationStatus.Type
