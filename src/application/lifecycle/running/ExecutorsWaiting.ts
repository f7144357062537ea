/** Why executors do not start although their driver runs: no node fits, a volume is missing, an image cannot be pulled. Pure. */

import type { Executor, Waiting } from "../../../spark/observe/ObservedPod.ts"

/** Milliseconds after the creation of an executor before its reason counts: ordinary starts, and a new node, take a while. */
const ordinaryStart = 10_000

export interface ExecutorsWaiting {
  /** Of the pending executor with the lowest id; the message names it. */
  readonly waiting: Waiting | undefined
  /** When there may be another answer without a change of a pod or an Event, in epoch milliseconds. */
  readonly recheckAt: number | undefined
}

/** `now` is in epoch milliseconds. */
export const executorsWaiting = (executors: ReadonlyArray<Executor>, now: number): ExecutorsWaiting => {
  const pending = executors
    .filter(({ state, deleting }) => state === "PENDING" && !deleting)
    .map((executor) => ({ ...executor, dueAt: (executor.createdAt ?? now) + ordinaryStart }))
  const rechecks = pending.flatMap(({ waiting, recheckAt, dueAt }) => {
    const at = Math.max(dueAt, recheckAt ?? 0)
    return at > now && (waiting !== undefined || recheckAt !== undefined) ? [at] : []
  })
  const first = pending
    .filter(({ waiting, dueAt }) => waiting !== undefined && dueAt <= now)
    .reduce<Executor | undefined>((lowest, next) => (lowest && lowest.id <= next.id ? lowest : next), undefined)
  return {
    waiting: first?.waiting && {
      reason: first.waiting.reason,
      message: `executor ${first.name}${first.waiting.message ? `: ${first.waiting.message}` : ""}`,
    },
    recheckAt: rechecks.length > 0 ? Math.min(...rechecks) : undefined,
  }
}
