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

const quiet = () => {}

/** Once, when the first exporter is made. Nothing else listens to this log: what matters of it is logged by the operator itself. */
export const listen = (): void => {
  diag.setLogger(
    {
      error: quiet,
      warn: (...parts: ReadonlyArray<unknown>) => {
        diagnosed = answerOf(parts) ?? diagnosed
      },
      info: quiet,
      debug: quiet,
      verbose: quiet,
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}

const answerOf = (parts: ReadonlyArray<unknown>): Verdict | undefined => {
  const partial = parts.findIndex((part) => part === "Received Partial Success response:")
  if (partial >= 0) return partialOf(parts[partial + 1])
  const unreadable = parts.some((part) => typeof part === "string" && part.includes("could not deserialize response"))
  const body = parts.at(-1)
  if (!unreadable || !(body instanceof Uint8Array)) return undefined
  return jsonAnswer(body) ?? { _tag: "Refused", reason: `the answer is not OTLP: ${printable(textOf(body))}` }
}

/** Some backends answer in JSON what they were asked in protobuf. */
const jsonAnswer = (body: Uint8Array): Verdict | undefined => {
  try {
    const answer: unknown = JSON.parse(textOf(body))
    if (typeof answer !== "object" || answer === null) return undefined
    return "partialSuccess" in answer ? partialOf(JSON.stringify(answer.partialSuccess)) : accepted
  } catch {
    return undefined
  }
}

const accepted: Verdict = { _tag: "Accepted" }

const partialOf = (json: unknown): Verdict => {
  const fields = new Map<string, unknown>(Object.entries(JSON.parse(String(json)) ?? {}))
  const rejected = Number(
    fields.get("rejectedSpans") ?? fields.get("rejectedLogRecords") ?? fields.get("rejectedDataPoints") ?? 0,
  )
  const message = String(fields.get("errorMessage") ?? "")
  return rejected === 0 && message === ""
    ? accepted
    : {
        _tag: "Partial",
        rejected: Number.isFinite(rejected) ? rejected : 0,
        reason: printable(message) || "no reason given",
      }
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
  const isHttp = status !== undefined && status >= 100
  return { _tag: isHttp || isFinalInGrpc(status, error) ? "Refused" : "Busy", reason: reasonOf(error) }
}

export const noAnswer = (timeout: number): Verdict => ({ _tag: "Busy", reason: `no answer within ${timeout / 1000} s` })

/** CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS. https://opentelemetry.io/docs/specs/otlp/#failures */
const retryableInGrpc: ReadonlySet<number> = new Set([1, 4, 10, 11, 14, 15])
const resourceExhausted = 8

/** RESOURCE_EXHAUSTED passes only if the backend says when; otherwise the batch is too large for it. */
const isFinalInGrpc = (status: number | undefined, error: Error): boolean => {
  if (status === undefined) return false
  if (status !== resourceExhausted) return !retryableInGrpc.has(status)
  const metadata = "metadata" in error ? error.metadata : undefined
  const details =
    typeof metadata === "object" && metadata !== null && "getMap" in metadata && typeof metadata.getMap === "function"
      ? Object(metadata.getMap())
      : {}
  return !("grpc-status-details-bin" in details)
}

/** With HTTP's status and the text of the answer; the innermost cause has the useful message: `connect ECONNREFUSED 127.0.0.1:4318`. */
const reasonOf = (error: Error): string => {
  if ("code" in error && typeof error.code === "number" && error.code >= 100) {
    const text = printable("data" in error && typeof error.data === "string" ? error.data : "") || error.message
    const redirect = error.code < 400 ? " (redirects are not followed)" : ""
    return `HTTP ${error.code}${text === "" ? "" : `: ${text}`}${redirect}`
  }
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause
  return inner instanceof Error ? reasonOf(inner) : printable(error.message) || error.name
}

const textOf = (body: Uint8Array): string => new TextDecoder().decode(body.subarray(0, 4096))

/** The beginning of a text on one line, without control characters. */
const printable = (text: string): string =>
  text
    .slice(0, 400)
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, 200)
