/** What applications have requested and what that costs, summed by application, namespace, schedule or label. Pure. */

import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import * as Labels from "../../../spark/Labels.ts"
import { nothing, plus, type UsageAmounts } from "../../../spark/usage/Amounts.ts"
import type { Column } from "../Output.ts"

/** One sum. */
export interface CostRow {
  /** What it is the sum of: a name, a namespace or the value of a label. */
  readonly of: string
  readonly applications: number
  readonly usage: UsageAmounts
  /** False if pods may have been missed, or if an application has no usage. */
  readonly complete: boolean
}

/** `application`, `namespace`, `schedule`, or `label:` and the key of a label. */
export type Grouping = "application" | "namespace" | "schedule" | `label:${string}`

/** For applications that do not have what they are summed by. */
const none = "<none>"

const groupOf = ({ metadata }: SparkApplication, by: Grouping, namespaces: boolean): string => {
  if (by === "application") return namespaces ? `${metadata.namespace}/${metadata.name}` : metadata.name
  if (by === "namespace") return metadata.namespace
  const label = by === "schedule" ? Labels.scheduledAppName : by.slice("label:".length)
  return metadata.labels?.[label] ?? none
}

const sum = (of: string, applications: ReadonlyArray<SparkApplication>): CostRow => ({
  of,
  applications: applications.length,
  usage: applications.reduce((total, { status }) => plus(total, status?.usage ?? nothing), nothing),
  complete: applications.every(({ status }) => status?.usage?.complete === true),
})

const mostExpensive = (a: CostRow, b: CostRow): number => {
  const cost = ({ usage: { estimatedCost = {} } }: CostRow) => Object.values(estimatedCost).reduce((x, y) => x + y, 0)
  return cost(b) - cost(a) || b.usage.cpuCoreSeconds - a.usage.cpuCoreSeconds || a.of.localeCompare(b.of)
}

/** The most expensive first, and the sum of all last if there are several. `namespaces`: names are shown with theirs. */
export const costRows = (
  applications: ReadonlyArray<SparkApplication>,
  by: Grouping,
  namespaces: boolean,
): ReadonlyArray<CostRow> => {
  const groups = Map.groupBy(applications, (application) => groupOf(application, by, namespaces))
  const rows = [...groups].map(([of, members]) => sum(of, members)).toSorted(mostExpensive)
  return rows.length > 1 ? [...rows, sum("total", applications)] : rows
}

const hours = (seconds: number): string => (seconds / 3600).toFixed(2)

/** `12.50 EUR`; several currencies one after the other. */
const money = ({ estimatedCost = {} }: UsageAmounts): string =>
  Object.entries(estimatedCost)
    .map(([currency, cost]) => `${cost.toFixed(cost < 1 ? 4 : 2)} ${currency}`)
    .join(" + ")

export const costColumns = (by: Grouping): ReadonlyArray<Column<CostRow>> => [
  { title: by.replace(/^label:/, "").toUpperCase(), cell: ({ of }) => of },
  ...(by === "application"
    ? []
    : [{ title: "APPLICATIONS", cell: ({ applications }: CostRow) => String(applications) }]),
  { title: "CPU CORE H", cell: ({ usage }) => hours(usage.cpuCoreSeconds) },
  { title: "MEMORY GIB H", cell: ({ usage }) => hours(usage.memoryGibSeconds) },
  { title: "GPU H", cell: ({ usage }) => hours(usage.gpuSeconds) },
  { title: "EXECUTOR H", cell: ({ usage }) => hours(usage.executorSeconds) },
  { title: "COST", cell: ({ usage }) => money(usage) },
  { title: "COMPLETE", cell: ({ complete }) => (complete ? "yes" : "no") },
]
