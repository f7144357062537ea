/**
 * Which pods of an attempt are counted, and until when, as text in its status: `last=12 open=0,3-7 until=2026-11-30T12:00:00Z`. The operator must
 * remember it so that no pod counts twice. Pods are numbered: the driver is 0, executors have the numbers that it gave them. Pure.
 */

import { epoch, timestamp } from "../../kube/Time.ts"
import { formatNumbers, parseNumbers } from "./NumberSet.ts"

/** Times are epoch milliseconds. */
export interface CountedPods {
  /** The highest number that was seen; -1 before the first. */
  readonly last: number
  /** Those that had not ended; all other numbers up to `last` are counted to their end. */
  readonly open: ReadonlySet<number>
  /** Until when the open ones are counted; undefined: not at all. */
  readonly until: number | undefined
  /** Those that are counted until a later time, because they were resized then. */
  readonly resized: ReadonlyMap<number, number>
}

export const noPods: CountedPods = { last: -1, open: new Set(), until: undefined, resized: new Map() }

/** What `formatCounted` wrote. */
export const parseCounted = (text: string | undefined): CountedPods => {
  if (text === undefined) return noPods
  const parts = text.split(" ").flatMap((part): ReadonlyArray<readonly [string, string]> => {
    const at = part.indexOf("=")
    return at < 0 ? [] : [[part.slice(0, at), part.slice(at + 1)]]
  })
  const values = new Map(parts)
  const last = Number(values.get("last"))
  return {
    last: Number.isInteger(last) ? last : -1,
    open: parseNumbers(values.get("open")),
    until: epoch(values.get("until")),
    resized: new Map(
      parts.flatMap(([name, value]) => (/^\d+$/.test(name) ? [[Number(name), epoch(value) ?? 0] as const] : [])),
    ),
  }
}

export const formatCounted = ({ last, open, until, resized }: CountedPods): string =>
  [
    `last=${last}`,
    ...(open.size === 0 ? [] : [`open=${formatNumbers(open)}`]),
    ...(until === undefined ? [] : [`until=${timestamp(until)}`]),
    ...Array.from(resized, ([number, at]) => `${number}=${timestamp(at)}`),
  ].join(" ")
