/** Steps of a decision: each changes the status and adds what follows from it. Steps are chained, the next one sees the changed status. */

import type { ScheduledSparkApplicationStatus } from "../../api/schedule/ScheduledSparkApplicationStatus.ts"
import type { Note } from "../../kube/EventRecorder.ts"
import type { Action } from "./Action.ts"
import type { Situation } from "./Situation.ts"

type Status = ScheduledSparkApplicationStatus

/** Why a scheduled time has no run although the operator was there in time. */
export const skipReasons = ["forbid", "replace", "name_conflict", "refused"] as const
export type SkipReason = (typeof skipReasons)[number]

/** What a status write commits, for telemetry. */
export interface Counts {
  /** Runs that are recorded as started; `delay` is the seconds from the scheduled time to the creation. */
  readonly started: ReadonlyArray<{ readonly delay: number | undefined }>
  readonly missed: number
  readonly skipped: ReadonlyArray<SkipReason>
}

export const noCounts: Counts = { started: [], missed: 0, skipped: [] }

export interface Step {
  readonly status: Status
  readonly events: ReadonlyArray<Note>
  /** In order. */
  readonly actions: ReadonlyArray<Action>
  readonly counts: Counts
  /** When the schedule must be reconciled again, in epoch milliseconds. Undefined: when something changes. */
  readonly wake: number | undefined
}

export const step = (status: Status, rest: Partial<Omit<Step, "status">> = {}): Step => ({
  status,
  events: [],
  actions: [],
  counts: noCounts,
  wake: undefined,
  ...rest,
})

/** The earlier of two moments. */
export const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)

const both = (a: Step, b: Step): Step => ({
  status: b.status,
  events: [...a.events, ...b.events],
  actions: [...a.actions, ...b.actions],
  counts: {
    started: [...a.counts.started, ...b.counts.started],
    missed: a.counts.missed + b.counts.missed,
    skipped: [...a.counts.skipped, ...b.counts.skipped],
  },
  wake: earlier(a.wake, b.wake),
})

/** Performs the steps in order. */
export const chain = (s: Situation, ...steps: ReadonlyArray<(s: Situation) => Step>): Step =>
  steps.reduce((before, next) => both(before, next({ ...s, status: before.status })), step(s.status))

/** The status without these keys. */
export const without = (status: Status, ...keys: ReadonlyArray<keyof Status>): Status => {
  const rest: Partial<Record<keyof Status, unknown>> = { ...status }
  for (const key of keys) delete rest[key]
  return rest as Status
}

export const normal = (reason: string, message: string): Note => ({ type: "Normal", reason, message })
export const warning = (reason: string, message: string): Note => ({ type: "Warning", reason, message })
