/**
 * The instruments of the table, made when first used and then kept, so asking for one twice is harmless. What is recorded is kept here
 * for scrapes; instruments of the OpenTelemetry SDK hear the same, if there are any, for the export over OTLP. Positive gauges
 * (the SDK cannot read a value back) reach both exports through `Producer.ts`. Everything starts at zero.
 */

import type { Counter, Histogram, Meter } from "@opentelemetry/api"
import { attributeKey, type Attributes } from "../../application/telemetry/Measurement.ts"
import { instrument, instrumentNames, type InstrumentName, knownAttributes, type NameOf } from "../../Instruments.ts"
import { Accumulations, Sum } from "./Accumulations.ts"
import { Distribution } from "./Distribution.ts"
import type { Instrument } from "./Instrument.ts"
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
  /** What has been recorded, or started at zero, until now. */
  readonly sums: ReadonlyMap<NameOf<"counter">, Accumulations<Sum>>
  readonly distributions: ReadonlyMap<NameOf<"histogram">, Accumulations<Distribution>>
  /** Attribute sets for which a gauge that is computed from the cache shall be 0 when there is nothing to compute from. */
  readonly emptyGauges: ReadonlyMap<NameOf<"produced-gauge">, ReadonlyArray<Attributes>>
}

const names = <Kind extends Instrument["kind"]>(kind: Kind): ReadonlyArray<NameOf<Kind>> =>
  instrumentNames.filter((name): name is NameOf<Kind> & InstrumentName => instrument(name).kind === kind)

/** `pushed`: makes the instruments for OTLP; absent: there is no such export. `limit`: attribute sets per instrument. */
export const makeMeters = (
  pushed: Meter | undefined,
  limit: number,
  buckets: (name: NameOf<"histogram">) => ReadonlyArray<number> | undefined,
  onNegative: () => void,
): Meters => {
  const boundaries = (name: NameOf<"histogram">) => buckets(name) ?? instrument(name).buckets ?? []
  const sums = new Map(names("counter").map((name) => [name, new Accumulations(limit, (labels) => new Sum(labels))]))
  const distributions = new Map(
    names("histogram").map((name) => [
      name,
      new Accumulations(limit, (labels) => new Distribution(labels, boundaries(name))),
    ]),
  )
  const gauges = new Map(names("positive-gauge").map((name) => [name, new PositiveGauge(onNegative)]))
  const counters = new Map<string, Counter>()
  const histograms = new Map<string, Histogram>()
  const emptyGauges = new Map(names("produced-gauge").map((name) => [name, new Array<Attributes>()]))
  const seen = new Set<string>()

  const counter = (meter: Meter, name: NameOf<"counter">): Counter => {
    const known = counters.get(name)
    if (known !== undefined) return known
    const { unit, description } = instrument(name)
    const made = meter.createCounter(name, { unit, description })
    counters.set(name, made)
    return made
  }

  const histogram = (meter: Meter, name: NameOf<"histogram">): Histogram => {
    const known = histograms.get(name)
    if (known !== undefined) return known
    const { unit, description } = instrument(name)
    const advice = { explicitBucketBoundaries: [...boundaries(name)] }
    const made = meter.createHistogram(name, { unit, description, advice })
    histograms.set(name, made)
    return made
  }

  const add: Meters["add"] = (name, value, attributes) => {
    sums.get(name)!.at(attributes).value += value
    if (pushed !== undefined) counter(pushed, name).add(value, attributes)
  }

  const record: Meters["record"] = (name, value, attributes) => {
    distributions.get(name)!.at(attributes).observe(value)
    if (pushed !== undefined) histogram(pushed, name).record(value, attributes)
  }

  const gauge: Meters["gauge"] = (name) => {
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
    start(names("counter"), (name, all) => add(name, 0, all))
    start(names("positive-gauge"), (name, all) => gauge(name).add(0, all))
    start(names("histogram"), (name, all) => distributions.get(name)!.at(all))
    start(names("produced-gauge"), (name, all) => emptyGauges.get(name)!.push(all))
  }

  return { add, record, gauges, gauge, startAtZero, sums, distributions, emptyGauges }
}
