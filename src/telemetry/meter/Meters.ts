/**
 * The instruments of a table, made on a Meter of OpenTelemetry. What is recorded is aggregated by the SDK alone, once per reader.
 */

import { type Meter, type ObservableCallback, ValueType } from "@opentelemetry/api"
import { attributeKey, type Attributes } from "./Attributes.ts"
import type { Instrument } from "./Instrument.ts"
import { instrumentOf, type InstrumentTable, knownAttributes, type NameOf, namesOf } from "./InstrumentTable.ts"
import { cardinalityLimit } from "./Overflow.ts"
import { PositiveGauge } from "./PositiveGauge.ts"

export interface Meters<Table extends InstrumentTable> {
  readonly add: (name: NameOf<Table, "counter">, value: number, attributes: Attributes) => void
  readonly record: (name: NameOf<Table, "histogram">, value: number, attributes: Attributes) => void
  readonly gauge: (name: NameOf<Table, "positive-gauge">) => PositiveGauge
  /** `read` is called at every collection, after those that were given earlier. */
  readonly observe: (name: NameOf<Table, `observable-${string}` & Instrument["kind"]>, read: ObservableCallback) => void
  /**
   * Makes the series of this identity that start at zero (`Instrument.zeros`) exist, for one attribute set and every combination of the
   * values known beforehand. Cheap when done before.
   */
  readonly startAtZero: (identity: Instrument["identity"], attributes: Attributes) => void
}

/** Bounds of histograms that are not those of the table. */
export type Buckets<Table extends InstrumentTable> = {
  readonly [Name in NameOf<Table, "histogram">]?: ReadonlyArray<number> | undefined
}

export interface MetersOptions<Table extends InstrumentTable> {
  readonly meter: Meter
  readonly buckets?: Buckets<Table> | undefined
  /** Called for every change that would have made a positive gauge negative. */
  readonly onNegative: () => void
}

/** Makes the instruments. Those without an attribute of an object exist at zero from now on. */
export const make = <Table extends InstrumentTable>(
  table: Table,
  { meter, buckets, onNegative }: MetersOptions<Table>,
): Meters<Table> => {
  const given: Readonly<Record<string, ReadonlyArray<number> | undefined>> = buckets ?? {}
  const each = <A>(kind: Instrument["kind"], make: (name: string, instrument: Instrument) => A) =>
    new Map(namesOf(table, kind).map((name: string) => [name, make(name, instrumentOf(table, name))]))

  const counters = each("counter", (name, { unit, description }) => meter.createCounter(name, { unit, description }))
  const histograms = each("histogram", (name, { unit, description, buckets: usual = [] }) => {
    const advice = { explicitBucketBoundaries: [...(given[name] ?? usual)] }
    return meter.createHistogram(name, { unit, description, advice })
  })
  const gauges = each("positive-gauge", (name, { unit, description }) => {
    const counter = meter.createUpDownCounter(name, { unit, description, valueType: ValueType.INT })
    return new PositiveGauge(counter, { onNegative, limit: cardinalityLimit })
  })

  const observables = new Map([
    ...each("observable-counter", (name, { unit, description }) =>
      meter.createObservableCounter(name, { unit, description }),
    ),
    ...each("observable-gauge", (name, { unit, description }) =>
      meter.createObservableGauge(name, { unit, description }),
    ),
    ...each("observable-up-down-counter", (name, { unit, description }) =>
      meter.createObservableUpDownCounter(name, { unit, description }),
    ),
  ])

  const start = (instruments: Iterable<string>, attributes: Attributes) => {
    for (const name of instruments) {
      for (const known of knownAttributes(instrumentOf(table, name))) {
        const all = { ...attributes, ...known }
        counters.get(name)?.add(0, all)
        gauges.get(name)?.add(0, all)
      }
    }
  }
  const zeroed = (identity: Instrument["identity"]) =>
    namesOf(table, "counter", "positive-gauge").filter((name) => {
      const instrument = instrumentOf(table, name)
      return instrument.identity === identity && instrument.zeros === "each"
    })
  start(
    namesOf(table, "counter", "positive-gauge").filter((name) => instrumentOf(table, name).identity !== "queue"),
    {},
  )
  const started = new Set<string>()

  return {
    add: (name: string, value, attributes) => counters.get(name)!.add(value, attributes),
    record: (name: string, value, attributes) => histograms.get(name)!.record(value, attributes),
    gauge: (name: string) => gauges.get(name)!,
    observe: (name: string, read) => observables.get(name)!.addCallback(read),
    startAtZero: (identity, attributes) => {
      const key = `${identity} ${attributeKey(attributes)}`
      if (started.has(key)) return
      started.add(key)
      start(zeroed(identity), attributes)
    },
  }
}
