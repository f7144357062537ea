/**
 * What follows from a status that was written: counters advance, and deleted runs that it takes into account are forgotten. This is the one
 * subscriber of what `StatusWrites` returns, whether the API server's answer or the cache confirmed the write.
 */

import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import type { Committed, StatusWrite } from "../../runtime/StatusWrites.ts"
import { keyOf } from "../../runtime/Store.ts"
import type { Counts } from "../decide/Step.ts"
import type { ScheduleMetrics } from "../telemetry/ScheduleMetrics.ts"
import type { RunObject } from "./Runs.ts"

export interface ScheduleWrite extends StatusWrite<ScheduledSparkApplication> {
  readonly counts: Counts
  /** Deleted runs that are part of the status. */
  readonly gone: ReadonlyArray<RunObject>
}

export interface Reported {
  readonly committed: (facts: ReadonlyArray<Committed<ScheduledSparkApplication, ScheduleWrite>>) => void
  /** These deleted runs changed nothing in the status, so there was no write. */
  readonly nothingToWrite: (schedule: ScheduledSparkApplication, gone: ReadonlyArray<RunObject>) => void
}

export interface ReportedOptions {
  readonly lastSeen: LastSeen<RunObject>
  readonly metrics: Pick<ScheduleMetrics, "committed">
}

export const make = ({ lastSeen, metrics }: ReportedOptions): Reported => ({
  committed: (facts) => {
    for (const { write, after } of facts) {
      lastSeen.forget(keyOf(after), write.gone)
      metrics.committed(after, write.counts)
    }
  },
  nothingToWrite: (schedule, gone) => lastSeen.forget(keyOf(schedule), gone),
})
