/** A log that grows while it is printed. It is read as a stream and shown as text; the oldest lines are dropped. */

import { useEffect, useRef, useState } from "preact/hooks"
import type { PodView } from "../api/ApplicationView.ts"
import { h } from "./Html.ts"
import { pathTo } from "./Router.ts"

/** Characters that are shown. */
const longest = 500_000

export interface LogViewProps {
  readonly namespace: string
  readonly name: string
  readonly pods: ReadonlyArray<Pick<PodView, "name" | "created" | "ended">>
}

/** Milliseconds until a log is read again that has ended although its container has not, or has not begun. */
const pause = 3000

const trimmed = (text: string) => {
  if (text.length <= longest) return text
  const cut = text.slice(text.length - longest)
  return cut.slice(cut.indexOf("\n") + 1)
}

const read = async (path: string, signal: AbortSignal, take: (text: string) => void): Promise<void> => {
  const response = await fetch(path, { signal })
  if (!response.ok || response.body === null) {
    const { message } = (await response.json().catch(() => ({}))) as { message?: string }
    take(`(the log cannot be read: ${message ?? response.status})\n`)
    return
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    take(value)
  }
}

export const LogView = ({ namespace, name, pods }: LogViewProps) => {
  const [pod, setPod] = useState("")
  const [follow, setFollow] = useState(true)
  const [text, setText] = useState("")
  const view = useRef<HTMLPreElement>(null)
  const chosen = pods.find((one) => one.name === pod) ?? pods[0]
  const shown = chosen?.name ?? ""
  // Another pod of this name, such as the driver of the next attempt, has a log of its own.
  const created = chosen?.created
  const isOver = chosen?.ended !== undefined
  const path = `/api${pathTo("applications", { namespace, name })}/pods/${encodeURIComponent(shown)}/log`

  useEffect(() => {
    if (shown === "") return
    const abort = new AbortController()
    let gathered = ""
    let frame = 0
    setText("")
    const take = (chunk: string) => {
      gathered = trimmed(gathered + chunk)
      if (frame === 0) {
        frame = requestAnimationFrame(() => {
          frame = 0
          setText(gathered)
        })
      }
    }
    const run = async () => {
      for (;;) {
        gathered = ""
        await read(`${path}?follow=${follow}`, abort.signal, take).catch(() => {
          if (!abort.signal.aborted) take("\n(the connection is lost)\n")
        })
        if (!follow || isOver) return
        await new Promise((resolve) => setTimeout(resolve, pause))
        if (abort.signal.aborted) return
      }
    }
    void run()
    return () => {
      abort.abort()
      cancelAnimationFrame(frame)
    }
  }, [path, follow, shown, created, isOver])

  useEffect(() => {
    if (follow && view.current !== null) view.current.scrollTop = view.current.scrollHeight
  }, [text, follow])

  return h(
    "div",
    { class: "log" },
    h(
      "div",
      { class: "filters" },
      h(
        "label",
        null,
        "Pod",
        h(
          "select",
          { value: shown, onChange: (event: Event) => setPod((event.currentTarget as HTMLSelectElement).value) },
          pods.map((one) => h("option", { key: one.name, value: one.name }, one.name)),
        ),
      ),
      h(
        "label",
        { class: "check" },
        h("input", {
          type: "checkbox",
          checked: follow,
          onChange: (event: Event) => setFollow((event.currentTarget as HTMLInputElement).checked),
        }),
        "Follow",
      ),
      h("a", { class: "button", href: `${path}?download=true`, download: `${shown}.log` }, "Download"),
    ),
    h("pre", { ref: view, tabIndex: 0, role: "log", "aria-label": `Log of ${shown}`, "aria-live": "off" }, text),
  )
}
