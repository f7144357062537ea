/** Buttons that change something, with the rights of the viewer. What cannot be undone is asked again. */

import { useState } from "preact/hooks"
import { post } from "./Data.ts"
import { h, Problem } from "./Html.ts"
import { navigate, pathTo } from "./Router.ts"

export interface ActionButton {
  readonly action: string
  readonly label: string
  /** Asked before it is done. */
  readonly confirm?: string
}

export interface ActionsProps {
  readonly kind: "applications" | "schedules" | "connects"
  readonly of: { readonly namespace: string; readonly name: string }
  readonly buttons: ReadonlyArray<ActionButton>
  readonly done: () => void
}

export const Actions = ({ kind, of, buttons, done }: ActionsProps) => {
  const [problem, setProblem] = useState<string>()
  const [asked, setAsked] = useState<ActionButton>()
  const [busy, setBusy] = useState(false)
  const run = async ({ action }: ActionButton) => {
    setAsked(undefined)
    setProblem(undefined)
    setBusy(true)
    try {
      await post(`/api${pathTo(kind, of)}/actions/${action}`)
      if (action === "delete") navigate(`/${kind}`)
      else done()
    } catch (error) {
      setProblem((error as Error).message)
    }
    setBusy(false)
  }
  return h(
    "div",
    { class: "actions" },
    buttons.map((button) =>
      h(
        "button",
        {
          key: button.action,
          type: "button",
          disabled: busy,
          onClick: () => (button.confirm === undefined ? void run(button) : setAsked(button)),
        },
        button.label,
      ),
    ),
    asked &&
      h(
        "div",
        { class: "confirm", role: "alertdialog", "aria-label": asked.label },
        h("p", null, asked.confirm),
        h("button", { type: "button", class: "danger", onClick: () => void run(asked) }, asked.label),
        h("button", { type: "button", onClick: () => setAsked(undefined), autofocus: true }, "Cancel"),
      ),
    problem && h(Problem, { message: problem }),
  )
}
