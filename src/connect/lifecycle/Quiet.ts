/** Whether nobody uses a server, and since when: only a recent reading of the running server can say so. Pure. */

import { epoch } from "../../kube/Time.ts"
import { type Activity, isQuiet } from "../activity/Activity.ts"
import { currentAttempt } from "./Attempts.ts"
import type { Situation } from "./Situation.ts"

/** Milliseconds after which a reading says nothing about now. */
const longestAge = 120_000

/** Seconds without a job after which a Spark that does not report sessions counts as unused where no timeout is given. */
const quietJobsSeconds = 300

/** Whether a reading no longer says anything about now. */
export const isOld = ({ readAt }: Activity, now: number): boolean => now - readAt > longestAge

interface Quiet {
  readonly activity: Activity
  /** When the last session or operation ended, or the server became ready; epoch milliseconds. */
  readonly since: number
}

/** Undefined while the server is used, and while nothing is known about it. */
export const quietOf = ({ status, observed: { activity }, now }: Situation): Quiet | undefined => {
  const readyAt = epoch(currentAttempt(status)?.readyTime)
  if (readyAt === undefined || activity === undefined || isOld(activity, now)) return undefined
  return isQuiet(activity) ? { activity, since: Math.max(readyAt, activity.lastEndAt ?? 0) } : undefined
}

/** Whether a reading has shown that the server was unused for this long. */
export const isIdle = (s: Situation, seconds: number): boolean => {
  const quiet = quietOf(s)
  return quiet !== undefined && (quiet.activity.readAt - quiet.since) / 1000 >= seconds
}

/** Whether the server may be replaced without a loss for anybody: with sessions, when none is open; else after a while without jobs. */
export const mayBeReplaced = (s: Situation): boolean =>
  currentAttempt(s.status)?.readyTime === undefined ||
  isIdle(s, s.observed.activity?.signal === "Sessions" ? 0 : quietJobsSeconds)
