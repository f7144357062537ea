/**
 * Whether and when a failed application is retried. Runs and submissions have separate budgets, and waiting is measured from the
 * failure. (kubeflow's operator shares one counter between both, never resets it and measures from the submission.)
 */

import type { RestartPolicy } from "../../api/application/SparkApplication.ts"

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
