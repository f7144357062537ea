/** Log lines as records of OpenTelemetry: the text as body, everything else as attributes, and the ids of the trace. */

import { type LogRecord, ROOT_CONTEXT, SeverityNumber, trace as traces, TraceFlags } from "@opentelemetry/api"
import { Cause, type Logger, type LogLevel } from "effect"
import { logEntry, plain } from "./LogEntry.ts"

/** https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const severities: Partial<Record<LogLevel.LogLevel, SeverityNumber>> = {
  Trace: SeverityNumber.TRACE,
  Debug: SeverityNumber.DEBUG,
  Info: SeverityNumber.INFO,
  Warn: SeverityNumber.WARN,
  Error: SeverityNumber.ERROR,
  Fatal: SeverityNumber.FATAL,
}

export const logRecord = (options: Logger.Options<unknown>): LogRecord => {
  const { time, level, message, fields, trace, cause } = logEntry(options)
  return {
    timestamp: time,
    observedTimestamp: time,
    severityNumber: severities[level] ?? SeverityNumber.UNSPECIFIED,
    severityText: level.toUpperCase(),
    body: message,
    attributes: Object.fromEntries(
      Object.entries({ ...fields, ...exception(cause) }).map(([key, value]) => [key, plain(value)]),
    ),
    context:
      trace === undefined
        ? ROOT_CONTEXT
        : traces.setSpanContext(ROOT_CONTEXT, {
            traceId: trace.trace_id,
            spanId: trace.span_id,
            traceFlags: TraceFlags.SAMPLED,
          }),
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
