/**
 * The result of a check: subjects (an application, a file of values, the cluster) with findings about each. The most severe finding is the
 * verdict of a subject, and the most severe verdict determines the exit code.
 */

/** `note`: different behaviour, or information. `warning`: needs attention. `problem`: does not work as it is. */
export type Severity = "note" | "warning" | "problem"

export interface Finding {
  readonly severity: Severity
  /** The path of a field or value, such as `spec.driver.memory`; empty when it is about the subject as a whole. */
  readonly field: string
  /** What was found, and what to do about it. */
  readonly message: string
}

export type Verdict = "ok" | "warning" | "problem"

/** Something that was checked. */
export interface Checked {
  /** `SparkApplication`, `values`, `cluster`, … */
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  /** The file it comes from; absent: the cluster. */
  readonly source?: string
  readonly findings: ReadonlyArray<Finding>
}

const finding =
  (severity: Severity) =>
  (field: string, message: string): Finding => ({ severity, field, message })

export const note = finding("note")
export const warning = finding("warning")
export const problem = finding("problem")

export const verdictOf = ({ findings }: Pick<Checked, "findings">): Verdict =>
  findings.some(({ severity }) => severity === "problem")
    ? "problem"
    : findings.some(({ severity }) => severity === "warning")
      ? "warning"
      : "ok"

/** How many subjects have each verdict. */
export const countVerdicts = (checked: ReadonlyArray<Checked>): Readonly<Record<Verdict, number>> => {
  const counts = { ok: 0, warning: 0, problem: 0 }
  for (const subject of checked) counts[verdictOf(subject)]++
  return counts
}
