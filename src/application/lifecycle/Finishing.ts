/** What follows the end of a run: another one, or the final state and its time to live. */

import { secondsSince } from "../../kube/Time.ts"
import { after, again } from "../../runtime/Next.ts"
import type { Action } from "./Action.ts"
import { lastAttempt } from "./Attempts.ts"
import { withoutChildren } from "./ChildrenStatus.ts"
import { endOf, failuresOf, givenUp, untilRetry } from "./RetryPolicy.ts"
import { runningDriver } from "./Run.ts"
import type { Situation } from "./Situation.ts"
import { inState, normal, type Step, step } from "./Step.ts"
import { rerun } from "./Stopping.ts"

/** State SUCCEEDING: `Always` runs again at once. */
export const succeeding = (s: Situation): Step =>
  s.desired.restartPolicy.type === "Always"
    ? rerun(s, `SparkApplication ${s.name} completed and runs again (restartPolicy Always)`)
    : step(inState(s.status, "COMPLETED"), again, {
        events: [normal("SparkApplicationCompleted", `SparkApplication ${s.name} completed`)],
      })

/**
 * State FAILING: waits for the retry interval, then runs again, or gives up. It promises a driver pod, so a driver that has to be stopped is
 * deleted in the state after it; the rest of the interval passes there.
 */
export const failing = (s: Situation): Step => {
  const wait = untilRetry(s)
  if (wait === undefined) return givenUp(s)
  const stops = runningDriver(s) !== undefined
  if (wait > 0 && !stops) return step(s.status, after(wait))
  const message = s.status.applicationState.errorMessage ?? "the driver failed"
  return rerun(s, `SparkApplication ${s.name} is run again after failure ${failuresOf(s.status)}: ${message}`, wait)
}

/**
 * States COMPLETED and FAILED are final until the spec changes; the object is deleted when its time to live is over. Another operator may
 * not have recorded the end. A driver that still runs, because the operator gave it up, is stopped.
 */
export const finished = (s: Situation): Step => {
  if (!s.status.terminationTime) return step({ ...s.status, terminationTime: endOf(s) }, again)
  const timeToLive = s.desired.timeToLiveSeconds ?? s.policy.timeToLiveSeconds
  const remaining = timeToLive === undefined ? undefined : timeToLive - secondsSince(s.status.terminationTime, s.now)
  if (remaining !== undefined && remaining <= 0) {
    return step(s.status, undefined, { actions: [{ _tag: "DeleteApplication" }] })
  }
  const rest = withoutChildren(
    s,
    ({ status }) => step(status, remaining === undefined ? undefined : after(remaining)),
    "finished",
  )
  return { ...rest, actions: [...givenUpDriver(s), ...rest.actions] }
}

/** Deletes the driver of a run that this operator has declared failed while it was running. */
const givenUpDriver = (s: Situation): ReadonlyArray<Action> => {
  const driver = runningDriver(s)
  const last = lastAttempt(s.status)
  return driver !== undefined && last?.result === "Failed" && last.driverUID === driver.uid
    ? [{ _tag: "DeleteDriver", podName: driver.name, uid: driver.uid }]
    : []
}
