/**
 * Reports a decision: the status is written, what that commits goes to telemetry, then Events are recorded. The write carries the resource
 * version that the decision is based on, so a decision made on stale facts is refused (409) before any of its actions happen.
 */

import { Effect } from "effect"
import { scheduledSparkApplications } from "../../api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import type { EventRecorder } from "../../kube/EventRecorder.ts"
import type { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { referenceTo } from "../../kube/Resource.ts"
import type { DefinitionCheck } from "../../runtime/DefinitionCheck.ts"
import type { StatusWrites } from "../../runtime/StatusWrites.ts"
import type { Store } from "../../runtime/Store.ts"
import * as WriteStatus from "../../runtime/WriteStatus.ts"
import type { Decision } from "../decide/Decide.ts"
import type { Situation } from "../decide/Situation.ts"
import type { Changes } from "./Changes.ts"
import type { Reported, ScheduleWrite } from "./Reported.ts"
import type { RunObject } from "./Runs.ts"

export interface ReportOptions {
  readonly schedules: Store<ScheduledSparkApplication>
  readonly changes: Changes
  readonly definition: Pick<DefinitionCheck<ScheduledSparkApplication>, "write" | "owes">
  readonly writes: StatusWrites<ScheduledSparkApplication, ScheduleWrite>
  readonly reported: Reported
  readonly events: EventRecorder
}

/** Returns the schedule after the write, if there was one; the cache has it then, too. `gone`: deleted runs that were considered. */
export type Report = (
  schedule: ScheduledSparkApplication,
  situation: Situation,
  decision: Decision,
  gone: ReadonlyArray<RunObject>,
) => Effect.Effect<ScheduledSparkApplication, KubeError, Kube>

export const make = ({ schedules, changes, definition, writes, reported, events }: ReportOptions): Report => {
  const writeStatus = WriteStatus.make({
    resource: scheduledSparkApplications,
    store: schedules,
    definition,
    writes,
    changed: changes.ofSchedule,
    committed: reported.committed,
  })
  return Effect.fnUntraced(function* (schedule, situation, { status, counts, events: notes }, gone) {
    const unchanged = status === situation.status && !definition.owes(schedule)
    if (unchanged) reported.nothingToWrite(schedule, gone)
    const written = unchanged ? schedule : yield* writeStatus({ before: schedule, status, counts, gone })
    for (const note of notes) yield* events.record(referenceTo(scheduledSparkApplications, written), note)
    return written
  })
}
