/** Scheduled times that have passed without a run: each is counted once, as missed or as skipped, when the status moves beyond it. */

import type { ScheduledSparkApplicationStatus } from "../../api/schedule/ScheduledSparkApplicationStatus.ts"
import type { Note } from "../../kube/EventRecorder.ts"
import { epoch, timestamp } from "../../kube/Time.ts"
import * as CronSchedule from "../cron/CronSchedule.ts"
import { anchorOf, type Situation } from "./Situation.ts"
import { type SkipReason, step, type Step, warning } from "./Step.ts"

type Status = ScheduledSparkApplicationStatus

/** Times whose runs wait, and why they were not started yet. A run that was refused is no longer blocked. */
const waiting = ({ status, valid }: Situation): ReadonlyMap<number, SkipReason> => {
  const { blockedBy, startFailure } = status
  const blocked = epoch(blockedBy?.scheduledTime)
  const refused = startFailure?.reason === "Refused" ? epoch(startFailure.scheduledTime) : undefined
  const times = new Map<number, SkipReason>()
  if (blocked !== undefined) times.set(blocked, valid?.policy === "Replace" ? "replace" : "forbid")
  if (refused !== undefined) times.set(refused, "refused")
  return times
}

/** The status with the counts of passed times, which are handled up to `until`. */
const counted = (status: Status, missed: number, skipped: number, until: number): Status => ({
  ...status,
  handledUntil: timestamp(Math.max(until, epoch(status.handledUntil) ?? 0)),
  ...(missed > 0 ? { missedRuns: (status.missedRuns ?? 0) + missed } : {}),
  ...(skipped > 0 ? { skippedRuns: (status.skippedRuns ?? 0) + skipped } : {}),
})

const missedNote = (missed: number, last: number, exact: boolean): ReadonlyArray<Note> =>
  missed === 0
    ? []
    : [
        warning(
          "RunsMissed",
          missed === 1
            ? `The run of ${timestamp(last)} was not started: its time has passed`
            : `${exact ? "" : "At least "}${missed} runs of the time until ${timestamp(last)} were not started: their time has passed`,
        ),
      ]

/**
 * Every time of the schedule after those that are handled, until `until` (epoch milliseconds, inclusive), has passed: it was missed, or it
 * is one that waited, which was skipped for the reason for which it waited.
 */
export const passUntil = (s: Situation, cron: CronSchedule.CronSchedule, until: number): Step => {
  const from = epoch(s.status.handledUntil) ?? until
  const found = CronSchedule.latest(cron, from, until, anchorOf(s))
  if (found === undefined) return step(counted(s.status, 0, 0, until))
  const skipped = [...waiting(s)].flatMap(([time, reason]) => (time > from && time <= until ? [reason] : []))
  const missed = Math.max(0, found.count - skipped.length)
  return step(counted(s.status, missed, skipped.length, until), {
    counts: { started: [], missed, skipped },
    events: missedNote(missed, found.time, found.exact),
  })
}

/** The run of this time is skipped, for a reason that was just found. */
export const skip = (s: Situation, time: number, reason: SkipReason): Step =>
  step(counted(s.status, 0, 1, time), { counts: { started: [], missed: 0, skipped: [reason] } })
