/** `node bench/schedules/Table.ts < LINES`: the measurements of `schedules.ts`, one line of JSON each, as a Markdown table. */

import { readFileSync } from "node:fs"
import type { Percentiles } from "../scale/Table.ts"

export interface Measured {
  readonly schedules: number
  readonly runs: "suspended" | "submitted"
  /** CPU seconds of the operator in a minute in which nothing is due. */
  readonly idle: number
  /** From the scheduled time until a run exists. */
  readonly delay: Percentiles
  readonly lastRun: number
  /** From the scheduled time until the status of every schedule names its run. */
  readonly lastStatus: number
  /** From the scheduled time until then, by process; the operator first. */
  readonly cpuSeconds: ReadonlyArray<readonly [string, number]>
  readonly residentMebibytes: number
  readonly peakMebibytes: number
  /** The operator's, by `verb resource`. */
  readonly requests: ReadonlyArray<readonly [string, number]>
}

/** One column for each measurement. */
export const table = (all: ReadonlyArray<Measured>): string => {
  const row = (name: string, cell: (measured: Measured) => string) => `| ${[name, ...all.map(cell)].join(" | ")} |`
  const each = ({ requests, schedules }: Measured, key: string) =>
    (requests.find(([name]) => name === key)?.[1] ?? 0) / schedules
  const keys = [...new Set(all.flatMap(({ requests }) => requests.map(([key]) => key)))].toSorted()
  return [
    row("schedules", ({ schedules, runs }) => `${schedules}, runs ${runs}`),
    row("---", () => "---:"),
    row("s from the scheduled time to the run, p50 / p95 / p99", ({ delay }) =>
      delay.map((it) => it.toFixed(1)).join(" / "),
    ),
    row("s until the last run exists", ({ lastRun }) => lastRun.toFixed(1)),
    row("s until the last status names its run", ({ lastStatus }) => lastStatus.toFixed(1)),
    ...(all[0]?.cpuSeconds ?? []).map(([name], index) =>
      row(`CPU s of ${name} (ms per run)`, ({ cpuSeconds, schedules }) => {
        const cpu = cpuSeconds[index]?.[1] ?? 0
        return `${cpu.toFixed(1)} (${((cpu / schedules) * 1000).toFixed(0)})`
      }),
    ),
    row("CPU s of the operator in a minute without a due time", ({ idle }) => idle.toFixed(2)),
    row(
      "memory of the operator before the scheduled time, at most, MiB",
      (it) => `${it.residentMebibytes}, ${it.peakMebibytes}`,
    ),
    ...keys
      .filter((key) => all.some((measured) => each(measured, key) >= 0.01))
      .map((key) => row(`requests per run: ${key}`, (measured) => each(measured, key).toFixed(2))),
  ].join("\n")
}

if (import.meta.main) {
  const lines = readFileSync(0, "utf8").split("\n").filter(Boolean)
  process.stdout.write(`${table(lines.map((line) => JSON.parse(line) as Measured))}\n`)
}
