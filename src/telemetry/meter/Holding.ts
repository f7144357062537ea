/** Values that are kept outside of the SDK, by instrument; both exports read them when they collect. */

import { attributeKey, type Attributes } from "./Attributes.ts"
import type { Instrument } from "./Instrument.ts"
import { instrumentOf, type InstrumentTable, namesOf } from "./InstrumentTable.ts"
import type { Recorded } from "./Meters.ts"
import type { Point } from "./PositiveGauge.ts"

/** `since` is milliseconds since 1970; absent: the start of the operator (of a gauge: now). */
export interface HeldPoint extends Point {
  readonly since?: number
}

/** An instrument with what it holds now. */
export interface Holding {
  readonly name: string
  readonly instrument: Instrument
  /** Evaluated when a collection comes to it. */
  readonly points: () => ReadonlyArray<HeldPoint>
}

/** Asked at every collection; `now` is milliseconds since 1970. */
export type HoldingSource = (now: number) => Iterable<Holding>

/** What the instruments of some kinds of a table hold. */
export const held = <Table extends InstrumentTable, const Kind extends Instrument["kind"]>(
  table: Table,
  kind: Kind,
  pointsOf: (name: ReturnType<typeof namesOf<Table, Kind>>[number]) => ReadonlyArray<HeldPoint>,
): ReadonlyArray<Holding> =>
  namesOf(table, kind).map((name) => ({
    name,
    instrument: instrumentOf(table, name),
    points: () => pointsOf(name),
  }))

/** The positive gauges of a table. */
export const heldGauges = ({ table, gauges }: Recorded): ReadonlyArray<Holding> =>
  Array.from(gauges, ([name, gauge]) => ({
    name,
    instrument: instrumentOf(table, name),
    points: () => gauge.points(),
  }))

/** The points, and zero for every other of these attribute sets. */
export const withZeros = (points: ReadonlyArray<Point>, zeros: ReadonlyArray<Attributes>): ReadonlyArray<Point> => {
  const present = new Set(points.map(({ attributes }) => attributeKey(attributes)))
  const absent = zeros.filter((attributes) => !present.has(attributeKey(attributes)))
  return [...points, ...absent.map((attributes) => ({ attributes, value: 0 }))]
}
