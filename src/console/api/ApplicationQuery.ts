/** Which applications a page of the table shows: filter, order and page, read from the query of the URL. Pure. */

import { Result } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { type LabelSelector, parseLabelSelector } from "../../kube/selector/LabelSelector.ts"
import { applicationRow, type ApplicationRow, shownState } from "./ApplicationRow.ts"
import { compareText, firstOf } from "./FirstOf.ts"

export interface ApplicationPage {
  readonly rows: ReadonlyArray<ApplicationRow>
  /** Of all that fit the filter. */
  readonly total: number
  /** From 1 on; the last one if a later one was asked for. */
  readonly page: number
  readonly pages: number
  /** Of all namespaces that the viewer sees, without the filters of namespaces and states. */
  readonly namespaces: ReadonlyArray<string>
  /** Of all that fit the filter apart from the state. */
  readonly states: Readonly<Record<string, number>>
}

export const sortKeys = ["name", "namespace", "state", "created", "started", "ended"] as const
export type SortKey = (typeof sortKeys)[number]

export interface ApplicationQuery {
  readonly namespace: string | undefined
  readonly state: ReadonlyArray<string>
  readonly matches: LabelSelector
  readonly text: string
  readonly sort: SortKey
  readonly descending: boolean
  readonly page: number
}

/** Rows of a page. */
export const pageSize = 50

/** Reads the parameters; fails with a sentence about the one that is wrong. */
export const parseQuery = (query: URLSearchParams): Result.Result<ApplicationQuery, string> => {
  const label = query.get("label") ?? ""
  const selector = parseLabelSelector(label)
  if (Result.isFailure(selector)) return Result.fail(`label: ${selector.failure}`)
  const sort = query.get("sort") || "-created"
  const key = sortKeys.find((one) => one === sort.replace(/^-/, ""))
  if (key === undefined) return Result.fail(`sort: use one of ${sortKeys.join(", ")}, with - in front for the reverse`)
  const page = Number(query.get("page") || "1")
  if (!Number.isInteger(page) || page < 1) return Result.fail("page: use a whole number from 1 on")
  return Result.succeed({
    namespace: query.get("namespace") || undefined,
    state: (query.get("state") ?? "").split(",").filter((state) => state !== ""),
    matches: selector.success,
    text: (query.get("text") ?? "").trim().toLowerCase(),
    sort: key,
    descending: sort.startsWith("-"),
    page,
  })
}

const keyOf: Readonly<Record<SortKey, (application: SparkApplication) => string>> = {
  name: ({ metadata }) => metadata.name,
  namespace: ({ metadata }) => metadata.namespace,
  state: shownState,
  created: ({ metadata }) => metadata.creationTimestamp ?? "",
  started: ({ status }) => status?.attempts?.at(-1)?.runningTime ?? "",
  ended: ({ status }) => status?.attempts?.at(-1)?.finishTime ?? "",
}

/** Names are in lower case. `text` may have a namespace in front, as in the path of a page. */
const contains = ({ metadata: { namespace, name } }: SparkApplication, text: string) =>
  name.includes(text) || namespace.includes(text) || (text.includes("/") && `${namespace}/${name}`.includes(text))

/** The page of the applications in namespaces that `isVisible` admits. */
export const applicationPage = (
  applications: Iterable<SparkApplication>,
  isVisible: (namespace: string) => boolean,
  query: ApplicationQuery,
): ApplicationPage => {
  const namespaces = new Set<string>()
  const states: Record<string, number> = {}
  const found: Array<SparkApplication> = []
  for (const application of applications) {
    const { namespace, labels } = application.metadata
    if (!isVisible(namespace)) continue
    namespaces.add(namespace)
    if (query.namespace !== undefined && query.namespace !== namespace) continue
    if (query.text !== "" && !contains(application, query.text)) continue
    if (!query.matches(labels ?? {})) continue
    const state = shownState(application)
    states[state] = (states[state] ?? 0) + 1
    if (query.state.length > 0 && !query.state.includes(state)) continue
    found.push(application)
  }
  const sign = query.descending ? -1 : 1
  const key = keyOf[query.sort]
  const order = (a: SparkApplication, b: SparkApplication) =>
    sign * compareText(key(a), key(b)) ||
    compareText(a.metadata.namespace, b.metadata.namespace) ||
    compareText(a.metadata.name, b.metadata.name)
  const pages = Math.max(1, Math.ceil(found.length / pageSize))
  const page = Math.min(query.page, pages)
  const rows = firstOf(found, Math.min(page * pageSize, found.length), order).slice((page - 1) * pageSize)
  return {
    rows: rows.map(applicationRow),
    total: found.length,
    page,
    pages,
    namespaces: [...namespaces].toSorted(compareText),
    states,
  }
}
