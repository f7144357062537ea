/**
 * Whether an example ended as it declares, for `firesteel local --once`: annotations of a manifest contain the expected state and,
 * optionally, the expected number of attempts; the verdict compares them with the status.
 */

import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { isFinal } from "../../api/States.ts"
import { lastAttempt } from "../../application/lifecycle/Attempts.ts"
import type { Expectation } from "./Examples.ts"
import { type HistoryRow, historyRow } from "./HistoryRow.ts"
import { type LocalRow, localRow } from "./Row.ts"
import { type ScheduleRow, scheduleRow } from "./ScheduleRow.ts"
import { isRefused, type ServerRow, serverRow } from "./ServerRow.ts"

export interface Verdict {
  readonly row: Pick<LocalRow | ScheduleRow | ServerRow | HistoryRow, "key" | "state" | "reason">
  /** Of an application or a Connect server. */
  readonly attempts: number | undefined
  readonly expectedState: string
  readonly expectedAttempts: number | undefined
  readonly met: boolean
  /** Met, or in a final state: waiting longer cannot change the verdict. */
  readonly final: boolean
  /** Whole seconds from the creation of an application to its end, or to the start of the current run; of a server, until it was Ready. */
  readonly seconds: number | undefined
}

/** In the expected state, in the expected number of attempts if one is declared. */
const isMet = (row: LocalRow | ServerRow, expectedState: string, { attempts }: Expectation): boolean =>
  row.state === expectedState && (attempts === undefined || row.attempt === attempts)

/** The default of the expected state is COMPLETED; without an expected number of attempts any number is right. */
export const verdict = (application: SparkApplication, driver: Pod | undefined, expectation: Expectation): Verdict => {
  const row = localRow(application, driver)
  const expectedState = expectation.state ?? "COMPLETED"
  const met = isMet(row, expectedState, expectation)
  return {
    row,
    attempts: row.attempt,
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
  return secondsBetween(application.metadata.creationTimestamp, end)
}

const secondsBetween = (start: unknown, end: string | null | undefined): number | undefined =>
  typeof start !== "string" || typeof end !== "string"
    ? undefined
    : Math.max(0, Math.round((Date.parse(end) - Date.parse(start)) / 1000))

/**
 * The default of the expected state is that the schedule is valid. `COMPLETED` or `FAILED` is expected of the first run that ends; another
 * end is final.
 */
export const scheduleVerdict = (resource: ScheduledSparkApplication, expectation: Expectation): Verdict => {
  const expected = expectation.schedule ?? "Scheduled"
  const row = scheduleRow(resource)
  const completed = (resource.status?.pastSuccessfulRunNames ?? []).length > 0
  const failed = (resource.status?.pastFailedRunNames ?? []).length > 0
  const met = {
    Scheduled: row.state === "Scheduled" || row.state === "Suspended",
    FailedValidation: row.state === "FailedValidation",
    COMPLETED: completed,
    FAILED: failed,
  }[expected]
  return {
    row,
    attempts: undefined,
    expectedState: expected,
    expectedAttempts: undefined,
    met,
    final: met || row.state === "FailedValidation" || completed || failed,
    seconds: undefined,
  }
}

/** The default of the expected state is Ready. A server that has failed for good, or was refused, is final. */
export const serverVerdict = (connect: SparkConnect, expectation: Expectation): Verdict => {
  const row = serverRow(connect)
  const expectedState = expectation.server ?? "Ready"
  const met = isMet(row, expectedState, expectation)
  const ready = connect.status?.attempts?.at(-1)?.readyTime
  return {
    row,
    attempts: row.attempt,
    expectedState,
    expectedAttempts: expectation.attempts,
    met,
    final: met || row.state === "Failed" || isRefused(connect),
    seconds: secondsBetween(connect.metadata.creationTimestamp, ready),
  }
}

/** The default of the expected state is Available. A server whose spec has a mistake is final. */
export const historyVerdict = (server: SparkHistoryServer, expectation: Expectation): Verdict => {
  const row = historyRow(server)
  const expectedState = expectation.history ?? "Available"
  const met = row.state === expectedState
  const available = server.status?.conditions?.find(({ type, status }) => type === "Available" && status === "True")
  return {
    row,
    attempts: undefined,
    expectedState,
    expectedAttempts: undefined,
    met,
    final: met || row.state === "Invalid",
    seconds: secondsBetween(server.metadata.creationTimestamp, available?.lastTransitionTime),
  }
}
