/** Tables of the pages of an application, a schedule and a Connect server: pods and conditions. */

import type { ApplicationView, PodView } from "../api/ApplicationView.ts"
import { Ago, h, State, Table } from "./Html.ts"
import { between } from "./Text.ts"

export const PodTable = ({ pods, now }: { pods: ReadonlyArray<PodView>; now: number }) =>
  h(Table<PodView>, {
    caption: "Pods",
    rows: pods,
    keyOf: ({ name }) => name,
    columns: [
      { title: "Pod", class: "name", cell: ({ name }) => name },
      { title: "Role", cell: ({ role }) => role },
      { title: "State", cell: ({ state }) => h(State, { state }) },
      { title: "Duration", cell: ({ started, ended }) => between(started, ended, now) },
      { title: "Why", class: "why", cell: ({ reason, message }) => [reason, message].filter(Boolean).join(": ") },
    ],
  })

export const Conditions = ({ conditions, now }: { conditions: ApplicationView["conditions"]; now: number }) =>
  h(Table<ApplicationView["conditions"][number]>, {
    caption: "Conditions",
    rows: conditions,
    keyOf: ({ type }) => type,
    columns: [
      { title: "Condition", cell: ({ type }) => type },
      { title: "Status", cell: ({ status }) => status },
      { title: "Reason", cell: ({ reason }) => reason },
      { title: "Since", cell: ({ lastTransitionTime }) => h(Ago, { time: lastTransitionTime, now }) },
      { title: "Message", class: "why", cell: ({ message }) => message },
    ],
  })
