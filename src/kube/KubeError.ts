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
}) {}
