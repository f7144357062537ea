/** Connect servers: the list with what a client needs, and one of them. */

import type { ConnectRow, ConnectView } from "../api/ConnectView.ts"
import { Actions } from "./Actions.ts"
import { useData, useNow } from "./Data.ts"
import { Loading, StateLine } from "./Detail.ts"
import { Ago, Copy, Definitions, h, Link, Problem, Section, State } from "./Html.ts"
import { Listing } from "./Listing.ts"
import { pathTo } from "./Router.ts"
import { useSession } from "./Session.ts"
import { Conditions, PodTable } from "./StatusTables.ts"
import { between } from "./Text.ts"

export const ConnectsPage = () => {
  const now = useNow()
  return h(Listing<ConnectRow>, {
    kind: "connects",
    caption: "Connect servers",
    empty: "There are no Connect servers.",
    columns: [
      { title: "Name", class: "name", cell: (row) => h(Link, { to: pathTo("connects", row) }, row.name) },
      { title: "Namespace", cell: ({ namespace }) => namespace },
      { title: "State", cell: ({ state }) => h(State, { state }) },
      { title: "Endpoint", cell: ({ endpoint }) => endpoint && h(Copy, { text: endpoint }) },
      { title: "Sessions", cell: ({ sessions }) => (sessions === undefined ? "" : String(sessions)) },
      { title: "Operations", cell: ({ operations }) => (operations === undefined ? "" : String(operations)) },
      { title: "Executors", cell: ({ executors }) => String(executors) },
      { title: "Started", cell: ({ started }) => h(Ago, { time: started, now }) },
      { title: "Why", class: "why", cell: ({ explanation }) => explanation },
    ],
  })
}

export const ConnectPage = ({ namespace, name }: { namespace: string; name: string }) => {
  const now = useNow()
  const { actions } = useSession()
  const { data, problem, reload } = useData<ConnectView>(`/api${pathTo("connects", { namespace, name })}`, {
    kinds: ["connects"],
    key: `${namespace}/${name}`,
  })
  if (data === undefined) return h(Loading, { problem })
  const { row, connections, attempts, pods, conditions, tokenSecretName, historyURL } = data
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
          ["Started", row.started && h(Ago, { time: row.started, now })],
          ["Open sessions", row.sessions === undefined ? undefined : String(row.sessions)],
          ["Running operations", row.operations === undefined ? undefined : String(row.operations)],
          ["Idle since", row.idleSince && h(Ago, { time: row.idleSince, now })],
          ["Token in Secret", tokenSecretName],
        ],
      }),
      historyURL &&
        h(
          "p",
          { class: "links" },
          h("a", { class: "button", href: historyURL, rel: "noopener noreferrer" }, "History"),
        ),
      actions &&
        h(Actions, {
          kind: "connects",
          of: row,
          done: reload,
          buttons: [
            ...(row.state === "Idle" ? [{ action: "wake", label: "Wake" }] : []),
            row.suspended
              ? { action: "resume", label: "Resume" }
              : { action: "suspend", label: "Suspend", confirm: "The server is stopped, and its sessions end." },
            { action: "delete", label: "Delete", confirm: "The server is deleted, and its sessions end." },
          ],
        }),
    ),
    h(
      Section,
      { title: "Connect" },
      h(
        "ul",
        { class: "list" },
        connections.map(({ from, url, command, note }) =>
          h(
            "li",
            { key: from },
            h("b", null, from),
            " ",
            h(Copy, { text: url }),
            command && h("p", null, "while this runs: ", h(Copy, { text: command })),
            note && h("p", null, note),
          ),
        ),
      ),
    ),
    h(Section, { title: "Pods" }, h(PodTable, { pods, now })),
    h(
      Section,
      { title: "Servers so far" },
      h(
        "ol",
        { class: "list" },
        attempts.map((attempt) =>
          h(
            "li",
            { key: attempt.number },
            h("b", null, `Server ${attempt.number}`),
            ` ${attempt.result ?? "current"}, ${between(attempt.startTime, attempt.finishTime, now)}`,
            attempt.reason && `, ${attempt.reason}`,
            attempt.message && h("p", null, attempt.message),
          ),
        ),
      ),
    ),
    h(Section, { title: "Conditions" }, h(Conditions, { conditions, now })),
  )
}
