/**
 * The instruments of a table, ready to record. Values are kept here for scrapes; if there is an export over OTLP, the instruments of its
 * SDK record the same. Positive gauges (the SDK cannot read a value back) reach both exports through `Producer.ts`.
 */

import type { Counter, Histogram, Meter } from "@opentelemetry/api"
import { Accumulations, Sum } from "./Accumulations.ts"
import { attributeKey, type Attributes } from "./Attributes.ts"
import { Distribution } from "./Distribution.ts"
import type { Instrument } from "./Instrument.ts"
import { instrumentOf, type InstrumentTable, knownAttributes, type NameOf, namesOf } from "./InstrumentTable.ts"
import { PositiveGauge } from "./PositiveGauge.ts"

/** What has been recorded, or started at zero, until now, by name of the instrument. */
export interface Recorded {
  readonly table: InstrumentTable
  readonly sums: ReadonlyMap<string, Accumulations<Sum>>
  readonly distributions: ReadonlyMap<string, Accumulations<Distribution>>
  readonly gauges: ReadonlyMap<string, PositiveGauge>
}

export interface Meters<Table extends InstrumentTable> extends Recorded {
  readonly add: (name: NameOf<Table, "counter">, value: number, attributes: Attributes) => void
  readonly record: (name: NameOf<Table, "histogram">, value: number, attributes: Attributes) => void
  readonly gauge: (name: NameOf<Table, "positive-gauge">) => PositiveGauge
  /**
   * Makes the series of all instruments of this identity exist, at zero, for one attribute set and every combination of the
   * values known beforehand. Cheap when done before.
   */
  readonly startAtZero: (identity: Instrument["identity"], attributes: Attributes) => void
  /** Attribute sets for which a gauge that is computed from the cache shall be 0 when there is nothing to compute from. */
  readonly emptyGauges: (name: NameOf<Table, "produced-gauge">) => ReadonlyArray<Attributes>
}

/** Bounds of histograms that are not those of the table. */
export type Buckets<Table extends InstrumentTable> = {
  readonly [Name in NameOf<Table, "histogram">]?: ReadonlyArray<number> | undefined
}

export interface MetersOptions<Table extends InstrumentTable> {
  /** Makes the instruments for OTLP; absent: there is no such export. */
  readonly pushed: Meter | undefined
  /** Attribute sets per instrument. */
  readonly limit: number
  readonly buckets?: Buckets<Table> | undefined
  /** Called for every change that would have made a positive gauge negative. */
  readonly onNegative: () => void
}

export const make = <Table extends InstrumentTable>(
  table: Table,
  { pushed, limit, buckets, onNegative }: MetersOptions<Table>,
): Meters<Table> => {
  const given: Readonly<Record<string, ReadonlyArray<number> | undefined>> = buckets ?? {}
  const boundaries = (name: string) => given[name] ?? instrumentOf(table, name).buckets ?? []
  const each = <A>(kind: Instrument["kind"], value: (name: string) => A) =>
    new Map(namesOf(table, kind).map((name: string) => [name, value(name)]))

  const sums = each("counter", () => new Accumulations(limit, (labels) => new Sum(labels)))
  const distributions = each(
    "histogram",
    (name) => new Accumulations(limit, (labels) => new Distribution(labels, boundaries(name))),
  )
  const gauges = each("positive-gauge", () => new PositiveGauge(onNegative))
  const emptyGauges = each("produced-gauge", () => new Array<Attributes>())
  const counters = new Map<string, Counter>()
  const histograms = new Map<string, Histogram>()
  const started = new Set<string>()

  const counter = (meter: Meter, name: string): Counter => {
    const known = counters.get(name)
    if (known !== undefined) return known
    const { unit, description } = instrumentOf(table, name)
    const made = meter.createCounter(name, { unit, description })
    counters.set(name, made)
    return made
  }

  const histogram = (meter: Meter, name: string): Histogram => {
    const known = histograms.get(name)
    if (known !== undefined) return known
    const { unit, description } = instrumentOf(table, name)
    const advice = { explicitBucketBoundaries: [...boundaries(name)] }
    const made = meter.createHistogram(name, { unit, description, advice })
    histograms.set(name, made)
    return made
  }

  const add = (name: string, value: number, attributes: Attributes) => {
    sums.get(name)!.at(attributes).value += value
    if (pushed !== undefined) counter(pushed, name).add(value, attributes)
  }

  const startAtZero = (identity: Instrument["identity"], attributes: Attributes) => {
    const key = `${identity} ${attributeKey(attributes)}`
    if (started.has(key)) return
    started.add(key)
    const start = (names: Iterable<string>, at: (name: string, all: Attributes) => void) => {
      for (const name of names) {
        const instrument = instrumentOf(table, name)
        if (instrument.identity !== identity) continue
        for (const known of knownAttributes(instrument)) at(name, { ...attributes, ...known })
      }
    }
    start(sums.keys(), (name, all) => add(name, 0, all))
    start(gauges.keys(), (name, all) => gauges.get(name)!.add(0, all))
    start(distributions.keys(), (name, all) => distributions.get(name)!.at(all))
    start(emptyGauges.keys(), (name, all) => emptyGauges.get(name)!.push(all))
  }

  return {
    table,
    sums,
    distributions,
    gauges,
    add,
    record: (name: string, value, attributes) => {
      distributions.get(name)!.at(attributes).observe(value)
      if (pushed !== undefined) histogram(pushed, name).record(value, attributes)
    },
    gauge: (name: string) => gauges.get(name)!,
    startAtZero,
    emptyGauges: (name: string) => emptyGauges.get(name)!,
  }
}
