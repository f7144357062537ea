/**
 * When a failed key is retried: a table from the error's reason to a first and a longest pause. Pure and deterministic;
 * the jitter comes from the key, so that keys that failed together are not retried together.
 */

import { Hash } from "effect"
import type { KubeError, KubeErrorReason } from "../kube/KubeError.ts"

/** Seconds; the pause doubles with every failure in a row from `first` to `longest`. */
interface Backoff {
  readonly first: number
  readonly longest: number
}

const quick: Backoff = { first: 0.05, longest: 5 }
const steady: Backoff = { first: 0.5, longest: 60 }
/** Only a change helps, and a change reconciles the key anyway; retried all the same, so that nothing is stuck forever. */
const slow: Backoff = { first: 10, longest: 300 }

const table: Readonly<Record<KubeErrorReason, Backoff>> = {
  // The cache was behind: the newer version will arrive soon.
  Conflict: quick,
  AlreadyExists: quick,
  NotFound: quick,
  Gone: quick,
  // Server or network trouble: back off.
  Throttled: { first: 1, longest: 60 },
  Unavailable: steady,
  Timeout: steady,
  Transport: steady,
  Decode: steady,
  // Permissions or quota: an administrator has to act, and no watch shows when.
  Forbidden: { first: 5, longest: 120 },
  Invalid: slow,
}

/** A bug that one key triggers will probably be triggered again: retry slowly. */
const defectBackoff: Backoff = { first: 1, longest: 300 }

/**
 * Seconds until `key` is retried after its `failures`-th failure in a row (1 is the first). Never shorter than the
 * server's `Retry-After`.
 */
export const retryAfter = (error: KubeError, failures: number, key: string): number =>
  Math.max(error.retryAfter ?? 0, 0) + pause(table[error.reason], failures, key)

/** The same for a reconcile that died. */
export const retryAfterDefect = (failures: number, key: string): number => pause(defectBackoff, failures, key)

/** Between 75 % and 125 % of the pause, the same for the same key and number of failures. */
const pause = ({ first, longest }: Backoff, failures: number, key: string): number => {
  const exponent = Math.min(Math.max(failures, 1) - 1, 30)
  const jitter = 0.75 + (Math.abs(Hash.string(`${key}#${failures}`)) % 1000) / 2000
  return Math.min(longest, first * 2 ** exponent) * jitter
}
