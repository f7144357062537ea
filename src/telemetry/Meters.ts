/**
 * The instruments of the table as instruments of the OpenTelemetry SDK, made when first used and then kept, so asking for one
 * twice is harmless. Positive gauges hold their own state (the SDK cannot read a value back) and reach both exports
 * through `GaugeProducer`. Everything starts at zero.
 */
import type { Counter, Histogram, Meter } from "@opentelemetry/api"
import type { Instrument } from "./Instrument.ts"
import { instrument, instrumentNames, type InstrumentName, knownAttributes, type NameOf } from "./Instruments.ts"
import { attributeKey, type Attributes } from "./Measurement.ts"
import { PositiveGauge } from "./PositiveGauge.ts"

export interface Meters {
  readonly add: (name: NameOf<"counter">, value: number, attributes: Attributes) => void
  readonly record: (name: NameOf<"histogram">, value: number, attributes: Attributes) => void
  readonly gauges: ReadonlyMap<NameOf<"positive-gauge">, PositiveGauge>
  readonly gauge: (name: NameOf<"positive-gauge">) => PositiveGauge
  /**
   * Makes the series of all instruments of this identity exist, at zero, for one attribute set and every combination of the
   * values known beforehand. Cheap when done before.
   */
  readonly startAtZero: (identity: Instrument["identity"], attributes: Attributes) => void
  /** Attribute sets under which a histogram shall appear though nothing was recorded: the SDK has no empty histograms. */
  readonly emptyHistograms: ReadonlyMap<string, ReadonlyArray<Attributes>>
  /** The same for gauges that are computed from the cache: 0 where there is nothing to compute from. */
  readonly emptyGauges: ReadonlyMap<string, ReadonlyArray<Attributes>>
  readonly boundaries: (name: NameOf<"histogram">) => ReadonlyArray<number>
}

const names = <Kind extends Instrument["kind"]>(kind: Kind): ReadonlyArray<NameOf<Kind>> =>
  instrumentNames.filter((name): name is NameOf<Kind> & InstrumentName => instrument(name).kind === kind)

export const makeMeters = (
  meter: Meter,
  buckets: (name: NameOf<"histogram">) => ReadonlyArray<number> | undefined,
  onNegative: () => void,
): Meters => {
  const counters = new Map<string, Counter>()
  const histograms = new Map<string, Histogram>()
  const gauges = new Map(names("positive-gauge").map((name) => [name, new PositiveGauge(onNegative)]))
  const empty = new Map<string, Array<Attributes>>()
  const emptyGauges = new Map<string, Array<Attributes>>()
  const seen = new Set<string>()

  const boundaries = (name: NameOf<"histogram">) => buckets(name) ?? instrument(name).buckets ?? []

  const counter = (name: NameOf<"counter">): Counter => {
    const known = counters.get(name)
    if (known !== undefined) return known
    const { unit, description } = instrument(name)
    const made = meter.createCounter(name, { unit, description })
    counters.set(name, made)
    return made
  }

  const histogram = (name: NameOf<"histogram">): Histogram => {
    const known = histograms.get(name)
    if (known !== undefined) return known
    const { unit, description } = instrument(name)
    const advice = { explicitBucketBoundaries: [...boundaries(name)] }
    const made = meter.createHistogram(name, { unit, description, advice })
    histograms.set(name, made)
    return made
  }

  const gauge = (name: NameOf<"positive-gauge">): PositiveGauge => {
    const known = gauges.get(name)
    if (known !== undefined) return known
    const made = new PositiveGauge(onNegative)
    gauges.set(name, made)
    return made
  }

  const startAtZero: Meters["startAtZero"] = (identity, attributes) => {
    const key = `${identity} ${attributeKey(attributes)}`
    if (seen.has(key)) return
    seen.add(key)
    const start = <Name extends InstrumentName>(
      these: ReadonlyArray<Name>,
      at: (name: Name, all: Attributes) => void,
    ) => {
      for (const name of these) {
        if (instrument(name).identity !== identity) continue
        for (const known of knownAttributes(name)) at(name, { ...attributes, ...known })
      }
    }
    start(names("counter"), (name, all) => counter(name).add(0, all))
    start(names("positive-gauge"), (name, all) => gauge(name).add(0, all))
    const keep = (kept: Map<string, Array<Attributes>>) => (name: string, all: Attributes) => {
      const known = kept.get(name)
      if (known === undefined) kept.set(name, [all])
      else known.push(all)
    }
    start(names("histogram"), keep(empty))
    start(names("produced-gauge"), keep(emptyGauges))
  }

  return {
    add: (name, value, attributes) => counter(name).add(value, attributes),
    record: (name, value, attributes) => histogram(name).record(value, attributes),
    gauges,
    gauge,
    startAtZero,
    emptyHistograms: empty,
    emptyGauges,
    boundaries,
  }
}
