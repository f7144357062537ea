/** Deletes a run: to run it again, because the spec changed, or because it is suspended. The next run waits until it is gone. */

import { precedesSubmission, stateOf } from "../../api/States.ts"
import { secondsSince, timestamp } from "../../kube/Time.ts"
import { after, again } from "../../runtime/Next.ts"
import { currentAttempt, end, lastAttempt } from "./Attempts.ts"
import { replacingChildren, withoutChildren } from "./ChildrenStatus.ts"
import { givenUp, untilRetry } from "./RetryPolicy.ts"
import { deleteRemains, deleteRun, gone, remainsOf } from "./Run.ts"
import type { Situation } from "./Situation.ts"
import { inState, normal, type Step, step, warning, without, withWaiting } from "./Step.ts"
import { submit } from "./Submitting.ts"

/** Seconds until the next reconcile while pods are being deleted; the end of the deletion triggers one earlier. */
const deletionRecheck = 5
/** Seconds that the deletion of a run may take before what remains of it is reported. */
const ordinaryDeletion = 5

/** The status without what belonged to the deleted run. */
const awaitingRerun = ({ status }: Situation) =>
  without(inState(status, "PENDING_RERUN"), "sparkApplicationId", "terminationTime", "nextRetryTime", "waiting")

const stopped = (s: Situation, reason: string) => end(s.status, s.now, { result: "Stopped", reason })

/** Waits until the run is gone, and reports what remains of it if that takes long; `note` is the reason of the Event. */
const awaitDeletion = (s: Situation, note: string): Step => {
  const { since = lastAttempt(s.status)?.finishTime } = s.status.applicationState
  const remains = secondsSince(since, s.now) >= ordinaryDeletion ? remainsOf(s) : undefined
  const waits = remains !== undefined && remains.reason !== s.status.waiting?.reason
  return step(remains === undefined ? s.status : withWaiting(s.status, remains, s.now), after(deletionRecheck), {
    actions: deleteRemains(s),
    events: waits ? [warning(note, `SparkApplication ${s.name} is waiting: ${remains.message}`)] : [],
  })
}

/** From SUCCEEDING or FAILING to PENDING_RERUN, where `wait` seconds have still to pass. */
export const rerun = (s: Situation, message: string, wait = 0): Step => {
  const status = awaitingRerun(s)
  return step(wait > 0 ? { ...status, nextRetryTime: timestamp(s.now + wait * 1000) } : status, again, {
    actions: deleteRun(s),
    events: [warning("SparkApplicationPendingRerun", message)],
  })
}

/** State PENDING_RERUN. */
export const pendingRerun = (s: Situation): Step => {
  if (currentAttempt(s.status) !== undefined) return submit(s)
  if (!gone(s)) return awaitDeletion(s, "SparkApplicationPendingRerun")
  const wait = s.status.nextRetryTime === undefined ? 0 : untilRetry(s)
  if (wait === undefined) return givenUp(s)
  return wait > 0 ? step(s.status, after(wait)) : replacingChildren(s, submit)
}

/**
 * Any state, when the part of the spec that shapes a run has changed. INVALIDATING promises a driver pod; where there is none, the state after
 * it follows at once.
 */
export const invalidate = (s: Situation): Step => {
  const changed = { ...s, status: { ...stopped(s, "SpecChanged"), runSpecHash: s.runSpecHash } }
  const { driver } = s.observed
  const hasDriver = driver._tag === "Present" && !driver.deleted && !precedesSubmission(stateOf(s.status))
  const next = hasDriver ? step(inState(changed.status, "INVALIDATING"), again) : invalidating(changed)
  const message = `The spec of SparkApplication ${s.name} changed: it is restarted`
  return { ...next, events: [normal("SparkApplicationSpecUpdateProcessed", message)] }
}

/** State INVALIDATING: all budgets start from scratch. */
export const invalidating = (s: Situation): Step =>
  step(
    {
      ...without(awaitingRerun(s), "lastSubmissionAttemptTime"),
      submissionAttempts: 0,
      executionAttempts: 0,
      runFailures: 0,
      submissionFailures: 0,
    },
    again,
    { actions: deleteRun(s) },
  )

/** Any state that is not final, when `spec.suspend` is true. */
export const suspend = (s: Situation): Step =>
  step(without(inState(stopped(s, "Suspended"), "SUSPENDING"), "waiting", "nextRetryTime"), again, {
    actions: deleteRun(s),
    events: [normal("SparkApplicationSuspending", `SparkApplication ${s.name} is being suspended`)],
  })

const nothingLeft = (s: Situation): Step =>
  step(without(inState(s.status, "SUSPENDED"), "sparkApplicationId", "terminationTime", "waiting"), again, {
    events: [normal("SparkApplicationSuspended", `SparkApplication ${s.name} is suspended`)],
  })

/**
 * State SUSPENDING: even if the user resumes meanwhile, the run is deleted first, then its companion objects, so that nothing is left in
 * state SUSPENDED. A companion object that cannot be deleted does not delay that.
 */
export const suspending = (s: Situation): Step =>
  gone(s) ? withoutChildren(s, nothingLeft, "suspended") : awaitDeletion(s, "SparkApplicationSuspending")

/** State SUSPENDED. */
export const suspended = (s: Situation): Step =>
  s.desired.suspend
    ? withoutChildren(s, ({ status }) => step({ ...status, runSpecHash: s.runSpecHash }), "suspended")
    : step({ ...inState(s.status, "RESUMING"), runSpecHash: s.runSpecHash }, again, {
        events: [normal("SparkApplicationResuming", `SparkApplication ${s.name} is resumed`)],
      })
