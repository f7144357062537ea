/**
 * Errors of the API server: an HTTP code with Kubernetes' machine-readable reason and its wording, which users and clients
 * match on. `status` makes the `Status` object that is sent. `ConnectionLost` is what a client sees when there is no answer;
 * only injected faults cause it.
 */

import { Schema } from "effect"
import { type Fields, defined } from "./ApiObject.ts"
import type { ResourceKind } from "./ResourceKind.ts"

export class ApiError extends Schema.TaggedError<ApiError>()("ApiError", {
  code: Schema.Int,
  /** `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, … */
  reason: Schema.String,
  message: Schema.String,
  details: Schema.optionalKey(Schema.Unknown),
  /** Seconds, sent as `Retry-After`. */
  retryAfter: Schema.optionalKey(Schema.Finite),
}) {}

export class ConnectionLost extends Schema.TaggedError<ConnectionLost>()("ConnectionLost", {}) {}

/** One problem of one field; `message` is Kubernetes' text without the path. */
export interface FieldError {
  readonly reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueTypeInvalid"
    | "FieldValueNotSupported"
    | "FieldValueForbidden"
    | "FieldValueDuplicate"
    | "FieldValueNotFound"
    | "FieldValueTooLong"
    | "FieldValueTooMany"
  readonly field: string
  readonly message: string
}

export const required = (field: string, detail = ""): FieldError => ({
  reason: "FieldValueRequired",
  field,
  message: detail === "" ? "Required value" : `Required value: ${detail}`,
})

export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  reason: "FieldValueInvalid",
  field,
  message: `Invalid value: ${JSON.stringify(value ?? "")}: ${detail}`,
})

export const forbidden = (field: string, detail: string): FieldError => ({
  reason: "FieldValueForbidden",
  field,
  message: `Forbidden: ${detail}`,
})

export const unsupported = (field: string, value: unknown, supported: ReadonlyArray<unknown>): FieldError => ({
  reason: "FieldValueNotSupported",
  field,
  message: `Unsupported value: ${JSON.stringify(value ?? "")}: supported values: ${supported.map((one) => JSON.stringify(one)).join(", ")}`,
})

/** The names of a kind that errors contain. */
type Named = Pick<ResourceKind, "group" | "plural">

const qualified = (kind: Named) => (kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`)
const detailsOf = (kind: Named, name: string) =>
  defined({ name, group: kind.group === "" ? undefined : kind.group, kind: kind.plural })

const failure = (code: number, reason: string, message: string, details?: Fields): ApiError =>
  new ApiError({ code, reason, message, ...(details === undefined ? {} : { details }) })

export const notFound = (kind: Named, name: string): ApiError =>
  failure(404, "NotFound", `${qualified(kind)} "${name}" not found`, detailsOf(kind, name))

/** A path or a kind that the server does not serve. */
export const unknownResource = (): ApiError =>
  failure(404, "NotFound", "the server could not find the requested resource", {})

export const alreadyExists = (kind: ResourceKind, name: string): ApiError =>
  failure(409, "AlreadyExists", `${qualified(kind)} "${name}" already exists`, detailsOf(kind, name))

export const conflict = (kind: Named, name: string, why: string): ApiError =>
  failure(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${qualified(kind)} "${name}": ${why}`,
    detailsOf(kind, name),
  )

export const modified = (kind: ResourceKind, name: string): ApiError =>
  conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again")

export const invalid = (
  kind: Named & Pick<ResourceKind, "kind">,
  name: string,
  errors: ReadonlyArray<FieldError>,
): ApiError => {
  const lines = errors.map((error) => `${error.field}: ${error.message}`)
  const title = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`
  return failure(
    422,
    "Invalid",
    `${title} "${name}" is invalid: ${lines.length === 1 ? lines[0] : `[${lines.join(", ")}]`}`,
    {
      ...defined({ ...detailsOf(kind, name), name: name === "" ? undefined : name }),
      kind: kind.kind,
      causes: errors,
    },
  )
}

export const forbiddenRequest = (
  kind: ResourceKind,
  name: string,
  why: string,
  causes?: ReadonlyArray<Fields>,
): ApiError =>
  failure(
    403,
    "Forbidden",
    `${qualified(kind)} "${name}" is forbidden: ${why}`,
    defined({ ...detailsOf(kind, name), causes }),
  )

export const badRequest = (message: string): ApiError => failure(400, "BadRequest", message)

export const expired = (message: string): ApiError => failure(410, "Expired", message)

/** A list was requested at a resource version that does not exist yet. */
export const tooLargeVersion = (asked: number, current: number): ApiError =>
  failure(504, "Timeout", `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  })

export const tooLarge = (message = "Request entity too large: limit is 3145728"): ApiError =>
  failure(413, "RequestEntityTooLarge", message)

export const methodNotAllowed = (): ApiError =>
  failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})

export const unsupportedMediaType = (accepted: ReadonlyArray<string>): ApiError =>
  failure(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  )

const reasons: Record<number, string> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Expired",
  422: "Invalid",
  429: "TooManyRequests",
  503: "ServiceUnavailable",
  504: "Timeout",
}

/** An error of the given code with the reason that belongs to it in Kubernetes, or another one; 500 has none. */
export const answer = (code: number, message: string, retryAfter?: number, reason = reasons[code] ?? ""): ApiError =>
  new ApiError({
    code,
    reason,
    message,
    ...(retryAfter === undefined ? {} : { retryAfter, details: { retryAfterSeconds: retryAfter } }),
  })

/** The `Status` object of an error. */
export const status = (error: ApiError): Fields => ({
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Failure",
  message: error.message,
  ...(error.reason === "" ? {} : { reason: error.reason }),
  ...(error.details === undefined ? {} : { details: error.details }),
  code: error.code,
})
