/** What `status` shows of schedules, Connect servers and history servers. Pure. */

import type { SparkConnect } from "../../../api/connect/SparkConnect.ts"
import type { ConnectAttempt } from "../../../api/connect/SparkConnectStatus.ts"
import type { SparkHistoryServer } from "../../../api/history/SparkHistoryServer.ts"
import type { ScheduledSparkApplication } from "../../../api/schedule/ScheduledSparkApplication.ts"
import { historyRow } from "../../local/HistoryRow.ts"
import { scheduleRow } from "../../local/ScheduleRow.ts"
import { serverRow } from "../../local/ServerRow.ts"
import { span } from "../Ages.ts"
import { type Column, tableLines } from "../Output.ts"
import { conditionLines, type Fact, factLines, type StatusStyle } from "./Facts.ts"

const names = (list: ReadonlyArray<string> = []): string => list.join("\n")

const withReason = ({ state, reason }: { readonly state: string; readonly reason: string }): string =>
  reason === "" ? state : `${state}\n${reason}`

/** `3 missed, 1 skipped`. */
const lostRuns = ({ status }: ScheduledSparkApplication): string =>
  [
    ...(status?.missedRuns ? [`${status.missedRuns} missed`] : []),
    ...(status?.skippedRuns ? [`${status.skippedRuns} skipped`] : []),
  ].join(", ")

/** All lines of `status` about a schedule. */
export const scheduleLines = (schedule: ScheduledSparkApplication, style: StatusStyle): ReadonlyArray<string> => {
  const { metadata, spec, status } = schedule
  const row = scheduleRow(schedule)
  const facts: ReadonlyArray<Fact> = [
    ["Name", metadata.name],
    ["Namespace", metadata.namespace],
    ["State", withReason(row)],
    ["Schedule", spec.timeZone ? `${spec.schedule} (${spec.timeZone})` : spec.schedule],
    ["Concurrency", spec.concurrencyPolicy ?? "Allow"],
    ["Next run", row.next],
    ["Last run", [status?.lastRunName, status?.lastRun].filter((one) => one).join(" at ")],
    ["Active", names(status?.active?.map(({ name }) => name))],
    ["Blocked by", status?.blockedBy && `${status.blockedBy.name} since ${status.blockedBy.since}`],
    ["Completed", names(status?.pastSuccessfulRunNames)],
    ["Failed", names(status?.pastFailedRunNames)],
    ["Not started", lostRuns(schedule)],
    ["Created", metadata.creationTimestamp],
  ]
  return [...factLines(facts, style.colors), ...conditionLines(status?.conditions, style)]
}

const attemptColumns = (now: number): ReadonlyArray<Column<ConnectAttempt>> => [
  { title: "ATTEMPT", cell: ({ number }) => String(number) },
  {
    title: "RESULT",
    cell: ({ result, reason }) => (result === undefined ? "current" : reason ? `${result} (${reason})` : result),
  },
  { title: "STARTED", cell: ({ startTime }) => startTime },
  { title: "READY AFTER", cell: ({ startTime, readyTime }) => (readyTime ? span(startTime, readyTime, now) : "") },
  { title: "DURATION", cell: ({ startTime, finishTime }) => span(startTime, finishTime, now) },
  { title: "MESSAGE", cell: ({ message = "" }) => message },
]

/** All lines of `status` about a Connect server. */
export const connectLines = (connect: SparkConnect, style: StatusStyle): ReadonlyArray<string> => {
  const { metadata, spec, status } = connect
  const { now, colors, program } = style
  const row = serverRow(connect)
  const facts: ReadonlyArray<Fact> = [
    ["Name", metadata.name],
    ["Namespace", metadata.namespace],
    ["State", withReason(row)],
    ["Spark", spec.sparkVersion],
    ["Executors", row.executors],
    ["Sessions", row.sessions],
    ["Next try", status?.nextRetryTime],
    ["Connect with", `${program} connect ${metadata.name} -n ${metadata.namespace}`],
    ...(status?.connections ?? []).map(({ from, url, command }): Fact => [
      `From ${from}`,
      command === undefined ? url : `${url}\nwith ${command}`,
    ]),
    ["History", status?.historyURL],
    ["Created", metadata.creationTimestamp],
  ]
  const attempts = status?.attempts ?? []
  return [
    ...factLines(facts, colors),
    ...(attempts.length === 0 ? [] : ["", ...tableLines(attemptColumns(now), attempts, { colors })]),
    ...conditionLines(status?.conditions, style),
  ]
}

/** All lines of `status` about a history server. */
export const historyLines = (server: SparkHistoryServer, style: StatusStyle): ReadonlyArray<string> => {
  const { metadata, spec, status } = server
  const row = historyRow(server)
  const facts: ReadonlyArray<Fact> = [
    ["Name", metadata.name],
    ["Namespace", metadata.namespace],
    ["State", withReason(row)],
    ["Spark", spec.sparkVersion],
    ["Pods", row.pods],
    ["URL", row.url],
    ["In the cluster", status?.endpoint],
    ["Created", metadata.creationTimestamp],
  ]
  return [...factLines(facts, style.colors), ...conditionLines(status?.conditions, style)]
}
