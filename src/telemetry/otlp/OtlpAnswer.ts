/**
 * The answer of a backend to an export over OTLP, and what it means for the batch: accepted, accepted in part, rejected, or to be
 * retried. https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */

export type Verdict =
  | { readonly _tag: "Accepted" }
  | { readonly _tag: "Partial"; readonly rejected: number; readonly reason: string }
  /** Sending it again would give the same answer. */
  | { readonly _tag: "Refused"; readonly reason: string }
  /** `after`: milliseconds that the backend asks to wait. */
  | { readonly _tag: "Busy"; readonly reason: string; readonly after: number | undefined }

export interface Answer {
  readonly status: number
  readonly contentType: string | undefined
  readonly retryAfter: string | undefined
  readonly body: Uint8Array
}

/** The statuses that the specification allows to be retried. */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** `now`: epoch milliseconds, for a `Retry-After` that is a date. */
export const verdictOf = ({ status, contentType, retryAfter, body }: Answer, now: number): Verdict => {
  if (status >= 200 && status < 300) return success(contentType ?? "", body)
  const text = printable(body)
  const reason = `HTTP ${status}${text ? `: ${text}` : ""}`
  return retryable.has(status)
    ? { _tag: "Busy", reason, after: pause(retryAfter, now) }
    : { _tag: "Refused", reason: status >= 300 && status < 400 ? `${reason} (redirects are not followed)` : reason }
}

/** Others than a backend, such as a proxy's login page, may also answer 200; the batch is lost then. */
const success = (contentType: string, body: Uint8Array): Verdict => {
  if (body.length === 0) return { _tag: "Accepted" }
  const partial = contentType.startsWith("application/json") ? partialOfJson(body) : partialOfProtobuf(body)
  if (partial === undefined) {
    return {
      _tag: "Refused",
      reason: `the answer is not OTLP (${contentType || "no content type"}): ${printable(body)}`,
    }
  }
  const { rejected, message } = partial
  return rejected === 0 && message === ""
    ? { _tag: "Accepted" }
    : { _tag: "Partial", rejected, reason: message || "no reason given" }
}

interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

const none: PartialSuccess = { rejected: 0, message: "" }

const partialOfJson = (body: Uint8Array): PartialSuccess | undefined => {
  try {
    const answer: unknown = JSON.parse(new TextDecoder().decode(body))
    if (typeof answer !== "object" || answer === null) return undefined
    const partial: unknown = "partialSuccess" in answer ? answer.partialSuccess : undefined
    if (typeof partial !== "object" || partial === null) return none
    const fields = new Map<string, unknown>(Object.entries(partial))
    const rejected = Number(fields.get("rejectedSpans") ?? fields.get("rejectedLogRecords") ?? 0)
    return { rejected: Number.isFinite(rejected) ? rejected : 0, message: String(fields.get("errorMessage") ?? "") }
  } catch {
    return undefined
  }
}

/** `Export…ServiceResponse { partial_success = 1 { rejected = 1, error_message = 2 } }`, the same for every signal. */
const partialOfProtobuf = (body: Uint8Array): PartialSuccess | undefined => {
  const message = fieldsOf(body)
  if (message === undefined) return undefined
  const partial = message.get(1)
  if (partial === undefined) return none
  const fields = partial instanceof Uint8Array ? fieldsOf(partial) : undefined
  if (fields === undefined) return undefined
  const rejected = fields.get(1)
  const text = fields.get(2)
  return {
    rejected: typeof rejected === "number" ? rejected : 0,
    message: text instanceof Uint8Array ? new TextDecoder().decode(text) : "",
  }
}

/** The last value of each field of a protobuf message; undefined if the bytes are not one. */
const fieldsOf = (bytes: Uint8Array): ReadonlyMap<number, number | Uint8Array> | undefined => {
  const fields = new Map<number, number | Uint8Array>()
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 10; shift++) {
      const byte = bytes[at++]
      if (byte === undefined) return Number.NaN
      value += (byte & 0x7f) * 2 ** (7 * shift)
      if (byte < 0x80) return value
    }
    return Number.NaN
  }
  while (at < bytes.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    if (!(field >= 1)) return undefined
    switch (tag % 8) {
      case 0: {
        const value = varint()
        if (Number.isNaN(value)) return undefined
        fields.set(field, value)
        break
      }
      case 1:
        at += 8
        break
      case 2: {
        const length = varint()
        if (!(at + length <= bytes.length)) return undefined
        fields.set(field, bytes.subarray(at, at + length))
        at += length
        break
      }
      case 5:
        at += 4
        break
      default:
        return undefined
    }
  }
  return at === bytes.length ? fields : undefined
}

/** `Retry-After` in milliseconds: seconds or a date; at most five minutes. */
const pause = (retryAfter: string | undefined, now: number): number | undefined => {
  if (retryAfter === undefined) return undefined
  const wait = /^\s*\d+\s*$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now
  return Number.isFinite(wait) ? Math.min(300_000, Math.max(0, wait)) : undefined
}

/** The beginning of a text on one line, without control characters. */
const printable = (body: Uint8Array): string =>
  new TextDecoder()
    .decode(body.subarray(0, 400))
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, 200)
