/**
 * A log line in its parts, the same for every destination: message, fields, and the trace it belongs to. A line with
 * the annotations `trace_id` and `span_id` belongs to that trace, any other to the current span.
 */

import { Cause, Inspectable, type Logger, type LogLevel, Predicate, References } from "effect"

export interface LogEntry {
  readonly time: Date
  readonly level: LogLevel.LogLevel
  readonly message: string
  /** The annotations, and the plain objects that were logged with the message. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly trace: { readonly trace_id: string; readonly span_id: string } | undefined
  readonly cause: Cause.Cause<unknown> | undefined
}

export const logEntry = ({ date, logLevel, message, cause, fiber }: Logger.Options<unknown>): LogEntry => {
  const parts: ReadonlyArray<unknown> = Array.isArray(message) ? message : [message]
  const logged = Object.assign({}, fiber.getRef(References.CurrentLogAnnotations), ...parts.filter(isFields))
  const { trace_id, span_id, ...fields }: Record<string, unknown> = Object.fromEntries(
    Object.entries(logged).filter(([, value]) => value !== undefined),
  )
  const span = fiber.cache.span
  return {
    time: date,
    level: logLevel,
    message: parts
      .filter((part) => !isFields(part))
      .map(textOf)
      .join(" "),
    fields,
    trace:
      typeof trace_id === "string" && typeof span_id === "string"
        ? { trace_id, span_id }
        : span?.sampled === true
          ? { trace_id: span.traceId, span_id: span.spanId }
          : undefined,
    cause: cause.reasons.length === 0 ? undefined : cause,
  }
}

const isFields = (part: unknown): part is Readonly<Record<string, unknown>> =>
  Predicate.isObject(part) && Object.getPrototypeOf(part) === Object.prototype

/** Anything as text; an error with its stack. */
export const textOf = (part: unknown): string =>
  typeof part === "string"
    ? part
    : part instanceof Error
      ? (part.stack ?? part.message)
      : Inspectable.toStringUnknown(part, 0)

/** A value that every backend can store and search. */
export const plain = (value: unknown): string | number | boolean =>
  typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
    ? value
    : textOf(value)
