/** The one error of the Kubernetes API: the request, and a `reason` from which callers decide what to do. */

import { Schema } from "effect"

/**
 * - `NotFound` 404 · `AlreadyExists` 409 on create · `Conflict` 409 on write · `Gone` 410 or an expired watch
 * - `Invalid` 400/422: the request can never succeed as it is · `Forbidden` 401/403 (also quota: see `message`)
 * - `Throttled` 429, `retryAfter` in seconds if the server sent it
 * - `Unavailable` 5xx · `Timeout` our deadline passed · `Transport` no answer at all · `Decode` an answer that is not JSON
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
  /** The server's `Status.message`, or what went wrong before an answer arrived. */
  message: Schema.String,
  /** HTTP status code, if there was an answer. */
  status: Schema.optionalKey(Schema.Int),
  /** With `NotFound`: not an object is missing, but its kind; the API server does not serve the path at all. */
  unserved: Schema.optionalKey(Schema.Boolean),
  /** Seconds, from `Retry-After`. */
  retryAfter: Schema.optionalKey(Schema.Finite),
  /** The error of the connection, if there was no answer. */
  cause: Schema.optionalKey(Schema.Defect()),
}) {}

const oneOf = (...reasons: ReadonlyArray<KubeErrorReason>) => {
  const set: ReadonlySet<KubeErrorReason> = new Set(reasons)
  return ({ reason }: Pick<KubeError, "reason">): boolean => set.has(reason)
}

/** Whether the request certainly changed nothing. After any other error it may have been carried out, and only its answer was lost. */
export const changedNothing = oneOf(
  "NotFound",
  "AlreadyExists",
  "Conflict",
  "Gone",
  "Invalid",
  "Forbidden",
  "Throttled",
)

/** Whether the same request fails again until something is changed. On create, `NotFound` means that the namespace does not exist. */
export const isPermanent = oneOf("Invalid", "Forbidden", "NotFound")

/** Whether the same request may succeed later without any change: the server or the network is in trouble or overloaded. */
export const isTransient = oneOf("Throttled", "Unavailable", "Timeout", "Transport")

/** Whether the object was deleted, recreated or changed since it was read. */
export const isStale = oneOf("Conflict", "NotFound")
