/**
 * Whether and when a failed application is retried, or given up. Runs and submissions have separate budgets, and waiting is measured from the
 * failure. (kubeflow's operator shares one counter between both, never resets it and measures from the submission.)
 */

import type { RestartPolicy } from "../../api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { secondsSince, timestamp } from "../../kube/Time.ts"
import { again } from "../../runtime/Next.ts"
import { lastAttempt } from "./Attempts.ts"
import type { Situation } from "./Situation.ts"
import { inState, type Step, step, warning, without } from "./Step.ts"

/** What failed. */
export type Failed = "run" | "submission"

/** Seconds between tries if the application sets none; kubeflow's default. */
const defaultInterval = 5
/** `Always` has no budget, so its interval doubles with every failure in a row, up to this. */
const longestInterval = 300

/**
 * Seconds to wait before the next try, or undefined when there is no further one.
 * `failures` counts this failure too: `OnFailure` with N retries allows N + 1 tries. Runs count until the spec changes, submissions
 * until one is accepted.
 */
export const retryAfter = (policy: RestartPolicy, failed: Failed, failures: number): number | undefined => {
  const interval =
    (failed === "run" ? policy.onFailureRetryInterval : policy.onSubmissionFailureRetryInterval) ?? defaultInterval
  switch (policy.type ?? "Never") {
    case "Never":
      return undefined
    case "OnFailure": {
      const retries = (failed === "run" ? policy.onFailureRetries : policy.onSubmissionFailureRetries) ?? 0
      return failures <= retries ? interval : undefined
    }
    case "Always":
      return Math.max(interval, Math.min(interval * 2 ** Math.min(failures - 1, 16), longestInterval))
  }
}

/** After a run of at least this many seconds, the failures before it no longer slow down `Always`. */
export const healthyRunSeconds = 600

/** Failed runs that count, with the one that failed last. */
export const failuresOf = ({ runFailures }: SparkApplicationStatus): number => Math.max(1, runFailures ?? 0)

/** The end of the last run, as far as it is known; else now. */
export const endOf = ({ status, now }: Pick<Situation, "status" | "now">): string =>
  lastAttempt(status)?.finishTime ?? status.applicationState.since ?? timestamp(now)

/** Seconds until the run after one that failed; undefined if there is none. A change of the restart policy applies at once. */
export const untilRetry = (s: Situation): number | undefined => {
  const wait = retryAfter(s.desired.restartPolicy, "run", failuresOf(s.status))
  return wait === undefined ? undefined : Math.max(0, wait - secondsSince(s.status.terminationTime || endOf(s), s.now))
}

/** State FAILED, after a run or a submission that failed. */
export const givenUp = (s: Situation): Step => {
  const message = s.status.applicationState.errorMessage ?? lastAttempt(s.status)?.message
  const status = { ...inState(s.status, "FAILED", message), terminationTime: s.status.terminationTime || endOf(s) }
  const why = message ?? "no reason is known"
  return step(without(status, "nextRetryTime"), again, {
    events: [warning("SparkApplicationFailed", `SparkApplication ${s.name} failed: ${why}`)],
  })
}
