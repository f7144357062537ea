/** The result of a check as text for people, as JSON for programs, and as values for Helm. */

import { stringify } from "yaml"
import { type Paint, paint } from "../Paint.ts"
import { type Checked, countVerdicts, type Severity, type Verdict, verdictOf } from "./Finding.ts"

export interface CheckResult {
  readonly checked: ReadonlyArray<Checked>
  /** For the chart of Firesteel; absent: no values were converted. */
  readonly values?: Readonly<Record<string, unknown>>
}

const colorOf: Readonly<Record<Verdict | Severity, Paint>> = {
  ok: "green",
  note: "dim",
  warning: "yellow",
  problem: "red",
}

const nameOf = ({ kind, namespace, name }: Checked) =>
  `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`

/** One line per subject with its verdict, one below it for each finding, then the values, then a summary. */
export const textReport = ({ checked, values }: CheckResult, colors: boolean): string => {
  const lines = checked.flatMap((subject) => {
    const verdict = verdictOf(subject)
    const source = subject.source === undefined ? "" : paint("dim", ` (${subject.source})`, colors)
    return [
      `${paint(colorOf[verdict], verdict.padEnd(8), colors)}${nameOf(subject)}${source}`,
      ...subject.findings.map(
        ({ severity, field, message }) =>
          `  ${paint(colorOf[severity], severity.padEnd(8), colors)}${field === "" ? "" : `${field}: `}${message}`,
      ),
    ]
  })
  const { ok, warning, problem } = countVerdicts(checked)
  return [
    ...lines,
    ...(lines.length === 0 ? [] : [""]),
    ...(values === undefined ? [] : [`Values for the chart of Firesteel:\n`, stringify(values)]),
    `${plural(checked.length, "object")} checked: ${ok} ok, ${plural(warning, "warning")}, ${plural(problem, "problem")}.`,
    "",
  ].join("\n")
}

/** Only the values, as a file for Helm. */
export const valuesReport = ({ values = {} }: CheckResult): string => stringify(values)

/** `{ "summary": …, "objects": [{ kind, namespace, name, source, verdict, findings }], "values": … }` */
export const jsonReport = ({ checked, values }: CheckResult): string =>
  `${JSON.stringify(
    {
      summary: countVerdicts(checked),
      objects: checked.map((subject) => ({ ...subject, verdict: verdictOf(subject) })),
      ...(values === undefined ? {} : { values }),
    },
    undefined,
    2,
  )}\n`
