/**
 * Whether an example ended as it declares, for `firesteel local --once`: annotations of a manifest contain the expected state and,
 * optionally, the expected number of attempts; the verdict compares them with the status.
 */

import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { isFinal } from "../../api/States.ts"
import { lastAttempt } from "../../application/lifecycle/Attempts.ts"
import type { Expectation } from "./Examples.ts"
import { type LocalRow, localRow } from "./Row.ts"

export interface Verdict {
  readonly row: LocalRow
  readonly expectedState: string
  readonly expectedAttempts: number | undefined
  readonly met: boolean
  /** Met, or in a final state: waiting longer cannot change the verdict. */
  readonly final: boolean
  /** Whole seconds from the creation of the application to its end, or to the start of the current run. */
  readonly seconds: number | undefined
}

/** The default of the expected state is COMPLETED; without an expected number of attempts any number is right. */
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
