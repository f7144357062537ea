/** Facts about one object as aligned lines: `State:      RUNNING for 5m`. Pure. */

import type { Condition } from "../../../api/Condition.ts"
import { paint } from "../../Paint.ts"
import { age } from "../Ages.ts"
import { type Column, tableLines } from "../Output.ts"

export interface StatusStyle {
  /** Epoch milliseconds. */
  readonly now: number
  readonly colors: boolean
  /** For hints, such as `kubectl firesteel`. */
  readonly program: string
}

/** A fact without a text is left out; a text may have several lines. */
export type Fact = readonly [name: string, text: string | undefined]

const indent = 16

export const factLines = (facts: ReadonlyArray<Fact>, colors: boolean): ReadonlyArray<string> =>
  facts.flatMap(([name, text = ""]) => {
    if (text === "") return []
    const [first, ...more] = text.split("\n")
    const title = paint("dim", `${name}:`.padEnd(indent), colors)
    return [`${title}${first}`, ...more.map((line) => `${" ".repeat(indent)}${line}`)]
  })

const conditionColumns = (now: number): ReadonlyArray<Column<Condition>> => [
  { title: "CONDITION", cell: ({ type }) => type },
  { title: "STATUS", cell: ({ status }) => status },
  { title: "SINCE", cell: ({ lastTransitionTime }) => age(lastTransitionTime, now) },
  { title: "REASON", cell: ({ reason }) => reason },
  { title: "MESSAGE", cell: ({ message }) => message },
]

/** A table of the conditions, after an empty line; nothing without conditions. */
export const conditionLines = (
  conditions: ReadonlyArray<Condition> | undefined,
  { now, colors }: StatusStyle,
): ReadonlyArray<string> =>
  conditions === undefined || conditions.length === 0
    ? []
    : ["", ...tableLines(conditionColumns(now), conditions, { colors })]
