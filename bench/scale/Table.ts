/** `node bench/scale/Table.ts < LINES`: the measurements of `scale.ts`, one line of JSON per size, as a Markdown table with a column per size. */

import { readFileSync } from "node:fs"

/** Seconds at p50, p95 and p99. */
export type Percentiles = readonly [number, number, number]

export interface Measured {
  readonly applications: number
  /** From the first creation to the last COMPLETED. */
  readonly seconds: number
  readonly creationToDriver: Percentiles
  readonly endToStatus: Percentiles
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
  const names = (of: (measured: Measured) => ReadonlyArray<readonly [string, number]>) => [
    ...new Set(sizes.flatMap((measured) => of(measured).map(([name]) => name))),
  ]
  const value = (of: ReadonlyArray<readonly [string, number]>, name: string) =>
    of.find(([key]) => key === name)?.[1] ?? 0
  const each = (measured: Measured, key: string) => value(measured.requests, key) / measured.applications
  return [
    row("applications", ({ applications }) => String(applications)),
    row("---", () => "---:"),
    row("applications per minute", (measured) => ((measured.applications / measured.seconds) * 60).toFixed(0)),
    row("s from creation to driver pod, p50 / p95 / p99", ({ creationToDriver }) => seconds(creationToDriver)),
    row("s from the driver's end to COMPLETED, p50 / p95 / p99", ({ endToStatus }) => seconds(endToStatus)),
    ...names(({ cpuSeconds }) => cpuSeconds).map((name) =>
      row(`CPU s of ${name} (ms per application)`, ({ cpuSeconds, applications }) => {
        const cpu = value(cpuSeconds, name)
        return `${cpu.toFixed(1)} (${((cpu / applications) * 1000).toFixed(0)})`
      }),
    ),
    row("peak memory of the operator, MiB", ({ peakMebibytes }) => String(peakMebibytes)),
    ...names(({ requests }) => requests)
      .filter((key) => sizes.some((measured) => each(measured, key) >= 0.01))
      .map((key) => row(`requests per application: ${key}`, (measured) => each(measured, key).toFixed(2))),
  ].join("\n")
}

if (import.meta.main) {
  const lines = readFileSync(0, "utf8").split("\n").filter(Boolean)
  process.stdout.write(`${table(lines.map((line) => JSON.parse(line) as Measured))}\n`)
}
