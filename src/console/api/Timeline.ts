/**
 * The timeline of an application: the phases of its attempts as bars of a chart, with the timestamps of Kubernetes, of which the phase that an
 * unfinished attempt is in has no end; and how many executors ran when. Pure.
 */

import type { Attempt } from "../../api/application/SparkApplicationStatus.ts"
import { attemptPhases } from "../../application/lifecycle/running/Timeline.ts"
import { timestamp } from "../../kube/Time.ts"
import type { ExecutorSpan } from "../ExecutorPast.ts"

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

/** The number of executors that ran from this time until that of the next level. */
export interface ExecutorLevel {
  readonly time: string
  readonly count: number
}

/** Steps of a chart. */
const mostLevels = 400

/** Oldest first, one for each time at which the number changed; of very many, a regular sample. */
export const executorLevels = (spans: ReadonlyArray<ExecutorSpan>): ReadonlyArray<ExecutorLevel> => {
  const changes = new Map<number, number>()
  const change = (time: number, by: number) => changes.set(time, (changes.get(time) ?? 0) + by)
  for (const { from, to } of spans) {
    change(from, 1)
    if (to !== undefined) change(to, -1)
  }
  let count = 0
  const levels = [...changes]
    .toSorted(([a], [b]) => a - b)
    .filter(([, by]) => by !== 0)
    .map(([time, by]) => ({ time: timestamp(time), count: (count += by) }))
  const every = Math.ceil(levels.length / mostLevels)
  return levels.filter((_, index) => index % every === 0 || index === levels.length - 1)
}
