/** What follows from a table of instruments alone: their names, by kind and on `/metrics`, and the series that start at zero. */

import { prometheusName, type PrometheusType } from "../prometheus/MetricName.ts"
import type { Attributes } from "./Attributes.ts"
import type { Instrument } from "./Instrument.ts"

/** By name, as OpenTelemetry has it: dotted, without unit and `_total`. Units are UCUM. */
export type InstrumentTable = Readonly<Record<string, Instrument>>

type Kind = Instrument["kind"]

/** The names of the instruments of one kind. */
export type NameOf<Table extends InstrumentTable, Of extends Kind> = {
  [Name in keyof Table & string]: Table[Name]["kind"] extends Of ? Name : never
}[keyof Table & string]

/** In the order of the table. */
export const namesOf = <Table extends InstrumentTable, const Of extends Kind>(
  table: Table,
  ...kinds: ReadonlyArray<Of>
): ReadonlyArray<NameOf<Table, Of>> =>
  Object.keys(table).filter((name): name is NameOf<Table, Of> => kinds.some((kind) => kind === table[name]?.kind))

/** The entry of a name of the table, with the wide type. */
export const instrumentOf = (table: InstrumentTable, name: string): Instrument => table[name]!

/** How Prometheus sees an instrument: an UpDownCounter is a gauge there. */
export const prometheusType = (kind: Kind): PrometheusType => {
  switch (kind) {
    case "counter":
    case "produced-counter":
    case "observable-counter":
      return "counter"
    case "histogram":
      return "histogram"
    case "positive-gauge":
    case "produced-gauge":
    case "observable-up-down-counter":
    case "observable-gauge":
      return "gauge"
  }
}

/** The name of an instrument on `/metrics`. */
export const seriesName = (name: string, { kind, unit }: Instrument): string =>
  prometheusName(name, unit, prometheusType(kind))

/** Every combination of the values known beforehand; attributes with any value are left out. */
export const knownAttributes = ({ attributes = {} }: Instrument): ReadonlyArray<Attributes> =>
  Object.entries(attributes).reduce<ReadonlyArray<Attributes>>(
    (combinations, [key, values]) =>
      values.length === 0
        ? combinations
        : combinations.flatMap((known) => values.map((value) => ({ ...known, [key]: value }))),
    [{}],
  )
