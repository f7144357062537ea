/** What local mode shows for one schedule: a row of plain text values. Pure. */

import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { keyOf } from "../../runtime/Store.ts"

export interface ScheduleRow {
  /** `namespace/name`, the key of the schedule. */
  readonly key: string
  /** `NEW` for a schedule without a status. */
  readonly state: "NEW" | "Scheduled" | "Suspended" | "FailedValidation"
  /** The cron expression, with the time zone if there is one. */
  readonly schedule: string
  /** The next scheduled time; otherwise empty. */
  readonly next: string
  /** The name of the last run; otherwise empty. */
  readonly last: string
  /** Unfinished runs. */
  readonly active: number
  /** Why nothing starts; otherwise empty. */
  readonly reason: string
}

export const scheduleRow = (resource: ScheduledSparkApplication): ScheduleRow => {
  const { spec, status } = resource
  const state = stateOf(resource)
  const condition = status?.conditions?.find(({ type }) => type === "Scheduled")
  const stopped = state === "Scheduled" && condition?.status === "False"
  return {
    key: keyOf(resource),
    state,
    schedule: spec.timeZone ? `${spec.schedule} ${spec.timeZone}` : spec.schedule,
    next: status?.nextRun ?? "",
    last: status?.lastRunName ?? "",
    active: status?.active?.length ?? 0,
    reason: status?.reason ?? (stopped ? condition.message : ""),
  }
}

const stateOf = ({ spec, status }: ScheduledSparkApplication): ScheduleRow["state"] => {
  if (!status?.scheduleState) return "NEW"
  if (status.scheduleState === "FailedValidation") return "FailedValidation"
  return spec.suspend === true ? "Suspended" : "Scheduled"
}
