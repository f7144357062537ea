/** The table of applications: filtered, sorted and paged by the server, so that any number of them stays quick. The URL has all of it. */

import type { ApplicationPage } from "../api/ApplicationQuery.ts"
import type { ApplicationRow } from "../api/ApplicationRow.ts"
import type { Unchecked } from "../api/Unchecked.ts"
import { useData, useNow } from "./Data.ts"
import { Ago, type Column, Empty, h, Incomplete, Link, Problem, State, Table } from "./Html.ts"
import { pathTo, setQuery, usePlace } from "./Router.ts"
import { between, plural } from "./Text.ts"

const executorsOf = ({ executors }: ApplicationRow): string => {
  if (executors === undefined) return ""
  const { pending, running, failed } = executors
  const counts = pending + running === 0 ? "" : `${running}/${pending + running}`
  return failed === 0 ? counts : `${counts} ${failed} failed`.trim()
}

/** Columns of applications, here and on the page of a schedule. */
export const applicationColumns = (now: number): ReadonlyArray<Column<ApplicationRow>> => [
  { title: "Name", sort: "name", class: "name", cell: (row) => h(Link, { to: pathTo("applications", row) }, row.name) },
  { title: "Namespace", sort: "namespace", cell: ({ namespace }) => namespace },
  { title: "State", sort: "state", cell: ({ state }) => h(State, { state }) },
  { title: "Progress", cell: ({ progress }) => progress ?? "" },
  { title: "Executors", cell: executorsOf },
  { title: "Attempt", cell: ({ attempt }) => (attempt === 0 ? "" : String(attempt)) },
  { title: "Created", sort: "created", cell: ({ created }) => h(Ago, { time: created, now }) },
  { title: "Duration", cell: ({ started, ended }) => between(started, ended, now) },
  { title: "Why", class: "why", cell: ({ explanation }) => explanation },
]

const Filter = ({ name, label, value, hint }: { name: string; label: string; value: string; hint?: string }) =>
  h(
    "label",
    null,
    label,
    h("input", {
      name,
      value,
      placeholder: hint,
      type: "search",
      onInput: (event: InputEvent) => setQuery({ [name]: (event.currentTarget as HTMLInputElement).value, page: "" }),
    }),
  )

const Choice = ({
  name,
  label,
  value,
  of,
}: {
  name: string
  label: string
  value: string
  of: ReadonlyArray<string>
}) =>
  h(
    "label",
    null,
    label,
    h(
      "select",
      {
        name,
        value,
        onChange: (event: Event) => setQuery({ [name]: (event.currentTarget as HTMLSelectElement).value, page: "" }),
      },
      h("option", { value: "" }, "all"),
      [...new Set([...of, ...(value === "" ? [] : [value])])].map((one) => h("option", { key: one, value: one }, one)),
    ),
  )

export const ApplicationsPage = () => {
  const { query } = usePlace()
  const now = useNow()
  const value = (name: string) => query.get(name) ?? ""
  const { data, problem } = useData<ApplicationPage & Unchecked>(`/api/applications?${query}`, {
    kinds: ["applications"],
  })
  return h(
    "div",
    null,
    h(
      "form",
      { class: "filters", role: "search", onSubmit: (event: SubmitEvent) => event.preventDefault() },
      h(Filter, { name: "text", label: "Name", value: value("text"), hint: "part of the name" }),
      // A namespace that is not known yet cannot be chosen from a list.
      data?.unchecked
        ? h(Filter, { name: "namespace", label: "Namespace", value: value("namespace"), hint: "the whole name" })
        : h(Choice, { name: "namespace", label: "Namespace", value: value("namespace"), of: data?.namespaces ?? [] }),
      h(Choice, { name: "state", label: "State", value: value("state"), of: Object.keys(data?.states ?? {}) }),
      h(Filter, { name: "label", label: "Labels", value: value("label"), hint: "team=data,env in (dev,test)" }),
    ),
    problem && h(Problem, { message: problem }),
    h(Incomplete, data ?? {}),
    data && h("p", { class: "summary", role: "status" }, plural(data.total, "application")),
    data && data.rows.length === 0 && h(Empty, null, "No application fits the filter."),
    data &&
      data.rows.length > 0 &&
      h(Table<ApplicationRow>, {
        caption: "Applications",
        rows: data.rows,
        columns: applicationColumns(now),
        keyOf: (row) => pathTo("", row),
        sort: value("sort") || "-created",
        onSort: (sort) => setQuery({ sort, page: "" }),
      }),
    data && data.pages > 1 && h(Pages, data),
  )
}

const Pages = ({ page, pages }: { page: number; pages: number }) => {
  const go = (to: number, label: string, disabled: boolean) =>
    h("button", { type: "button", disabled, onClick: () => setQuery({ page: to === 1 ? "" : String(to) }) }, label)
  return h(
    "nav",
    { class: "pages", "aria-label": "Pages" },
    go(1, "First", page === 1),
    go(page - 1, "Previous", page === 1),
    h("span", null, `Page ${page} of ${pages}`),
    go(page + 1, "Next", page === pages),
    go(pages, "Last", page === pages),
  )
}
