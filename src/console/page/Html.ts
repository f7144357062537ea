/** Elements of the page, and the small parts that all pages share. Text is always set as text: nothing of it becomes markup. */

import { type ComponentChildren, h, type VNode } from "preact"
import type { Unchecked } from "../api/Unchecked.ts"
import { navigate } from "./Router.ts"
import { ago, plural, stateTone } from "./Text.ts"

export { h }
export type Children = ComponentChildren
export type Element = VNode

/** A link to a page of the console, without loading it again. */
export const Link = ({ to, children, class: name }: { to: string; children?: Children; class?: string }) =>
  h(
    "a",
    {
      href: to,
      class: name,
      onClick: (event: MouseEvent) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        navigate(to)
      },
    },
    children,
  )

/** Names of states are read out; the colour only repeats them. */
export const State = ({ state }: { state: string }) =>
  h("span", { class: `state ${stateTone(state)}` }, h("span", { class: "dot", "aria-hidden": "true" }), state)

/** `5 min ago`, with the exact time for those who point at it. */
export const Ago = ({ time, now }: { time: string | undefined | null; now: number }) =>
  time ? h("time", { dateTime: time, title: new Date(time).toLocaleString() }, ago(time, now)) : h("span", null, "–")

export interface SectionProps {
  readonly title: string
  readonly children?: Children
  readonly aside?: Children
  /** As wide as the page. */
  readonly wide?: boolean
}

export const Section = ({ title, children, aside, wide = false }: SectionProps) =>
  h("section", { class: wide ? "card wide" : "card" }, h("header", null, h("h2", null, title), aside), children)

export const Empty = ({ children }: { children?: Children }) => h("p", { class: "empty" }, children)

export const Problem = ({ message }: { message: string }) => h("p", { class: "problem", role: "alert" }, message)

/** Says that a list is not complete, and why. */
export const Incomplete = ({ unchecked = 0 }: Partial<Unchecked>) =>
  unchecked === 0
    ? null
    : h(
        "p",
        { class: "hint", role: "status" },
        `The list may be incomplete: your rights in ${plural(unchecked, "more namespace")} are not checked yet. `,
        "Choose one on the page of applications to see it at once.",
      )

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => Children
  /** The key by which the server sorts. */
  readonly sort?: string
  readonly class?: string
}

export interface TableProps<Row> {
  readonly caption: string
  readonly columns: ReadonlyArray<Column<Row>>
  readonly rows: ReadonlyArray<Row>
  readonly keyOf: (row: Row) => string
  /** `name` or `-name`. */
  readonly sort?: string
  readonly onSort?: (sort: string) => void
}

export const Table = <Row>({ caption, columns, rows, keyOf, sort, onSort }: TableProps<Row>) =>
  h(
    "div",
    { class: "scroll", tabIndex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      null,
      h("caption", { class: "hidden" }, caption),
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          columns.map((column) => {
            const { title, sort: key } = column
            if (key === undefined || onSort === undefined) return h("th", { scope: "col", class: column.class }, title)
            const order = sort === key ? "ascending" : sort === `-${key}` ? "descending" : "none"
            return h(
              "th",
              { scope: "col", "aria-sort": order, class: column.class },
              h(
                "button",
                { type: "button", class: "sort", onClick: () => onSort(order === "ascending" ? `-${key}` : key) },
                title,
                h("span", { "aria-hidden": "true" }, order === "none" ? "" : order === "ascending" ? " ▲" : " ▼"),
              ),
            )
          }),
        ),
      ),
      h(
        "tbody",
        null,
        rows.map((row) =>
          h(
            "tr",
            { key: keyOf(row) },
            columns.map(({ title, cell, class: name }) => h("td", { class: name, "data-label": title }, cell(row))),
          ),
        ),
      ),
    ),
  )

export const Definitions = ({ items }: { items: ReadonlyArray<readonly [string, Children]> }) =>
  h(
    "dl",
    null,
    items
      .filter(([, value]) => value !== undefined && value !== null && value !== "")
      .map(([term, value]) => h("div", { key: term }, h("dt", null, term), h("dd", null, value))),
  )

/** Text to paste elsewhere, with a button that copies it. */
export const Copy = ({ text }: { text: string }) =>
  h(
    "span",
    { class: "copy" },
    h("code", null, text),
    h(
      "button",
      {
        type: "button",
        class: "small",
        "aria-label": `Copy ${text}`,
        onClick: (event: MouseEvent) => {
          const button = event.currentTarget as HTMLButtonElement
          void navigator.clipboard.writeText(text).then(() => {
            button.textContent = "Copied"
          })
        },
      },
      "Copy",
    ),
  )
