/**
 * Two loggers: one JSON object per line for machines, and lines for people. Both write through a function they are given,
 * so that the process decides where logs go (standard error, or a file behind a terminal view) and tests can read them.
 */
import { Cause, Inspectable, Layer, Logger, Predicate, References } from "effect"
import type { LogLevel } from "effect"
import { type Paint, paint } from "./Paint.ts"

export type LogFormat = "json" | "pretty"
export interface LoggingOptions {
  readonly format: LogFormat
  readonly level: "trace" | "debug" | "info" | "warn" | "error"
  readonly colors: boolean
  /** Takes one line, with its line break. */
  readonly write: (line: string) => void
}

const severities = { trace: "Trace", debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

/** Replaces the loggers of the program and sets the least level that they see. */
export const loggingLayer = (options: LoggingOptions): Layer.Layer<never> =>
  Layer.merge(
    Logger.layer([options.format === "json" ? jsonLogger(options.write) : prettyLogger(options.write, options.colors)]),
    Layer.succeed(References.MinimumLogLevel, severities[options.level]),
  )

/** The parts that both formats show. */
interface Entry {
  readonly time: string
  readonly level: LogLevel.LogLevel
  readonly message: string
  /** The annotations, and the plain objects that were logged beside the message. */
  readonly fields: Readonly<Record<string, unknown>>
  /** `trace_id` and `span_id` inside a sampled span: they lead machines to the trace and only disturb people. */
  readonly trace: Readonly<Record<string, string>>
  readonly cause: string | undefined
}

const entry = ({ date, logLevel, message, cause, fiber }: Logger.Options<unknown>): Entry => {
  const span = fiber.cache.span
  const parts: ReadonlyArray<unknown> = Array.isArray(message) ? message : [message]
  return {
    time: date.toISOString(),
    level: logLevel,
    message: parts
      .filter((part) => !isFields(part))
      .map(textOf)
      .join(" "),
    fields: Object.assign({}, fiber.getRef(References.CurrentLogAnnotations), ...parts.filter(isFields)),
    trace: span?.sampled === true ? { trace_id: span.traceId, span_id: span.spanId } : {},
    cause: cause.reasons.length === 0 ? undefined : Cause.pretty(cause),
  }
}

const isFields = (part: unknown): part is Readonly<Record<string, unknown>> =>
  Predicate.isObject(part) && Object.getPrototypeOf(part) === Object.prototype

const textOf = (part: unknown): string =>
  typeof part === "string"
    ? part
    : part instanceof Error
      ? (part.stack ?? part.message)
      : Inspectable.toStringUnknown(part, 0)

/** `{"time":…,"level":"info","msg":…}` and the annotations as further fields; one that has a reserved name gets a `_` in front. */
const jsonLogger = (write: (line: string) => void): Logger.Logger<unknown, void> =>
  Logger.make((options) => {
    const { time, level, message, fields, trace, cause } = entry(options)
    const line: Record<string, unknown> = { time, level: level.toLowerCase(), msg: message }
    for (const [key, value] of Object.entries({ ...fields, ...trace })) {
      line[key in line ? `_${key}` : key] = plain(value)
    }
    if (cause !== undefined) line["cause"] = cause
    write(`${JSON.stringify(line)}\n`)
  })

/** What JSON can hold, so that a strange annotation cannot lose the line. */
const plain = (value: unknown): unknown =>
  typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)
    ? value
    : Inspectable.toStringUnknown(value, 0)

const levelColors: Partial<Record<LogLevel.LogLevel, Paint>> = {
  Fatal: "red",
  Error: "red",
  Warn: "yellow",
  Info: "green",
}

/** `12:30:05.123 INFO  message key=value`, in UTC; the cause of an error follows indented. */
const prettyLogger = (write: (line: string) => void, colors: boolean): Logger.Logger<unknown, void> =>
  Logger.make((options) => {
    const { time, level, message, fields, cause } = entry(options)
    const pairs = Object.entries(fields).map(([key, value]) => ` ${paint("dim", `${key}=`, colors)}${textOf(value)}`)
    const details = cause === undefined ? "" : `\n${cause.replace(/^/gm, "    ")}`
    const name = paint(levelColors[level] ?? "dim", level.toUpperCase().padEnd(5), colors)
    write(`${paint("dim", time.slice(11, 23), colors)} ${name} ${message}${pairs.join("")}${details}\n`)
  })
