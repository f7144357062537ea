/**
 * The view that local mode shows on a terminal: addresses, one line per application, schedule, Connect server and history server, and how to quit. Pure: the same rows
 * and window size give the same text, and the text never exceeds the window.
 */

import { type Paint, cut, fit, paint } from "../Paint.ts"
import type { TableStyle } from "../TextTable.ts"
import type { HistoryRow } from "./HistoryRow.ts"
import type { LocalRow } from "./Row.ts"
import type { ScheduleRow } from "./ScheduleRow.ts"
import type { ServerRow } from "./ServerRow.ts"
import { applicationTable, historyTable, scheduleTable, serverTable } from "./Table.ts"

/** What a user needs to access the cluster with other tools. Endpoints that are switched off are `undefined`. */
export interface LocalAddresses {
  /** Of the web console. */
  readonly console: string | undefined
  readonly api: string
  readonly metrics: string | undefined
  readonly healthz: string | undefined
  readonly readyz: string | undefined
  readonly kubeconfig: string
  /** Present when the logs go to a file. */
  readonly log: string | undefined
  /** Requested ports that were in use, so that the addresses have others. */
  readonly takenPorts: ReadonlyArray<number>
}

/** One line per address, and the line to paste into a shell. */
export const addressLines = (addresses: LocalAddresses, style: TableStyle): ReadonlyArray<string> => {
  const { takenPorts } = addresses
  const lines: ReadonlyArray<readonly [string, string | undefined]> = [
    ["console", addresses.console],
    ["Kubernetes API", addresses.api],
    ["metrics", addresses.metrics],
    ["health", addresses.healthz],
    ["readiness", addresses.readyz],
    ["logs", addresses.log],
    ["already in use", takenPorts.length === 0 ? undefined : `port ${takenPorts.join(", ")}`],
    ["kubectl", `export KUBECONFIG=${addresses.kubeconfig}`],
  ]
  const label = Math.min(16, style.width)
  return lines.flatMap(([name, value]) =>
    value === undefined ? [] : [paint("dim", fit(name, label), style.colors) + cut(value, style.width - label)],
  )
}

export interface ViewOptions {
  readonly title: string
  readonly addresses: LocalAddresses
  readonly colors: boolean
}

/** One row per object, by kind. */
export interface ViewRows {
  readonly applications: ReadonlyArray<LocalRow>
  readonly schedules: ReadonlyArray<ScheduleRow>
  readonly servers: ReadonlyArray<ServerRow>
  readonly histories: ReadonlyArray<HistoryRow>
}

export interface WindowSize {
  readonly columns: number
  readonly rows: number
}

/** Lines of a table for as many rows as fit, and how many were left out. */
const fitted = (table: ReadonlyArray<string>, space: number, line: (text: string) => string) => {
  const rows = table.length - 1
  if (rows <= space) return table
  const shown = table.slice(0, Math.max(1, space))
  return [...shown, line(`… and ${rows - (shown.length - 1)} more`)]
}

/**
 * The whole window, top to bottom. Rows that do not fit are counted in a last line; schedules, Connect servers and history servers have at
 * most a quarter of the lines each, and only if there are any.
 */
export const frame = (
  { title, addresses, colors }: ViewOptions,
  { applications, schedules, servers, histories }: ViewRows,
  window: WindowSize,
): ReadonlyArray<string> => {
  const style = { width: window.columns, colors }
  const line = (color: Paint, text: string) => paint(color, cut(text, style.width), colors)
  const top = [line("bold", title), "", ...addressLines(addresses, style), ""]
  const bottom = ["", line("dim", `${tally(applications)} · q: quit`)]
  const dim = (text: string) => line("dim", text)
  const space = Math.max(0, window.rows - top.length - bottom.length - 1)
  const quarter = (table: ReadonlyArray<string>) => ["", ...fitted(table, Math.floor(space / 4), dim)]
  const below = [
    ...(schedules.length === 0 ? [] : quarter(scheduleTable(schedules, style))),
    ...(servers.length === 0 ? [] : quarter(serverTable(servers, style))),
    ...(histories.length === 0 ? [] : quarter(historyTable(histories, style))),
  ]
  const table = fitted(applicationTable(applications, style), Math.max(0, space - below.length), dim)
  return [...top, ...table, ...below, ...bottom].slice(0, window.rows)
}

/** `9 applications: 4 COMPLETED, 3 RUNNING, 2 FAILED`, the most frequent state first. */
export const tally = (rows: ReadonlyArray<LocalRow>): string => {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(row.state, (counts.get(row.state) ?? 0) + 1)
  const parts = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([state, n]) => `${n} ${state}`)
  const noun = rows.length === 1 ? "application" : "applications"
  return parts.length === 0 ? "no applications" : `${rows.length} ${noun}: ${parts.join(", ")}`
}
