/** What follows the end of a run: another one, or the final state and its time to live. */

import { secondsSince, timestamp } from "../../kube/Time.ts"
import { after, again } from "../../runtime/Next.ts"
import { lastAttempt } from "./Attempts.ts"
import { withoutChildren } from "./ChildrenStatus.ts"
import { retryAfter } from "./RetryPolicy.ts"
import type { Situation } from "./Situation.ts"
import { inState, normal, type Step, step, warning, without } from "./Step.ts"
import { rerun } from "./Stopping.ts"

/** State SUCCEEDING: `Always` runs again at once. */
export const succeeding = (s: Situation): Step =>
  s.desired.restartPolicy.type === "Always"
    ? rerun(s, `SparkApplication ${s.name} completed and runs again (restartPolicy Always)`)
    : step(inState(s.status, "COMPLETED"), again, {
        events: [normal("SparkApplicationCompleted", `SparkApplication ${s.name} completed`)],
      })

/** State FAILING: waits for the retry interval, then runs again, or gives up. A change of the restart policy applies at once. */
export const failing = (s: Situation): Step => {
  const failures = Math.max(1, s.status.runFailures ?? 0)
  const wait = retryAfter(s.desired.restartPolicy, "run", failures)
  const message = s.status.applicationState.errorMessage
  if (wait === undefined) {
    return step(without(inState(s.status, "FAILED", message), "nextRetryTime"), again, {
      events: [
        warning("SparkApplicationFailed", `SparkApplication ${s.name} failed: ${message ?? "the driver failed"}`),
      ],
    })
  }
  const remaining = wait - secondsSince(s.status.terminationTime || endOf(s), s.now)
  return remaining > 0
    ? step(s.status, after(remaining))
    : rerun(s, `SparkApplication ${s.name} is run again after failure ${failures}: ${message ?? "the driver failed"}`)
}

/**
 * States COMPLETED and FAILED are final until the spec changes; the object is deleted when its time to live is over. Another operator may
 * not have recorded the end.
 */
export const finished = (s: Situation): Step => {
  if (!s.status.terminationTime) return step({ ...s.status, terminationTime: endOf(s) }, again)
  const timeToLive = s.desired.timeToLiveSeconds ?? s.policy.timeToLiveSeconds
  const remaining = timeToLive === undefined ? undefined : timeToLive - secondsSince(s.status.terminationTime, s.now)
  return remaining !== undefined && remaining <= 0
    ? step(s.status, undefined, { actions: [{ _tag: "DeleteApplication" }] })
    : withoutChildren(
        s,
        ({ status }) => step(status, remaining === undefined ? undefined : after(remaining)),
        "finished",
      )
}

/** The end of a finished application whose status does not have it: as far as it is known, else now. */
const endOf = ({ status, now }: Situation): string =>
  lastAttempt(status)?.finishTime ?? status.applicationState.since ?? timestamp(now)
