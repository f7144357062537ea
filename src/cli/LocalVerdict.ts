/**
 * What the examples declare about their own end, and whether it came true. The user's side of `firesteel local --once`:
 * annotations on a SparkApplication say the state and, if it matters, the number of attempts.
 */
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../api/SparkApplication.ts"
import { type LocalRow, localRow } from "./LocalRow.ts"

export const expectAnnotation = "local.firesteel.dev/expect"
export const expectAttemptsAnnotation = "local.firesteel.dev/expect-attempts"

export interface Verdict {
  readonly row: LocalRow
  readonly expectedState: string
  readonly expectedAttempts: number | undefined
  readonly met: boolean
  /** Met, or in a state that it never leaves by itself: waiting longer cannot change the verdict. */
  readonly final: boolean
  /** Whole seconds from the creation of the application to its end, or to the start of the current run. */
  readonly seconds: number | undefined
}

/** An application without an expectation is expected to be COMPLETED. */
export const verdict = (application: SparkApplication, driver: Pod | undefined): Verdict => {
  const row = localRow(application, driver)
  const annotations = application.metadata.annotations ?? {}
  const expectedState = annotations[expectAnnotation] ?? "COMPLETED"
  const attempts = annotations[expectAttemptsAnnotation]
  const expectedAttempts = attempts === undefined ? undefined : Number(attempts)
  const met = row.state === expectedState && (expectedAttempts === undefined || row.attempt === expectedAttempts)
  return {
    row,
    expectedState,
    expectedAttempts,
    met,
    final: met || row.state === "COMPLETED" || row.state === "FAILED",
    seconds: secondsOf(application),
  }
}

const secondsOf = (application: SparkApplication): number | undefined => {
  const last = application.status?.attempts?.at(-1)
  const end = application.status?.terminationTime ?? last?.finishTime ?? last?.runningTime
  const start: unknown = application.metadata.creationTimestamp
  if (end === undefined || end === null || typeof start !== "string") return undefined
  return Math.max(0, Math.round((Date.parse(end) - Date.parse(start)) / 1000))
}
