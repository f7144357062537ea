/**
 * Whether an example ended as it declares. The user's side of `firesteel local --once`: a manifest says in annotations which state it
 * expects and, if it matters, after how many attempts; the verdict compares that with what is there.
 */

import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { isFinal } from "../../api/States.ts"
import { lastAttempt } from "../../application/lifecycle/Attempts.ts"
import type { Expectation } from "../../local/Examples.ts"
import { type LocalRow, localRow } from "./Row.ts"

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

/** An application that declares no state is expected to be COMPLETED; one that declares no attempts may take any number. */
export const verdict = (application: SparkApplication, driver: Pod | undefined, expectation: Expectation): Verdict => {
  const row = localRow(application, driver)
  const expectedState = expectation.state ?? "COMPLETED"
  const met = row.state === expectedState && row.attempt === (expectation.attempts ?? row.attempt)
  return {
    row,
    expectedState,
    expectedAttempts: expectation.attempts,
    met,
    final: met || isFinal(row.state),
    seconds: secondsOf(application),
  }
}

const secondsOf = (application: SparkApplication): number | undefined => {
  const last = application.status && lastAttempt(application.status)
  const end = application.status?.terminationTime ?? last?.finishTime ?? last?.runningTime
  const start: unknown = application.metadata.creationTimestamp
  if (end === undefined || end === null || typeof start !== "string") return undefined
  return Math.max(0, Math.round((Date.parse(end) - Date.parse(start)) / 1000))
}
