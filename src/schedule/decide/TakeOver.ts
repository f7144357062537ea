/**
 * Schedules that kubeflow's operator has followed: its `nextRun` is kept. `lastRun` is the time at which it created a run, not the time for
 * which the run was scheduled, so nothing follows from it. What it refused, or did not know the next time of, counts from now on.
 */

import { epoch, timestamp } from "../../kube/Time.ts"
import * as CronSchedule from "../cron/CronSchedule.ts"
import type { ValidSchedule } from "../Validate.ts"
import { anchorOf, type Situation } from "./Situation.ts"
import { noCounts, step, type Step, warning } from "./Step.ts"

/** This operator has never written the status, and another one planned the next run. */
export const isOfAnotherOperator = ({ status }: Situation): boolean =>
  status.observedGeneration === undefined && status.scheduleState === "Scheduled" && Boolean(status.nextRun)

/** Counts from the planned run: one in the future is waited for, one in the past is made up for once. */
export const takeOver = (s: Situation, { cron }: ValidSchedule): Step => {
  const planned = epoch(s.status.nextRun) ?? s.now
  // kubeflow plans the first time after a moment that has passed, so none lies between now and a planned run in the future.
  const before = Math.min(planned - 1000, s.now)
  const since = { inForceSince: timestamp(s.now) }
  const after = (time: number) => ({ ...s.status, ...since, handledUntil: timestamp(time) })
  if (cron.every !== undefined) {
    // kubeflow counts from its last run, so the times go on from there.
    return step({ ...after(before), everySince: timestamp(planned - cron.every * 1000) })
  }
  if (CronSchedule.next(cron, planned - 1000, anchorOf(s)) === planned) return step(after(before))
  // The schedule was edited, and kubeflow's operator has not seen that: the planned run is none of the schedule as it is now.
  if (planned > s.now) return step(after(s.now))
  return step(
    { ...after(planned), missedRuns: (s.status.missedRuns ?? 0) + 1 },
    {
      counts: { ...noCounts, missed: 1 },
      events: [
        warning(
          "RunsMissed",
          `The run that was planned for ${timestamp(planned)} was not started: the schedule was changed since, and has no such time`,
        ),
      ],
    },
  )
}
