/** The one error of the Kubernetes API: what was asked, and a `reason` that says what to do about it. */

import { Schema } from "effect"

/**
 * - `NotFound` 404 · `AlreadyExists` 409 on create · `Conflict` 409 on write · `Gone` 410 or an expired watch
 * - `Invalid` 400/422: the request can never succeed as it is · `Forbidden` 401/403 (also quota: see `message`)
 * - `Throttled` 429, `retryAfter` in seconds when the server said so
 * - `Unavailable` 5xx · `Timeout` our deadline passed · `Transport` no answer at all · `Decode` an answer that is no JSON
 */
export const KubeErrorReason = Schema.Literals([
  "NotFound",
  "AlreadyExists",
  "Conflict",
  "Gone",
  "Invalid",
  "Forbidden",
  "Throttled",
  "Unavailable",
  "Timeout",
  "Transport",
  "Decode",
])
export type KubeErrorReason = typeof KubeErrorReason.Type

export class KubeError extends Schema.TaggedError<KubeError>()("KubeError", {
  reason: KubeErrorReason,
  /** `create pods default/spark-pi-driver`: verb, plural, namespace/name. */
  request: Schema.String,
  /** The server's `Status.message`, or what went wrong on the way. */
  message: Schema.String,
  /** HTTP status code, if there was an answer. */
  status: Schema.optionalKey(Schema.Int),
  /** Seconds, from `Retry-After`. */
  retryAfter: Schema.optionalKey(Schema.Finite),
  /** What went wrong below, when there was no answer. */
  cause: Schema.optionalKey(Schema.Defect()),
}) {}

const oneOf = (...reasons: ReadonlyArray<KubeErrorReason>) => {
  const set: ReadonlySet<KubeErrorReason> = new Set(reasons)
  return ({ reason }: Pick<KubeError, "reason">): boolean => set.has(reason)
}

/** Did the request certainly change nothing? After any other error it may have been carried out, and only its answer was lost. */
export const changedNothing = oneOf(
  "NotFound",
  "AlreadyExists",
  "Conflict",
  "Gone",
  "Invalid",
  "Forbidden",
  "Throttled",
)

/** Will the same request fail again until somebody changes something? On create, `NotFound` says that the namespace is gone. */
export const isPermanent = oneOf("Invalid", "Forbidden", "NotFound")

/** May the same request succeed later without any change: is the server, or the network, in trouble or too busy? */
export const isTransient = oneOf("Throttled", "Unavailable", "Timeout", "Transport")

/** Is the object not the one that the request was about: deleted, recreated or changed since it was read? */
export const isStale = oneOf("Conflict", "NotFound")
