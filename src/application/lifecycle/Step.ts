/** One step of the state machine: the result of a rule or of the function of a state, before conditions and generation are added. */

import type { ApplicationStateType, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import type { Note } from "../../kube/EventRecorder.ts"
import { timestamp } from "../../kube/Time.ts"
import { awaitChange, type Next } from "../../runtime/Next.ts"
import type { Waiting } from "../../spark/observe/ObservedPod.ts"
import type { Action } from "./Action.ts"

export interface Step {
  readonly status: SparkApplicationStatus
  /** In order. */
  readonly actions: ReadonlyArray<Action>
  readonly events: ReadonlyArray<Note>
  readonly next: Next
}

export const step = (
  status: SparkApplicationStatus,
  next: Next = awaitChange,
  rest: { readonly actions?: ReadonlyArray<Action>; readonly events?: ReadonlyArray<Note> } = {},
): Step => ({ status, next, actions: rest.actions ?? [], events: rest.events ?? [] })

/** The status in another state; `errorMessage` only where it is given. */
export const inState = (
  status: SparkApplicationStatus,
  state: ApplicationStateType,
  errorMessage?: string,
): SparkApplicationStatus => ({
  ...status,
  applicationState: { state, ...(errorMessage ? { errorMessage: errorMessage.slice(0, 4096) } : {}) },
})

/** The status without these keys. */
export const without = <K extends keyof SparkApplicationStatus>(
  status: SparkApplicationStatus,
  ...keys: ReadonlyArray<K>
): SparkApplicationStatus => {
  const rest: Partial<SparkApplicationStatus> = { ...status }
  for (const key of keys) delete rest[key]
  return { applicationState: status.applicationState, driverInfo: status.driverInfo, ...rest }
}

/** The status with this reason to wait, and since when it waits for it; or with none. `now` is in epoch milliseconds. */
export const withWaiting = (
  status: SparkApplicationStatus,
  waiting: Waiting | undefined,
  now: number,
): SparkApplicationStatus => {
  if (waiting === undefined) return without(status, "waiting")
  const { reason, message } = waiting
  const since = status.waiting?.reason === reason ? status.waiting.since : timestamp(now)
  return { ...status, waiting: { reason, ...(message ? { message: message.slice(0, 1024) } : {}), since } }
}

export const normal = (reason: string, message: string): Note => ({ type: "Normal", reason, message })
/** An ordinary step between others: an Event only where all are wanted (`--events all`). */
export const routine = (reason: string, message: string): Note => ({ ...normal(reason, message), routine: true })
export const warning = (reason: string, message: string): Note => ({ type: "Warning", reason, message })
