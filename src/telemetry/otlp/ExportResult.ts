/**
 * What the result of an export by OpenTelemetry's exporter means for its records: accepted, accepted in part, rejected, or worth another
 * try. https://opentelemetry.io/docs/specs/otlp/#failures
 *
 * The exporter reports a partial success, and an answer that is not OTLP (a login page, say), only to OpenTelemetry's diagnostic log, right
 * before it reports success; so this file listens there.
 */

import { diag, DiagLogLevel } from "@opentelemetry/api"

export type Verdict =
  | { readonly _tag: "Accepted" }
  | { readonly _tag: "Partial"; readonly rejected: number; readonly reason: string }
  /** Sending it again would give the same answer. */
  | { readonly _tag: "Refused"; readonly reason: string }
  | { readonly _tag: "Busy"; readonly reason: string }

/** OpenTelemetry's own, which is in a package that the operator does not import otherwise. */
export interface ExportResult {
  readonly code: number
  readonly error?: Error
}

/** What was diagnosed since the last result; in the same turn of the event loop. */
let diagnosed: Verdict | undefined

/** Once before the first export. Nothing else listens to this log: what matters of it is logged by the operator itself. */
export const listen = (): void => {
  const quiet = () => {}
  const warn = (...parts: ReadonlyArray<unknown>) => {
    diagnosed = answerOf(parts) ?? diagnosed
  }
  const options = { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true }
  diag.setLogger({ error: quiet, warn, info: quiet, debug: quiet, verbose: quiet }, options)
}

const answerOf = (parts: ReadonlyArray<unknown>): Verdict | undefined => {
  const body = parts.at(-1)
  if (parts.includes("Received Partial Success response:")) return partialOf(JSON.parse(String(body)))
  const unreadable = parts.some((part) => typeof part === "string" && part.includes("could not deserialize response"))
  if (!unreadable || !(body instanceof Uint8Array)) return undefined
  const text = new TextDecoder().decode(body.subarray(0, 4096))
  return jsonAnswer(text) ?? { _tag: "Refused", reason: `the answer is not OTLP: ${printable(text)}` }
}

/** Some backends answer requests in protobuf with JSON. */
const jsonAnswer = (text: string): Verdict | undefined => {
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer !== "object" || answer === null) return undefined
    return partialOf("partialSuccess" in answer ? answer.partialSuccess : undefined)
  } catch {
    return undefined
  }
}

const accepted: Verdict = { _tag: "Accepted" }

const partialOf = (partial: unknown): Verdict => {
  const fields = new Map<string, unknown>(Object.entries(partial ?? {}))
  const rejected = fields.get("rejectedSpans") ?? fields.get("rejectedLogRecords") ?? fields.get("rejectedDataPoints")
  const count = Number(rejected ?? 0) || 0
  const message = printable(String(fields.get("errorMessage") ?? ""))
  return count === 0 && message === ""
    ? accepted
    : { _tag: "Partial", rejected: count, reason: message || "no reason given" }
}

/** To be called where the exporter reports the result, before anything else runs. `timeout`: milliseconds. */
export const verdictOf = ({ code, error }: ExportResult, timeout: number): Verdict => {
  const answer = diagnosed
  diagnosed = undefined
  if (code === 0) return answer ?? accepted
  if (error === undefined) return { _tag: "Busy", reason: "unknown" }
  if (error.message === "Request timed out") return noAnswer(timeout)
  if (error.message === "Export failed with retryable status")
    return { _tag: "Busy", reason: "the backend is unavailable or overloaded (HTTP 429, 502, 503 or 504)" }
  const status = "code" in error && typeof error.code === "number" ? error.code : undefined
  const isFinal = status !== undefined && !retryableInGrpc.has(status)
  return { _tag: isFinal ? "Refused" : "Busy", reason: reasonOf(error, status) }
}

export const noAnswer = (timeout: number): Verdict => ({ _tag: "Busy", reason: `no answer within ${timeout / 1000} s` })

/** CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS. */
const retryableInGrpc: ReadonlySet<unknown> = new Set([1, 4, 10, 11, 14, 15])

/** With HTTP's status and the text of the answer; the innermost cause has the useful message: `connect ECONNREFUSED 127.0.0.1:4318`. */
const reasonOf = (error: Error, status: number | undefined): string => {
  if (status !== undefined && status >= 100) {
    const text = printable("data" in error && typeof error.data === "string" ? error.data : "") || error.message
    return `HTTP ${status}: ${text}${status < 400 ? " (redirects are not followed)" : ""}`
  }
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause
  return inner instanceof Error ? reasonOf(inner, undefined) : printable(error.message) || error.name
}

/** The beginning of a text on one line, without control characters. */
const printable = (text: string): string =>
  text
    .slice(0, 400)
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, 200)
