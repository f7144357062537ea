/** The columns of `list`, by type. Pure. */

import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import type { SparkConnect } from "../../../api/connect/SparkConnect.ts"
import type { SparkHistoryServer } from "../../../api/history/SparkHistoryServer.ts"
import type { ScheduledSparkApplication } from "../../../api/schedule/ScheduledSparkApplication.ts"
import type { KubeObject } from "../../../kube/Resource.ts"
import { historyRow } from "../../local/HistoryRow.ts"
import { localRow } from "../../local/Row.ts"
import { scheduleRow } from "../../local/ScheduleRow.ts"
import { serverRow } from "../../local/ServerRow.ts"
import { stateCell } from "../../local/Table.ts"
import type { Cell } from "../../TextTable.ts"
import { age } from "../Ages.ts"
import type { ObjectType } from "../ObjectName.ts"
import { type Column, tableLines } from "../Output.ts"

const dim = (text: string): Cell => ({ text, color: "dim" })

const namespaceColumn: Column<KubeObject> = { title: "NAMESPACE", cell: ({ metadata }) => metadata?.namespace ?? "" }
const nameColumn: Column<KubeObject> = { title: "NAME", cell: ({ metadata }) => metadata?.name ?? "" }
const ageColumn = (now: number): Column<KubeObject> => ({
  title: "AGE",
  cell: ({ metadata }) => age(metadata?.creationTimestamp, now),
})

/** `42%`, or the latest micro-batch. */
const progressText = (progress: number | string | undefined): string =>
  typeof progress === "number" ? `${progress}%` : (progress ?? "")

const applicationColumns = (now: number): ReadonlyArray<Column<SparkApplication>> => {
  const row = (application: SparkApplication) => localRow(application, undefined)
  return [
    nameColumn,
    { title: "STATE", cell: (it) => stateCell(row(it).state) },
    { title: "ATTEMPT", cell: (it) => String(row(it).attempt || "") },
    { title: "EXECUTORS", cell: (it) => row(it).executors },
    { title: "PROGRESS", cell: (it) => progressText(row(it).progress) },
    ageColumn(now),
    { title: "TYPE", wide: true, cell: ({ spec }) => spec.type },
    { title: "VERSION", wide: true, cell: ({ spec }) => spec.sparkVersion },
    { title: "DRIVER", wide: true, cell: ({ status }) => status?.driverInfo?.podName ?? "" },
    { title: "SUBMITTED", wide: true, cell: ({ status }) => status?.lastSubmissionAttemptTime ?? "" },
    { title: "ENDED", wide: true, cell: ({ status }) => status?.terminationTime ?? "" },
    { title: "REASON", cell: (it) => dim(row(it).reason) },
  ]
}

const scheduleColumns = (now: number): ReadonlyArray<Column<ScheduledSparkApplication>> => [
  nameColumn,
  { title: "STATE", cell: (it) => stateCell(scheduleRow(it).state) },
  { title: "WHEN", cell: ({ spec }) => spec.schedule },
  { title: "TIME ZONE", wide: true, cell: ({ spec }) => spec.timeZone ?? "" },
  { title: "CONCURRENCY", wide: true, cell: ({ spec }) => spec.concurrencyPolicy ?? "" },
  { title: "NEXT RUN", cell: (it) => scheduleRow(it).next },
  { title: "LAST RUN", cell: (it) => scheduleRow(it).last },
  { title: "ACTIVE", cell: (it) => String(scheduleRow(it).active) },
  { title: "MISSED", wide: true, cell: ({ status }) => String(status?.missedRuns ?? 0) },
  { title: "SKIPPED", wide: true, cell: ({ status }) => String(status?.skippedRuns ?? 0) },
  ageColumn(now),
  { title: "REASON", cell: (it) => dim(scheduleRow(it).reason) },
]

const connectColumns = (now: number): ReadonlyArray<Column<SparkConnect>> => [
  nameColumn,
  { title: "STATE", cell: (it) => stateCell(serverRow(it).state) },
  { title: "ATTEMPT", cell: (it) => String(serverRow(it).attempt || "") },
  { title: "EXECUTORS", cell: (it) => serverRow(it).executors },
  { title: "SESSIONS", cell: (it) => serverRow(it).sessions },
  { title: "VERSION", wide: true, cell: ({ spec }) => spec.sparkVersion },
  { title: "ENDPOINT", cell: (it) => serverRow(it).endpoint },
  ageColumn(now),
  { title: "REASON", cell: (it) => dim(serverRow(it).reason) },
]

const historyColumns = (now: number): ReadonlyArray<Column<SparkHistoryServer>> => [
  nameColumn,
  { title: "STATE", cell: (it) => stateCell(historyRow(it).state) },
  { title: "PODS", cell: (it) => historyRow(it).pods },
  { title: "VERSION", wide: true, cell: ({ spec }) => spec.sparkVersion },
  { title: "ENDPOINT", wide: true, cell: ({ status }) => status?.endpoint ?? "" },
  { title: "URL", cell: (it) => historyRow(it).url },
  ageColumn(now),
  { title: "REASON", cell: (it) => dim(historyRow(it).reason) },
]

/** Every object of a list comes with what its columns read. */
const columnsOf = (type: ObjectType, now: number): ReadonlyArray<Column<never>> => {
  switch (type._tag) {
    case "Application":
      return applicationColumns(now)
    case "Schedule":
      return scheduleColumns(now)
    case "Connect":
      return connectColumns(now)
    case "History":
      return historyColumns(now)
  }
}

export interface ListStyle {
  readonly wide: boolean
  readonly colors: boolean
  /** With a column of namespaces. */
  readonly namespaces: boolean
}

/** The lines of the table; `now` in epoch milliseconds. */
export const tableOf = (
  type: ObjectType,
  objects: ReadonlyArray<KubeObject>,
  now: number,
  { namespaces, ...style }: ListStyle,
): ReadonlyArray<string> => {
  const columns = columnsOf(type, now) as ReadonlyArray<Column<KubeObject>>
  return tableLines(namespaces ? [namespaceColumn, ...columns] : columns, objects, style)
}
