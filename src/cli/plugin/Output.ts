/** Prints what a command found: as a table, as whole objects, or as names. */

import { Effect } from "effect"
import { apiVersion, type KubeObject, type Resource } from "../../kube/Resource.ts"
import { print } from "../Command.ts"
import { type Cell, table } from "../TextTable.ts"
import { fullName } from "./ObjectName.ts"
import type { OutputFormat } from "./PluginFlags.ts"

/** Columns of a table of `A`. */
export interface Column<A> {
  readonly title: string
  readonly cell: (row: A) => Cell | string
  /** Only with `-o wide`. */
  readonly wide?: boolean
}

const cellOf = (cell: Cell | string): Cell => (typeof cell === "string" ? { text: cell } : cell)

/** The lines of a table; without rows only the header. */
export const tableLines = <A>(
  columns: ReadonlyArray<Column<A>>,
  rows: ReadonlyArray<A>,
  { wide = false, colors = false }: { readonly wide?: boolean; readonly colors?: boolean } = {},
): ReadonlyArray<string> => {
  const shown = columns.filter((column) => wide || column.wide !== true)
  return table(
    shown.map(({ title }) => title),
    rows.map((row) => shown.map(({ cell }) => cellOf(cell(row)))),
    { width: Number.MAX_SAFE_INTEGER, colors },
  )
}

export const printLines = (lines: ReadonlyArray<string>) => print(lines.map((line) => `${line}\n`).join(""))

/** An object or a list of them, as kubectl prints them with `-o json` or `-o yaml`. */
export const printDocument = Effect.fnUntraced(function* (document: unknown, format: "json" | "yaml") {
  if (format === "json") return yield* print(`${JSON.stringify(document, undefined, 2)}\n`)
  const { stringify } = yield* Effect.promise(() => import("yaml"))
  return yield* print(stringify(document))
})

/** Objects of a list come without these. */
const typed = <A extends KubeObject>(resource: Resource<A>, object: A): A => ({
  ...object,
  apiVersion: apiVersion(resource),
  kind: resource.kind,
})

export interface Found<A extends KubeObject> {
  readonly resource: Resource<A>
  readonly objects: ReadonlyArray<A>
  /** As text. */
  readonly lines: (wide: boolean) => ReadonlyArray<string>
}

/** Prints objects of one resource. One that was named comes by itself with json and yaml, several as a `List`. */
export const printObjects = <A extends KubeObject>(
  { resource, objects, lines }: Found<A>,
  format: OutputFormat,
  single = false,
) => {
  switch (format) {
    case "table":
    case "wide":
      return printLines(lines(format === "wide"))
    case "name":
      return printLines(objects.map(({ metadata }) => fullName(resource, metadata?.name ?? "")))
    case "json":
    case "yaml": {
      const items = objects.map((object) => typed(resource, object))
      return printDocument(single ? items[0] : { apiVersion: "v1", kind: "List", items }, format)
    }
  }
}
