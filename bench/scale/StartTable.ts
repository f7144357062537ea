/** `node bench/scale/StartTable.ts < LINES`: the measurements of `start.ts`, one line of JSON per start, as a Markdown table of medians. */

import { readFileSync } from "node:fs"

export interface MeasuredStart {
  readonly checkout: string
  readonly applications: number
  /** From the start of the process, in seconds. */
  readonly ready: number
  readonly settled: number
  /** CPU seconds and memory when the queue had settled. */
  readonly cpuSeconds: number
  readonly residentMebibytes: number
  readonly peakMebibytes: number
  /** Memory after $LATER seconds with nothing to do, if that was waited for. */
  readonly laterMebibytes: number | undefined
  /** By `verb resource`. */
  readonly requests: ReadonlyArray<readonly [string, number]>
}

const median = (values: ReadonlyArray<number>): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** A column per number of applications, and per checkout where there are several. */
export const table = (starts: ReadonlyArray<MeasuredStart>): string => {
  const columns = [...Map.groupBy(starts, ({ applications, checkout }) => `${applications} ${checkout}`).values()]
  const checkouts = new Set(starts.map(({ checkout }) => checkout))
  const row = (name: string, cell: (column: ReadonlyArray<MeasuredStart>) => string) =>
    `| ${[name, ...columns.map(cell)].join(" | ")} |`
  const cell =
    (of: (start: MeasuredStart) => number | undefined, digits: number) => (column: ReadonlyArray<MeasuredStart>) => {
      const values = column.flatMap((start) => of(start) ?? [])
      if (values.length === 0) return "–"
      const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits))
      return values.length === 1 ? least! : `${median(values).toFixed(digits)} (${least}–${most})`
    }
  const requests = [...new Set(starts.flatMap((start) => start.requests.map(([key]) => key)))].sort()
  return [
    row("running applications, each with a driver and an executor pod", ([start]) => String(start!.applications)),
    row("---", () => "---:"),
    ...(checkouts.size > 1 ? [row("checkout", ([start]) => start!.checkout)] : []),
    row("starts", (column) => String(column.length)),
    row(
      "s until ready",
      cell(({ ready }) => ready, 1),
    ),
    row(
      "s until the work queue has settled",
      cell(({ settled }) => settled, 1),
    ),
    row(
      "CPU s until then",
      cell(({ cpuSeconds }) => cpuSeconds, 1),
    ),
    row(
      "resident then, MiB",
      cell(({ residentMebibytes }) => residentMebibytes, 0),
    ),
    row(
      "peak until then, MiB",
      cell(({ peakMebibytes }) => peakMebibytes, 0),
    ),
    row(
      "resident $LATER s later, MiB",
      cell(({ laterMebibytes }) => laterMebibytes, 0),
    ),
    ...requests.map((name) =>
      row(
        `requests: ${name}`,
        cell((start) => start.requests.find(([key]) => key === name)?.[1] ?? 0, 0),
      ),
    ),
  ].join("\n")
}

if (import.meta.main) {
  const lines = readFileSync(0, "utf8").split("\n").filter(Boolean)
  process.stdout.write(`${table(lines.map((line) => JSON.parse(line) as MeasuredStart))}\n`)
}
