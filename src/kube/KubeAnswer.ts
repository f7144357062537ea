/**
 * What an answer of the API server means: a `KubeError` from status code, headers and `Status` body, and objects without
 * unused bookkeeping. Pure.
 */

import { Option, Predicate, Schema } from "effect"
import { KubeError, type KubeErrorReason } from "./KubeError.ts"
import { shareTexts } from "./protobuf/SharedText.ts"
import type { KubeObject } from "./Resource.ts"

/** `meta/v1` Status: the fields that describe an error. */
const Status = Schema.Struct({
  code: Schema.optionalKey(Schema.Int),
  reason: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String),
  details: Schema.optionalKey(Schema.NullOr(Schema.Struct({ retryAfterSeconds: Schema.optionalKey(Schema.Finite) }))),
})
const decodeStatus = Schema.decodeUnknownOption(Status)

/**
 * The error of an unsuccessful answer. `body` is the parsed JSON, or the text if it is not JSON; `retryAfter` is the
 * unparsed header (seconds; dates are ignored, the API server sends none).
 */
export const errorOf = (request: string, status: number, body: unknown, retryAfter?: string | undefined): KubeError => {
  const details = Option.getOrElse(decodeStatus(body), (): typeof Status.Type => ({}))
  const header = retryAfter === undefined ? Number.NaN : Number(retryAfter)
  const seconds = Number.isFinite(header) ? header : details.details?.retryAfterSeconds
  const unserved = status === 404 && (details.message === undefined || details.message === unknownPath)
  return new KubeError({
    reason: reasonOf(status, details.reason, seconds),
    request,
    message: unserved || details.message === undefined ? inPlainText(request, status, body) : details.message,
    status,
    ...(unserved ? { unserved } : {}),
    ...(seconds === undefined ? {} : { retryAfter: Math.max(0, seconds) }),
  })
}

/** The message of a `Status` about a path that is not served. */
const unknownPath = "the server could not find the requested resource"

/** For an answer without a `Status`. `404 page not found`, for a path that is not served, does not name the resource. */
const inPlainText = (request: string, status: number, body: unknown): string => {
  const text = Predicate.isString(body) ? body.trim().slice(0, 500) : ""
  if (status === 404) {
    return `the API server does not know this resource (${request}); is its CustomResourceDefinition installed?`
  }
  return text === "" ? `HTTP ${status}` : text
}

/** A server error that says when to retry (`ServerTimeout`, a 503 with `Retry-After`) counts as throttling, too. */
const reasonOf = (status: number, reason: string | undefined, retryAfter: number | undefined): KubeErrorReason => {
  switch (status) {
    case 401:
    case 403:
      return "Forbidden"
    case 404:
      return "NotFound"
    case 409:
      return reason === "AlreadyExists" ? "AlreadyExists" : "Conflict"
    case 410:
      return "Gone"
    case 429:
      return "Throttled"
    case 408:
      return "Unavailable"
    case 504:
      // "Too large resource version": the replica behind the load balancer lags; it says when to retry.
      return retryAfter === undefined ? "Unavailable" : "Throttled"
    default:
      if (status >= 500) return retryAfter === undefined ? "Unavailable" : "Throttled"
      return "Invalid"
  }
}

/** The error of an `ERROR` line of a watch; `Expired` without a code is 410, too. */
export const watchErrorOf = (request: string, object: unknown): KubeError => {
  const status = Option.getOrElse(decodeStatus(object), (): typeof Status.Type => ({}))
  return errorOf(request, status.code ?? (status.reason === "Expired" || status.reason === "Gone" ? 410 : 500), object)
}

/**
 * The object without `metadata.managedFields`, often half of its bytes, and with texts that other objects have, too, as the same strings.
 * Changes the object, which was just parsed.
 */
export const trimmed = <A extends KubeObject>(object: A): A => {
  if (object.metadata?.managedFields !== undefined) delete object.metadata.managedFields
  return shareTexts(object)
}

/** The JSON value of `text`, or the text itself if it is not JSON (such as the error page of a proxy). */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
