/** The phases of an attempt as bars of a chart, with the timestamps of Kubernetes; the phase that an unfinished attempt is in has no end. Pure. */

import type { Attempt } from "../../api/application/SparkApplicationStatus.ts"
import { attemptPhases } from "../../application/lifecycle/running/Timeline.ts"

export interface PhaseBar {
  readonly phase: string
  readonly from: string
  /** Absent: it lasts until now. */
  readonly to?: string
}

/** Where an attempt is that has no end: in the phase after the last point that it has reached. */
const openPhase = (attempt: Attempt): PhaseBar | undefined => {
  if (attempt.finishTime !== undefined) return undefined
  const { startTime, submittedTime, scheduledTime, sandboxTime, initializedTime, runningTime } = attempt
  if (runningTime !== undefined) return { phase: "run", from: runningTime }
  if (submittedTime === undefined) return { phase: "submit", from: startTime }
  if (scheduledTime === undefined) return { phase: "schedule", from: submittedTime }
  return { phase: "pull", from: initializedTime ?? sandboxTime ?? scheduledTime }
}

/** Oldest first; `run` overlaps the phases of the executors. */
export const phaseBars = (attempt: Attempt): ReadonlyArray<PhaseBar> => {
  const open = openPhase(attempt)
  return [...attemptPhases(attempt), ...(open === undefined ? [] : [open])]
}
