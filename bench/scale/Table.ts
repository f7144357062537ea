/** `node bench/scale/Table.ts < LINES`: the measurements of `scale.ts`, one line of JSON per size, as a Markdown table with a column per size. */

import { readFileSync } from "node:fs"

/** Seconds at p50, p95 and p99. */
export type Percentiles = readonly [number, number, number]

export interface Measured {
  readonly applications: number
  /** When an application counts as done. */
  readonly doneState: string
  /** Offered; 0: all at once. */
  readonly ratePerMinute: number
  /** From the first creation to the last application that is done. */
  readonly seconds: number
  readonly creationToDriver: Percentiles
  /** Only where drivers do not run. */
  readonly creationToDone?: Percentiles
  /** Only where drivers run and end. */
  readonly endToDone?: Percentiles
  /** By process; the operator first. */
  readonly cpuSeconds: ReadonlyArray<readonly [string, number]>
  readonly peakMebibytes: number
  /** The operator's, by `verb resource`. */
  readonly requests: ReadonlyArray<readonly [string, number]>
}

export const percentiles = (values: ReadonlyArray<number>): Percentiles => {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (q: number) => sorted[Math.ceil(q * sorted.length) - 1] ?? 0
  return [at(0.5), at(0.95), at(0.99)]
}

/** One row for each thing measured; requests below one in a hundred applications are left out. */
export const table = (sizes: ReadonlyArray<Measured>): string => {
  const row = (name: string, cell: (measured: Measured) => string) => `| ${[name, ...sizes.map(cell)].join(" | ")} |`
  const seconds = (values: Percentiles) => values.map((value) => value.toFixed(2)).join(" / ")
  const percentileRow = (name: string, of: (measured: Measured) => Percentiles | undefined) =>
    sizes.some((measured) => of(measured) !== undefined)
      ? [row(`${name}, p50 / p95 / p99`, (measured) => seconds(of(measured) ?? [0, 0, 0]))]
      : []
  const names = (of: (measured: Measured) => ReadonlyArray<readonly [string, number]>) => [
    ...new Set(sizes.flatMap((measured) => of(measured).map(([name]) => name))),
  ]
  const value = (of: ReadonlyArray<readonly [string, number]>, name: string) =>
    of.find(([key]) => key === name)?.[1] ?? 0
  const each = (measured: Measured, key: string) => value(measured.requests, key) / measured.applications
  const changing = ({ requests, applications }: Measured) =>
    requests.reduce((sum, [name, count]) => sum + (/^(list|watch|get) /.test(name) ? 0 : count), 0) / applications
  return [
    row("applications", ({ applications }) => String(applications)),
    row("---", () => "---:"),
    row("offered per minute", ({ ratePerMinute }) => (ratePerMinute === 0 ? "all at once" : String(ratePerMinute))),
    row(`${sizes[0]?.doneState} per minute`, (measured) =>
      ((measured.applications / measured.seconds) * 60).toFixed(0),
    ),
    row("s from creation to driver pod, p50 / p95 / p99", ({ creationToDriver }) => seconds(creationToDriver)),
    ...percentileRow("s from creation to SUBMITTED", ({ creationToDone }) => creationToDone),
    ...percentileRow("s from the driver's end to COMPLETED", ({ endToDone }) => endToDone),
    ...names(({ cpuSeconds }) => cpuSeconds).map((name) =>
      row(`CPU s of ${name} (ms per application)`, ({ cpuSeconds, applications }) => {
        const cpu = value(cpuSeconds, name)
        return `${cpu.toFixed(1)} (${((cpu / applications) * 1000).toFixed(0)})`
      }),
    ),
    row("peak memory of the operator, MiB", ({ peakMebibytes }) => String(peakMebibytes)),
    row("requests per application that change something", (measured) => changing(measured).toFixed(2)),
    ...names(({ requests }) => requests)
      .filter((key) => sizes.some((measured) => each(measured, key) >= 0.01))
      .map((key) => row(`requests per application: ${key}`, (measured) => each(measured, key).toFixed(2))),
  ].join("\n")
}

if (import.meta.main) {
  const lines = readFileSync(0, "utf8").split("\n").filter(Boolean)
  process.stdout.write(`${table(lines.map((line) => JSON.parse(line) as Measured))}\n`)
}
