/** The first page: how much there is of everything, what waits and why, and what failed last. Pure. */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { stateOf as historyState } from "../../history/telemetry/HistoryInstruments.ts"
import type { QueueReading } from "../Sources.ts"
import { applicationRow, type ApplicationRow, shownState } from "./ApplicationRow.ts"
import { compareText, firstOf } from "./FirstOf.ts"
import { redactText } from "./Redact.ts"

export type Counts = Readonly<Record<string, number>>

export interface WaitingView {
  readonly namespace: string
  readonly name: string
  readonly reason: string
  readonly message: string | undefined
  readonly since: string
}

export interface FleetView {
  /** By state. */
  readonly applications: Counts
  readonly schedules: Counts
  readonly connects: Counts
  readonly historyServers: Counts
  /** Those that have waited longest first, at most ten. */
  readonly waiting: ReadonlyArray<WaitingView>
  readonly waitingTotal: number
  /** The last that failed first, at most ten. */
  readonly failed: ReadonlyArray<ApplicationRow>
}

export interface FleetAnswer extends FleetView {
  /** Empty for viewers that may not list applications in all namespaces: queues are those of the whole operator. */
  readonly queues: ReadonlyArray<QueueReading>
}

export interface FleetObjects {
  readonly applications: Iterable<SparkApplication>
  readonly schedules: Iterable<ScheduledSparkApplication>
  readonly connects: Iterable<SparkConnect>
  readonly historyServers: Iterable<SparkHistoryServer>
}

const shown = 10

const countBy = <A>(objects: Iterable<A>, stateOf: (object: A) => string): Counts => {
  const counts: Record<string, number> = {}
  for (const object of objects) {
    const state = stateOf(object)
    counts[state] = (counts[state] ?? 0) + 1
  }
  return counts
}

/** As the page of schedules shows it. */
export const scheduleState = ({ spec, status }: ScheduledSparkApplication): string => {
  if (status?.scheduleState === "FailedValidation") return "FailedValidation"
  return spec?.suspend === true ? "Suspended" : status?.scheduleState || "New"
}

export const connectState = ({ status }: SparkConnect): string => status?.state || "New"

const failedStates: ReadonlySet<string> = new Set(["FAILED", "SUBMISSION_FAILED", "FAILING"])

const waitingSince = ({ status }: SparkApplication) => status?.waiting?.since ?? ""

const waitingView = ({ metadata: { namespace, name }, status }: SparkApplication): WaitingView => ({
  namespace,
  name,
  reason: status?.waiting?.reason ?? "",
  message: status?.waiting?.message && redactText(status.waiting.message),
  since: status?.waiting?.since ?? "",
})

const endOf = ({ status }: SparkApplication) => status?.attempts?.at(-1)?.finishTime ?? status?.terminationTime ?? ""

export const fleetView = ({ applications, schedules, connects, historyServers }: FleetObjects): FleetView => {
  const all = [...applications]
  const waiting = all.filter(({ status }) => status?.waiting !== undefined)
  const failed = all.filter((application) => failedStates.has(shownState(application)))
  return {
    applications: countBy(all, shownState),
    schedules: countBy(schedules, scheduleState),
    connects: countBy(connects, connectState),
    historyServers: countBy(historyServers, historyState),
    waiting: firstOf(waiting, shown, (a, b) => compareText(waitingSince(a), waitingSince(b))).map(waitingView),
    waitingTotal: waiting.length,
    failed: firstOf(failed, shown, (a, b) => compareText(endOf(b), endOf(a))).map(applicationRow),
  }
}
