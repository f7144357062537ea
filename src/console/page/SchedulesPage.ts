/** Schedules: the calendar of today, the list, and one of them. */

import { useMemo } from "preact/hooks"
import type { ApplicationRow } from "../api/ApplicationRow.ts"
import type { CalendarEntry, ScheduleRow, ScheduleView } from "../api/ScheduleView.ts"
import { Actions } from "./Actions.ts"
import { applicationColumns } from "./ApplicationsPage.ts"
import { useData, useNow } from "./Data.ts"
import { Loading, StateLine } from "./Detail.ts"
import { Ago, Definitions, Empty, h, Link, Problem, Section, State, Table } from "./Html.ts"
import { Listing } from "./Listing.ts"
import { pathTo } from "./Router.ts"
import { useSession } from "./Session.ts"
import { Conditions } from "./StatusTables.ts"
import { clockTime, stateTone } from "./Text.ts"

const hour = 3_600_000
const width = 1000
const labelWidth = 160
const laneHeight = 24

/** Midnight to midnight where the viewer is; a day with a change of the clocks has 23 or 25 hours. */
const dayOf = (now: number): readonly [from: number, until: number] => {
  const date = new Date(now)
  const at = (day: number) => new Date(date.getFullYear(), date.getMonth(), day).getTime()
  return [at(date.getDate()), at(date.getDate() + 1)]
}

const Calendar = ({ now }: { now: number }) => {
  const [from, until] = dayOf(now)
  const path = useMemo(() => `/api/calendar?from=${from}&until=${until}`, [from, until])
  const { data, problem } = useData<{ entries: ReadonlyArray<CalendarEntry> }>(path, { kinds: ["schedules"] })
  if (problem !== undefined) return h(Problem, { message: problem })
  if (data === undefined || data.entries.length === 0) return h(Empty, null, "Nothing is scheduled today.")
  const x = (time: number) => labelWidth + ((time - from) / (until - from)) * (width - labelWidth - 8)
  const height = data.entries.length * laneHeight + 18
  const hours = Array.from({ length: 9 }, (_, index) => from + index * 3 * hour).filter((time) => time <= until)
  return h(
    "figure",
    { class: "chart", tabIndex: 0, role: "group", "aria-label": "Calendar of today" },
    h(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Runs of today by schedule" },
      hours.map((time) =>
        h(
          "g",
          { key: time, class: "axis" },
          h("line", { x1: x(time), x2: x(time), y1: 0, y2: height - 18 }),
          h(
            "text",
            { x: x(time), y: height - 4, "text-anchor": time === until ? "end" : "middle" },
            clockTime(new Date(time).toISOString()),
          ),
        ),
      ),
      h("line", { class: "now", x1: x(now), x2: x(now), y1: 0, y2: height - 18 }),
      data.entries.map(({ namespace, name, upcoming, runs }, index) =>
        h(
          "g",
          { key: `${namespace}/${name}` },
          h("text", { class: "lane", x: 0, y: index * laneHeight + 16 }, name),
          runs.map((run) =>
            h(
              "rect",
              {
                key: run.name,
                class: stateTone(run.state),
                x: x(Math.max(from, Date.parse(run.created ?? ""))),
                y: index * laneHeight + 4,
                width: Math.max(
                  3,
                  x(run.ended === undefined ? now : Date.parse(run.ended)) - x(Date.parse(run.created ?? "")),
                ),
                height: laneHeight - 8,
              },
              h("title", null, `${run.name}: ${run.state}`),
            ),
          ),
          upcoming.map((time) =>
            h(
              "circle",
              { key: time, class: "upcoming", cx: x(Date.parse(time)), cy: index * laneHeight + laneHeight / 2, r: 3 },
              h("title", null, `${name} at ${clockTime(time)}`),
            ),
          ),
        ),
      ),
    ),
    h(
      "ul",
      { class: "hidden" },
      data.entries.map(({ namespace, name, upcoming, runs, more }) =>
        h(
          "li",
          null,
          `${namespace}/${name}: ${runs.length} runs; next ${upcoming
            .slice(0, 5)
            .map((time) => clockTime(time))
            .join(", ")}${more ? " and more" : ""}`,
        ),
      ),
    ),
  )
}

export const SchedulesPage = () => {
  const now = useNow()
  return h(
    "div",
    { class: "stack" },
    h(Section, { title: "Today" }, h(Calendar, { now })),
    h(Listing<ScheduleRow>, {
      kind: "schedules",
      caption: "Schedules",
      empty: "There are no schedules.",
      columns: [
        { title: "Name", class: "name", cell: (row) => h(Link, { to: pathTo("schedules", row) }, row.name) },
        { title: "Namespace", cell: ({ namespace }) => namespace },
        { title: "State", cell: ({ state }) => h(State, { state }) },
        { title: "Schedule", cell: (row) => h("code", null, [row.schedule, row.timeZone].filter(Boolean).join(" ")) },
        { title: "Next", cell: ({ next }) => h(Ago, { time: next, now }) },
        { title: "Last", cell: ({ last }) => h(Ago, { time: last, now }) },
        { title: "Active", cell: ({ active }) => String(active.length) },
        { title: "Skipped", cell: ({ skipped }) => String(skipped) },
        { title: "Missed", cell: ({ missed }) => String(missed) },
        { title: "Why", class: "why", cell: ({ explanation }) => explanation },
      ],
    }),
  )
}

export const SchedulePage = ({ namespace, name }: { namespace: string; name: string }) => {
  const now = useNow()
  const { actions } = useSession()
  const { data, problem, reload } = useData<ScheduleView>(`/api${pathTo("schedules", { namespace, name })}`, {
    kinds: ["schedules", "applications"],
  })
  if (data === undefined) return h(Loading, { problem })
  const { row, upcoming, runs, conditions } = data
  return h(
    "div",
    { class: "stack" },
    problem && h(Problem, { message: problem }),
    h(
      "section",
      { class: "card lead" },
      h(StateLine, { state: row.state, sentence: row.explanation }),
      h(Definitions, {
        items: [
          ["Namespace", namespace],
          ["Schedule", h("code", null, row.schedule)],
          ["Time zone", row.timeZone],
          ["While a run is unfinished", row.policy],
          ["Last run", row.last && h(Ago, { time: row.last, now })],
          ["Last success", row.lastSuccess && h(Ago, { time: row.lastSuccess, now })],
          ["Skipped because of the policy or a refusal", String(row.skipped)],
          ["Missed while the operator did not run, or too late", String(row.missed)],
        ],
      }),
      actions &&
        h(Actions, {
          kind: "schedules",
          of: row,
          done: reload,
          buttons: [
            { action: "trigger", label: "Run now" },
            row.suspended ? { action: "resume", label: "Resume" } : { action: "suspend", label: "Suspend" },
            { action: "delete", label: "Delete", confirm: "The schedule and all its runs are deleted." },
          ],
        }),
    ),
    h(
      Section,
      { title: "Next runs" },
      upcoming.length === 0
        ? h(Empty, null, "None is planned.")
        : h(
            "ol",
            { class: "list" },
            upcoming.map((time) =>
              h("li", { key: time }, new Date(time).toLocaleString(), " (", h(Ago, { time, now }), ")"),
            ),
          ),
    ),
    h(
      Section,
      { title: "Runs" },
      runs.length === 0
        ? h(Empty, null, "There are none.")
        : h(Table<ApplicationRow>, {
            caption: "Runs",
            rows: runs,
            columns: applicationColumns(now),
            keyOf: (run) => pathTo("", run),
          }),
    ),
    h(Section, { title: "Conditions" }, h(Conditions, { conditions, now })),
  )
}
