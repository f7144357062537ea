/** One application: its state and why, the timeline of every attempt, executors, conditions, Events, logs and objects. */

import { useState } from "preact/hooks"
import type { ApplicationView, PodView } from "../api/ApplicationView.ts"
import type { EventView } from "../api/EventView.ts"
import type { ObjectView } from "../api/ObjectView.ts"
import { Actions, type ActionButton } from "./Actions.ts"
import { Chart, type Lane } from "./Chart.ts"
import { useData, useNow } from "./Data.ts"
import { Loading, StateLine } from "./Detail.ts"
import { Ago, Definitions, Empty, h, Link, Problem, Section, Table } from "./Html.ts"
import { LogView } from "./LogView.ts"
import { Progress, Usage } from "./Progress.ts"
import { pathTo } from "./Router.ts"
import { useSession } from "./Session.ts"
import { Conditions, PodTable } from "./StatusTables.ts"
import { between, plural, stateTone } from "./Text.ts"

/** Overlaps the others, so it has a lane of its own. */
const isRun = (phase: string) => phase === "run"

const lanesOf = ({ attempts }: ApplicationView): ReadonlyArray<Lane> =>
  attempts.toReversed().flatMap(({ number, phases }) => {
    const bars = phases.map(({ phase, from, to }) => ({
      label: phase.replace("_", " "),
      tone: `phase-${phase}`,
      from,
      to,
    }))
    return [
      { label: `Attempt ${number}: start`, bars: bars.filter(({ label }) => !isRun(label)) },
      { label: `Attempt ${number}: run`, bars: bars.filter(({ label }) => isRun(label)) },
    ].filter((lane) => lane.bars.length > 0)
  })

const executorLanes = (pods: ReadonlyArray<PodView>): ReadonlyArray<Lane> =>
  pods
    .filter(({ role, started }) => role === "executor" && started !== undefined)
    .slice(0, 50)
    .map(({ name, id, state, started, ended }) => ({
      label: `Executor ${id ?? name}`,
      bars: [{ label: state, tone: stateTone(state), from: started!, to: ended }],
    }))

const buttonsOf = ({ row, suspended }: ApplicationView): ReadonlyArray<ActionButton> => {
  const isOver = row.state === "COMPLETED" || row.state === "FAILED"
  return [
    ...(suspended
      ? [{ action: "resume", label: "Resume" }]
      : isOver
        ? [
            {
              action: "rerun",
              label: "Run again",
              confirm: "The pods of the last run, and with them their logs, are deleted.",
            },
          ]
        : [
            {
              action: "suspend",
              label: "Suspend",
              confirm: "The run is stopped, and starts from the beginning later.",
            },
          ]),
    { action: "delete", label: "Delete", confirm: "The application and its pods are deleted." },
  ]
}

const Events = ({ path, of, now }: { path: string; of: string; now: number }) => {
  const { data, problem } = useData<{ rows: ReadonlyArray<EventView> }>(`${path}/events`, {
    kinds: ["applications"],
    key: of,
  })
  if (problem !== undefined) return h(Problem, { message: problem })
  if (data === undefined || data.rows.length === 0) return h(Empty, null, "There are no Events.")
  return h(Table<EventView>, {
    caption: "Events",
    rows: data.rows,
    keyOf: ({ about, reason, last }) => `${about} ${reason} ${last}`,
    columns: [
      { title: "Last", cell: ({ last }) => h(Ago, { time: last, now }) },
      { title: "Type", cell: ({ type }) => h("span", { class: type === "Warning" ? "warning" : "" }, type) },
      { title: "Reason", cell: ({ reason, count }) => (count > 1 ? `${reason} ×${count}` : reason) },
      { title: "About", cell: ({ about }) => about },
      { title: "Message", class: "why", cell: ({ message }) => message },
    ],
  })
}

/** Read only when it is opened: it asks the API server for the pods. */
const Objects = ({ path }: { path: string }) => {
  const [open, setOpen] = useState(false)
  const { data, problem } = useData<{ objects: ReadonlyArray<ObjectView> }>(open ? `${path}/objects` : undefined)
  return h(
    "details",
    { onToggle: (event: Event) => setOpen((event.currentTarget as HTMLDetailsElement).open) },
    h("summary", null, "Spec and pods as YAML, without secrets"),
    problem && h(Problem, { message: problem }),
    data?.objects.map(({ title, yaml }) =>
      h("div", { key: title }, h("h3", null, title), h("pre", { tabIndex: 0, "aria-label": title }, yaml)),
    ),
  )
}

export const ApplicationPage = ({ namespace, name }: { namespace: string; name: string }) => {
  const path = `/api${pathTo("applications", { namespace, name })}`
  const key = `${namespace}/${name}`
  const { data, problem, reload } = useData<ApplicationView>(path, { kinds: ["applications"], key })
  const now = useNow()
  const { actions } = useSession()
  if (data === undefined) return h(Loading, { problem })
  const { row, attempts, pods, executors, progress } = data
  const { schedule } = row
  return h(
    "div",
    { class: "stack" },
    problem && h(Problem, { message: problem }),
    h(
      "section",
      { class: "card lead" },
      h(StateLine, { state: row.state, sentence: data.sentence }),
      h(Definitions, {
        items: [
          ["Namespace", namespace],
          ["Created", h(Ago, { time: row.created, now })],
          ["Duration", between(row.started, row.ended, now)],
          ["Spark", row.sparkVersion && `${row.sparkVersion}, ${row.type ?? ""}`],
          ["Application ID", data.sparkApplicationId],
          ["Schedule", schedule && h(Link, { to: pathTo("schedules", { namespace, name: schedule }) }, schedule)],
          ["Runs again", data.nextRetry && h(Ago, { time: data.nextRetry, now })],
          ["Stalled", data.stalled?.message],
        ],
      }),
      h(
        "p",
        { class: "links" },
        data.hasUi &&
          h("a", { class: "button", href: pathTo("ui", row), target: "_blank", rel: "noopener" }, "Spark UI"),
        data.links.map(({ label, url }) =>
          h("a", { key: label, class: "button", href: url, rel: "noopener noreferrer" }, label),
        ),
      ),
      actions && h(Actions, { kind: "applications", of: row, buttons: buttonsOf(data), done: reload }),
    ),
    h(
      Section,
      { title: "Timeline" },
      attempts.length === 0
        ? h(Empty, null, "There was no attempt yet.")
        : h(Chart, { title: "Phases of each attempt", lanes: lanesOf(data), levels: data.executorLevels, now }),
      h(
        "ol",
        { class: "list" },
        attempts.map((attempt) =>
          h(
            "li",
            { key: attempt.number },
            h("b", null, `Attempt ${attempt.number}`),
            ` ${attempt.result ?? "current"}, `,
            between(attempt.startTime, attempt.finishTime, now),
            attempt.reason && `, ${attempt.reason}`,
            attempt.exitCode !== undefined && `, exit code ${attempt.exitCode}`,
            attempt.coreUtilization !== undefined && `, cores used ${Math.round(attempt.coreUtilization * 100)} %`,
            attempt.traceID && h("span", { class: "hint" }, ` trace ${attempt.traceID}`),
            attempt.historyURL && h("a", { href: attempt.historyURL, rel: "noopener noreferrer" }, " history"),
            attempt.message && h("p", null, attempt.message),
          ),
        ),
      ),
    ),
    progress && h(Section, { title: "Progress" }, h(Progress, { progress, now })),
    data.usage && h(Section, { title: "Requested resources" }, h(Usage, { usage: data.usage })),
    h(
      Section,
      { title: "Pods" },
      executors &&
        h(
          "p",
          null,
          `Executors: ${executors.running} running, ${executors.pending} pending, ${executors.succeeded} succeeded, ${executors.failed} failed`,
        ),
      h(Chart, { title: "Executors", lanes: executorLanes(pods), now }),
      pods.length === 0 ? h(Empty, null, "There are no pods.") : h(PodTable, { pods, now }),
      data.morePods > 0 && h("p", null, `and ${plural(data.morePods, "more pod", "more pods")}`),
    ),
    data.executorFailures.length > 0 &&
      h(
        Section,
        { title: "Executors that failed last" },
        h(
          "ul",
          { class: "list" },
          data.executorFailures.map(({ podName, time, reason, message }) =>
            h(
              "li",
              { key: podName },
              `${podName}: ${reason} `,
              h(Ago, { time, now }),
              message && h("p", null, message),
            ),
          ),
        ),
      ),
    pods.length > 0 && h(Section, { title: "Log" }, h(LogView, { namespace, name, pods })),
    h(Section, { title: "Events" }, h(Events, { path, of: key, now })),
    h(Section, { title: "Conditions" }, h(Conditions, { conditions: data.conditions, now })),
    h(Section, { title: "Objects" }, h(Objects, { path })),
  )
}
