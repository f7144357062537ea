/** What follows a failed run: the wait for the next one, or none. A change of the restart policy applies at once. */

import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { secondsSince, timestamp } from "../../kube/Time.ts"
import { again } from "../../runtime/Next.ts"
import { lastAttempt } from "./Attempts.ts"
import { retryAfter } from "./RetryPolicy.ts"
import type { Situation } from "./Situation.ts"
import { inState, type Step, step, warning, without } from "./Step.ts"

/** Failed runs that count, with the one that failed last. */
export const failuresOf = ({ runFailures }: SparkApplicationStatus): number => Math.max(1, runFailures ?? 0)

/** The end of the last run, as far as it is known; else now. */
export const endOf = ({ status, now }: Pick<Situation, "status" | "now">): string =>
  lastAttempt(status)?.finishTime ?? status.applicationState.since ?? timestamp(now)

/** Seconds until the run after one that failed; undefined if there is none. */
export const untilRetry = (s: Situation): number | undefined => {
  const wait = retryAfter(s.desired.restartPolicy, "run", failuresOf(s.status))
  return wait === undefined ? undefined : Math.max(0, wait - secondsSince(s.status.terminationTime || endOf(s), s.now))
}

/** State FAILED, after a run that failed. */
export const givenUp = (s: Situation): Step => {
  const message = s.status.applicationState.errorMessage ?? lastAttempt(s.status)?.message
  return step(without(inState(s.status, "FAILED", message), "nextRetryTime"), again, {
    events: [warning("SparkApplicationFailed", `SparkApplication ${s.name} failed: ${message ?? "the driver failed"}`)],
  })
}
