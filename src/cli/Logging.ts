/**
 * Two loggers: one JSON object per line for machines, and lines for people. Both write through a function, which decides where the log
 * goes: to standard error, or to a file while the terminal shows a view.
 */

import { openSync, writeSync } from "node:fs"
import { Cause, Inspectable, Layer, Logger, References } from "effect"
import type { LogLevel } from "effect"
import type { LogSettings } from "../settings/LogSettings.ts"
import { logEntry, textOf } from "../telemetry/otlp/LogEntry.ts"
import type { Host } from "./Host.ts"
import { type Paint, paint } from "./Paint.ts"

export interface LoggingOptions {
  readonly format: "json" | "pretty"
  readonly level: LogSettings["level"]
  readonly colors: boolean
  /** Takes one line, with its line break. */
  readonly write: (line: string) => void
}

const severities = { trace: "Trace", debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

/** Logs to standard error, or to `file`, which is emptied first. */
export const layerOf = (host: Host, { format, level }: LogSettings, file?: string): Layer.Layer<never> => {
  const descriptor = file === undefined ? undefined : openSync(file, "w")
  const forPeople = format === "pretty" || (format === "auto" && (host.stderr.isTerminal || file !== undefined))
  return loggingLayer({
    format: forPeople ? "pretty" : "json",
    level,
    colors: descriptor === undefined && host.stderr.colors,
    write: (line) => (descriptor === undefined ? host.stderr.write(line) : writeSync(descriptor, line)),
  })
}

/** Replaces the loggers of the program and sets the lowest level that is logged. */
export const loggingLayer = (options: LoggingOptions): Layer.Layer<never> =>
  Layer.merge(
    Logger.layer([options.format === "json" ? jsonLogger(options.write) : prettyLogger(options.write, options.colors)]),
    Layer.succeed(References.MinimumLogLevel, severities[options.level]),
  )

/** `{"time":…,"level":"info","msg":…}` and the annotations as further fields; one with a reserved name gets the prefix `_`. */
const jsonLogger = (write: (line: string) => void): Logger.Logger<unknown, void> =>
  Logger.make((options) => {
    const { time, level, message, fields, trace, cause } = logEntry(options)
    const line: Record<string, unknown> = { time: time.toISOString(), level: level.toLowerCase(), msg: message }
    for (const [key, value] of Object.entries({ ...fields, ...trace })) {
      line[key in line ? `_${key}` : key] = plain(value)
    }
    if (cause !== undefined) line["cause"] = Cause.pretty(cause)
    write(`${JSON.stringify(line)}\n`)
  })

/** A value that JSON can represent: an annotation of any other type must not make the line fail. */
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

/** `12:30:05.123 INFO  message key=value`, in UTC; the cause of an error follows, indented. Trace ids are left out. */
const prettyLogger = (write: (line: string) => void, colors: boolean): Logger.Logger<unknown, void> =>
  Logger.make((options) => {
    const { time, level, message, fields, cause } = logEntry(options)
    const pairs = Object.entries(fields).map(([key, value]) => ` ${paint("dim", `${key}=`, colors)}${textOf(value)}`)
    const details = cause === undefined ? "" : `\n${Cause.pretty(cause).replace(/^/gm, "    ")}`
    const name = paint(levelColors[level] ?? "dim", level.toUpperCase().padEnd(5), colors)
    write(`${paint("dim", time.toISOString().slice(11, 23), colors)} ${name} ${message}${pairs.join("")}${details}\n`)
  })
