/**
 * A run by hand: every value of the annotation starts one run, whatever the schedule, its suspension and its concurrency policy say. The
 * schedule itself does not move.
 */

import { timestamp } from "../../kube/Time.ts"
import type { Creation, Situation } from "./Situation.ts"
import { step, type Step, warning } from "./Step.ts"

/** Milliseconds until a run that was not accepted is tried again. */
const retryPause = 30_000

const failureOf = ({ observed: { creation } }: Situation, token: string) =>
  creation !== undefined &&
  creation._tag !== "Created" &&
  "token" in creation.occasion &&
  creation.occasion.token === token
    ? creation
    : undefined

const failed = (s: Situation, token: string, creation: Exclude<Creation, { _tag: "Created" }>): Step => {
  if (creation._tag === "Leaving") return step(s.status, { wake: s.now + retryPause })
  const name = s.nameOf({ token })
  const time = timestamp(s.now)
  const { startFailure } = s.status
  const { message } = creation
  const same = startFailure?.message === message && startFailure.scheduledTime === undefined
  const since = same ? startFailure.since : time
  const events = same ? [] : [warning("RunRefused", `Run ${name} cannot be created: ${message}`)]
  return creation._tag === "Refused"
    ? step({ ...s.status, startFailure: { reason: "Refused", message, since } }, { events, wake: s.now + retryPause })
    : step(
        { ...s.status, startFailure: { reason: "NameConflict", message, since }, lastTrigger: { token, name, time } },
        { events },
      )
}

/** Starts the run that the annotation asks for, unless it was started. */
export const followTrigger = (s: Situation): Step => {
  const { trigger, valid, status } = s
  if (!trigger || valid === undefined || status.lastTrigger?.token === trigger) return step(status)
  const creation = failureOf(s, trigger)
  if (creation !== undefined) return failed(s, trigger, creation)
  const occasion = { token: trigger }
  return step(status, { actions: [{ _tag: "CreateRun", name: s.nameOf(occasion), occasion }] })
}
