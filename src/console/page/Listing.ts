/** A page with the table of all objects of one kind that the viewer sees. */

import type { Unchecked } from "../api/Unchecked.ts"
import { useData } from "./Data.ts"
import { type Column, Empty, h, Incomplete, Problem, Table } from "./Html.ts"
import { pathTo } from "./Router.ts"

interface Named {
  readonly namespace: string
  readonly name: string
}

export interface ListingProps<Row extends Named> {
  readonly kind: "schedules" | "connects"
  readonly caption: string
  /** Shown instead of an empty table. */
  readonly empty: string
  readonly columns: ReadonlyArray<Column<Row>>
}

export const Listing = <Row extends Named>({ kind, caption, empty, columns }: ListingProps<Row>) => {
  const { data, problem } = useData<{ rows: ReadonlyArray<Row> } & Unchecked>(`/api/${kind}`, { kinds: [kind] })
  return h(
    "div",
    null,
    problem && h(Problem, { message: problem }),
    h(Incomplete, data ?? {}),
    data && data.rows.length === 0 && h(Empty, null, empty),
    data &&
      data.rows.length > 0 &&
      h(Table<Row>, { caption, rows: data.rows, keyOf: (row) => pathTo("", row), columns }),
  )
}
