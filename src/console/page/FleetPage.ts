/** The first page: how much there is of everything, what waits and why, and what failed last. */

import type { FleetAnswer } from "../api/FleetView.ts"
import type { Unchecked } from "../api/Unchecked.ts"
import { useData, useNow } from "./Data.ts"
import { Loading } from "./Detail.ts"
import { Ago, Empty, h, Incomplete, Link, Problem, Section, State, Table } from "./Html.ts"
import { pathTo } from "./Router.ts"
import { duration, stateTone } from "./Text.ts"

interface CountsProps {
  readonly title: string
  readonly counts: Readonly<Record<string, number>>
  /** Absent: this kind has no page of its own. */
  readonly to?: string
}

const Counts = ({ title, counts, to }: CountsProps) => {
  const entries = Object.entries(counts).toSorted((a, b) => b[1] - a[1])
  const total = entries.reduce((sum, [, count]) => sum + count, 0)
  return h(
    Section,
    {
      title,
      aside:
        to === undefined
          ? h("span", { class: "total" }, String(total))
          : h(Link, { to, class: "total" }, String(total)),
    },
    total === 0
      ? h(Empty, null, "There are none.")
      : h(
          "div",
          null,
          h(
            "svg",
            { class: "bar", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
            entries.map(([state, count], index) => {
              const before = entries.slice(0, index).reduce((sum, [, one]) => sum + one, 0)
              return h("rect", {
                key: state,
                class: stateTone(state),
                x: (100 * before) / total,
                width: (100 * count) / total,
                height: 4,
              })
            }),
          ),
          h(
            "ul",
            { class: "counts" },
            entries.map(([state, count]) =>
              h(
                "li",
                { key: state },
                to === "/applications"
                  ? h(Link, { to: `${to}?state=${encodeURIComponent(state)}` }, h(State, { state }))
                  : h(State, { state }),
                h("b", null, String(count)),
              ),
            ),
          ),
        ),
  )
}

export const FleetPage = () => {
  const { data, problem } = useData<FleetAnswer & Unchecked>("/api/fleet", {
    kinds: ["applications", "schedules", "connects", "historyServers"],
  })
  const now = useNow()
  if (data === undefined) return h(Loading, { problem })
  return h(
    "div",
    { class: "grid" },
    problem && h(Problem, { message: problem }),
    h(Incomplete, data),
    h(Counts, { title: "Applications", counts: data.applications, to: "/applications" }),
    h(Counts, { title: "Schedules", counts: data.schedules, to: "/schedules" }),
    h(Counts, { title: "Connect servers", counts: data.connects, to: "/connects" }),
    Object.keys(data.historyServers).length > 0 && h(Counts, { title: "History servers", counts: data.historyServers }),
    h(
      Section,
      { title: "Waiting", wide: true, aside: h("span", { class: "total" }, String(data.waitingTotal)) },
      data.waiting.length === 0
        ? h(Empty, null, "No application waits.")
        : h(
            "ul",
            { class: "list" },
            data.waiting.map((row) =>
              h(
                "li",
                { key: pathTo("", row) },
                h(Link, { to: pathTo("applications", row) }, `${row.namespace}/${row.name}`),
                h("span", null, " ", h("b", null, row.reason), " since ", h(Ago, { time: row.since, now })),
                row.message && h("p", null, row.message),
              ),
            ),
          ),
    ),
    h(
      Section,
      { title: "Failed last", wide: true },
      data.failed.length === 0
        ? h(Empty, null, "No application has failed.")
        : h(
            "ul",
            { class: "list" },
            data.failed.map((row) =>
              h(
                "li",
                { key: pathTo("", row) },
                h(Link, { to: pathTo("applications", row) }, `${row.namespace}/${row.name}`),
                " ",
                h(State, { state: row.state }),
                h("span", null, " ", h(Ago, { time: row.ended, now })),
                row.explanation && h("p", null, row.explanation),
              ),
            ),
          ),
    ),
    data.queues.length > 0 &&
      h(
        Section,
        { title: "Work queues of the operator", wide: true },
        h(Table<FleetAnswer["queues"][number]>, {
          caption: "Work queues",
          rows: data.queues,
          keyOf: ({ name }) => name,
          columns: [
            { title: "Queue", cell: ({ name }) => name },
            { title: "Ready", cell: ({ depth }) => String(depth) },
            { title: "Running for", cell: ({ longestSeconds }) => duration(longestSeconds * 1000) },
          ],
        }),
      ),
  )
}
