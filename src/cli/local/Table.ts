/** Tables of local mode as text: the live table of each kind, and the summary of `--once`. Pure: rows and a width in, lines out. */

import type { Paint } from "../Paint.ts"
import { type Cell, table, type TableStyle } from "../TextTable.ts"
import type { HistoryRow } from "./HistoryRow.ts"
import type { LocalRow } from "./Row.ts"
import type { ScheduleRow } from "./ScheduleRow.ts"
import type { ServerRow } from "./ServerRow.ts"
import type { Verdict } from "./Verdict.ts"

/** The state of an object of any kind that is shown. */
type State = (LocalRow | ScheduleRow | ServerRow | HistoryRow)["state"]

const stateColors: Partial<Record<State, Paint>> = {
  RUNNING: "cyan",
  SUBMITTED: "blue",
  RESUMING: "blue",
  SUCCEEDING: "green",
  COMPLETED: "green",
  FAILING: "red",
  FAILED: "red",
  SUBMISSION_FAILED: "red",
  UNKNOWN: "red",
  PENDING_RERUN: "yellow",
  INVALIDATING: "yellow",
  SUSPENDING: "magenta",
  SUSPENDED: "magenta",
  Scheduled: "green",
  Suspended: "magenta",
  FailedValidation: "red",
  Provisioning: "blue",
  Ready: "green",
  NotReady: "yellow",
  Idle: "magenta",
  Failed: "red",
  Available: "green",
  Unavailable: "yellow",
  Stopped: "magenta",
  Invalid: "red",
}

/** The state in its colour. */
export const stateCell = (state: State): Cell => {
  const color = stateColors[state]
  return color === undefined ? { text: state } : { text: state, color }
}

/** `██████░░░░  60%` */
const bar = (progress: LocalRow["progress"]): string => {
  if (typeof progress !== "number") return progress ?? ""
  const full = Math.round(progress / 10)
  return `${"█".repeat(full)}${"░".repeat(10 - full)} ${String(progress).padStart(3)}%`
}

/** The name without the namespace `default`. */
export const shortKey = (key: string): string => key.replace(/^default\//, "")

/** One line per application under a header. */
export const applicationTable = (rows: ReadonlyArray<LocalRow>, style: TableStyle): ReadonlyArray<string> =>
  table(
    ["NAME", "STATE", "ATTEMPT", "EXECUTORS", "PROGRESS", "REASON"],
    rows.map((row) => [
      { text: shortKey(row.key) },
      stateCell(row.state),
      { text: row.attempt === 0 ? "" : String(row.attempt) },
      { text: row.executors },
      { text: bar(row.progress), color: row.progress === 100 ? "green" : "cyan" },
      { text: row.reason, color: row.state === "FAILED" ? "red" : "dim" },
    ]),
    style,
  )

/** One line per schedule under a header. */
export const scheduleTable = (rows: ReadonlyArray<ScheduleRow>, style: TableStyle): ReadonlyArray<string> =>
  table(
    ["SCHEDULE", "STATE", "WHEN", "NEXT RUN", "LAST RUN", "ACTIVE", "REASON"],
    rows.map((row) => [
      { text: shortKey(row.key) },
      stateCell(row.state),
      { text: row.schedule },
      { text: row.next },
      { text: row.last },
      { text: String(row.active) },
      { text: row.reason, color: row.state === "FailedValidation" ? "red" : "dim" },
    ]),
    style,
  )

/** One line per Connect server under a header. */
export const serverTable = (rows: ReadonlyArray<ServerRow>, style: TableStyle): ReadonlyArray<string> =>
  table(
    ["CONNECT SERVER", "STATE", "ATTEMPT", "EXECUTORS", "SESSIONS", "ENDPOINT", "REASON"],
    rows.map((row) => [
      { text: shortKey(row.key) },
      stateCell(row.state),
      { text: row.attempt === 0 ? "" : String(row.attempt) },
      { text: row.executors },
      { text: row.sessions },
      { text: row.endpoint },
      { text: row.reason, color: row.state === "Failed" ? "red" : "dim" },
    ]),
    style,
  )

/** One line per history server under a header. */
export const historyTable = (rows: ReadonlyArray<HistoryRow>, style: TableStyle): ReadonlyArray<string> =>
  table(
    ["HISTORY SERVER", "STATE", "PODS", "URL", "REASON"],
    rows.map((row) => [
      { text: shortKey(row.key) },
      stateCell(row.state),
      { text: row.pods },
      { text: row.url },
      { text: row.reason, color: row.state === "Invalid" ? "red" : "dim" },
    ]),
    style,
  )

/** One change of one object, if output is not a terminal: name, state, and the parts that are not empty. */
const change = (row: { readonly key: string; readonly state: State }, parts: ReadonlyArray<string>): string =>
  [shortKey(row.key).padEnd(24), row.state.padEnd(17), ...parts]
    .filter((part) => part !== "")
    .join("  ")
    .trimEnd()

/** A part of such a line, empty without a value: `attempt 1`. */
const part = (name: string, value: string | number): string => (value === "" || value === 0 ? "" : `${name} ${value}`)

/** `spark-pi  RUNNING  attempt 1  executors 1/2  42%`. */
export const changeLine = (row: LocalRow): string =>
  change(row, [
    part("attempt", row.attempt),
    part("executors", row.executors),
    typeof row.progress === "number" ? `${row.progress}%` : (row.progress ?? ""),
    row.reason,
  ])

/** `nightly  Scheduled  next 2026-11-30T03:00:00Z  last nightly-1764385200  active 1`. */
export const scheduleChangeLine = (row: ScheduleRow): string =>
  change(row, [part("next", row.next), part("last", row.last), part("active", row.active), row.reason])

/** `notebooks  Ready  attempt 1  executors 1/1  sessions 2 open, 1 running  sc://notebooks-server.default.svc:15002`. */
export const serverChangeLine = (row: ServerRow): string =>
  change(row, [
    part("attempt", row.attempt),
    part("executors", row.executors),
    part("sessions", row.sessions),
    row.endpoint,
    row.reason,
  ])

/** `history  Available  pods 1/1  http://history.default.svc:18080`. */
export const historyChangeLine = (row: HistoryRow): string => change(row, [part("pods", row.pods), row.url, row.reason])

/** The summary of `--once`: the expected and the actual state. */
export const verdictTable = (verdicts: ReadonlyArray<Verdict>, style: TableStyle): ReadonlyArray<string> =>
  table(
    ["", "NAME", "EXPECTED", "STATE", "ATTEMPTS", "DURATION", "REASON"],
    verdicts.map((verdict) => [
      verdict.met ? { text: "✓", color: "green" } : { text: "✗", color: "red" },
      { text: shortKey(verdict.row.key) },
      { text: verdict.expectedState },
      stateCell(verdict.row.state),
      {
        text:
          verdict.expectedAttempts === undefined || verdict.expectedAttempts === verdict.attempts
            ? String(verdict.attempts ?? "")
            : `${verdict.attempts} of ${verdict.expectedAttempts}`,
      },
      { text: verdict.seconds === undefined ? "" : `${verdict.seconds}s` },
      { text: verdict.row.reason, color: "dim" },
    ]),
    style,
  )
