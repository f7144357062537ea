/** What a change in the caches does: gauges follow it, writes whose answer was lost are settled by it, and its schedule is reconciled. */

import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import type { DefinitionCheck } from "../../runtime/DefinitionCheck.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import type { StatusWrites } from "../../runtime/StatusWrites.ts"
import { type Change, isLeft } from "../../runtime/Store.ts"
import type { ScheduleMetrics } from "../telemetry/ScheduleMetrics.ts"
import type { Reported, ScheduleWrite } from "./Reported.ts"
import { observedRun, type RunObject, scheduleKeyOf } from "./Runs.ts"

export interface Changes {
  /** Both return the key of the schedule, if it is to be reconciled. */
  readonly ofSchedule: (change: Change<ScheduledSparkApplication>) => string
  readonly ofRun: (change: Change<RunObject>) => string | undefined
  /** Of a schedule whose namespace is not selected: only what was written before is settled. */
  readonly ofAside: (change: Change<ScheduledSparkApplication>) => void
}

export interface ChangesOptions {
  readonly lastSeen: LastSeen<RunObject>
  readonly definition: Pick<DefinitionCheck<ScheduledSparkApplication>, "seen">
  readonly writes: StatusWrites<ScheduledSparkApplication, ScheduleWrite>
  readonly reported: Reported
  readonly metrics: Pick<ScheduleMetrics, "observed">
}

/** A run changes all the time; a schedule is concerned by how it ends, and by whether it is there. */
const concerns = ({ before, after }: Change<RunObject>): boolean => {
  if (before === undefined || after === undefined || before.metadata?.uid !== after.metadata?.uid) return true
  const [old, now] = [observedRun(before), observedRun(after)]
  return old.result !== now.result || old.deleting !== now.deleting || old.suspended !== now.suspended
}

export const make = ({ lastSeen, definition, writes, reported, metrics }: ChangesOptions): Changes => {
  const settle = ({ before, after }: Change<ScheduledSparkApplication>) => {
    definition.seen(before, after)
    reported.committed(writes.seen(before, after))
  }
  return {
    ofSchedule: (change) => {
      metrics.observed(change.before, change.after)
      if (!isLeft(change)) settle(change)
      return change.key
    },
    ofAside: settle,
    ofRun: (change) => {
      const { before, after } = change
      const run = after ?? before
      const key = run && scheduleKeyOf(run)
      const gone = !isLeft(change) && before !== undefined && before.metadata?.uid !== after?.metadata?.uid
      if (key !== undefined && gone) lastSeen.remember(key, before)
      return concerns(change) ? key : undefined
    },
  }
}
