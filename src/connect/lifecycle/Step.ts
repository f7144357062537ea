/** The result of a rule, before conditions, generation and times are added. */

import type { ConnectState, SparkConnectStatus } from "../../api/connect/SparkConnectStatus.ts"
import type { Note } from "../../kube/EventRecorder.ts"
import { timestamp } from "../../kube/Time.ts"
import { awaitChange, type Next } from "../../runtime/Next.ts"
import type { Waiting } from "../../spark/observe/ObservedPod.ts"
import type { Action } from "./Action.ts"

export interface Step {
  readonly status: SparkConnectStatus
  /** In order, after the status is written. */
  readonly actions: ReadonlyArray<Action>
  readonly events: ReadonlyArray<Note>
  readonly next: Next
}

export const step = (
  status: SparkConnectStatus,
  next: Next = awaitChange,
  rest: { readonly actions?: ReadonlyArray<Action>; readonly events?: ReadonlyArray<Note> } = {},
): Step => ({ status, next, actions: rest.actions ?? [], events: rest.events ?? [] })

/** The status without these keys. */
export const without = (
  status: SparkConnectStatus,
  ...keys: ReadonlyArray<keyof SparkConnectStatus>
): SparkConnectStatus => {
  const rest = { ...status }
  for (const key of keys) delete rest[key]
  return rest
}

export const inState = (status: SparkConnectStatus, state: ConnectState): SparkConnectStatus => ({ ...status, state })

/** With this reason to wait, and since when it waits for it; or with none. `now` is in epoch milliseconds. */
export const withWaiting = (
  status: SparkConnectStatus,
  waiting: Waiting | undefined,
  now: number,
): SparkConnectStatus => {
  if (waiting === undefined) return without(status, "waiting")
  const { reason, message } = waiting
  const since = status.waiting?.reason === reason ? status.waiting.since : timestamp(now)
  return { ...status, waiting: { reason, ...(message ? { message: message.slice(0, 1024) } : {}), since } }
}

/** A change between two values becomes an Event once, when it is decided on. */
export const note = (type: Note["type"], reason: string, message: string): Note => ({ type, reason, message })
