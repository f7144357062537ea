/** Log lines in the shape of OTLP: the text as body, everything else as attributes, and the ids of the trace. */

import { Cause, type Logger, type LogLevel } from "effect"
import type { LogsData } from "effect/observability/OtlpLogger"
import { entriesToAttributes } from "effect/observability/OtlpResource"
import { logEntry, textOf } from "./LogEntry.ts"

export type OtlpLog = NonNullable<LogsData["resourceLogs"][number]["scopeLogs"][number]["logRecords"]>[number]

/** https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const severities: Partial<Record<LogLevel.LogLevel, NonNullable<OtlpLog["severityNumber"]>>> = {
  Trace: 1,
  Debug: 5,
  Info: 9,
  Warn: 13,
  Error: 17,
  Fatal: 21,
}

export const otlpLog = (options: Logger.Options<unknown>): OtlpLog => {
  const { time, level, message, fields, trace, cause } = logEntry(options)
  const at = String(BigInt(time.getTime()) * 1_000_000n)
  return {
    timeUnixNano: at,
    observedTimeUnixNano: at,
    severityNumber: severities[level] ?? 0,
    severityText: level.toUpperCase(),
    body: { stringValue: message },
    attributes: entriesToAttributes(
      Object.entries({ ...fields, ...exception(cause) }).map(([key, value]) => [key, plain(value)]),
    ),
    droppedAttributesCount: 0,
    ...(trace === undefined ? {} : { traceId: trace.trace_id, spanId: trace.span_id }),
  }
}

const exception = (cause: Cause.Cause<unknown> | undefined): Readonly<Record<string, string>> => {
  const [error] = cause === undefined ? [] : Cause.prettyErrors(cause)
  return cause === undefined || error === undefined
    ? {}
    : {
        "exception.type": error.name,
        "exception.message": error.message,
        "exception.stacktrace": Cause.pretty(cause),
      }
}

/** A value that every backend can store and search. */
const plain = (value: unknown): string | number | boolean =>
  typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
    ? value
    : textOf(value)
