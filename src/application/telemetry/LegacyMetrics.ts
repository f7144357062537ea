/**
 * The values behind the legacy names. OpenTelemetry knows no summaries and the old label rules are not its own, so these are
 * kept here rather than in the SDK: a number, or a sum and counts, per label set.
 */

import { Distribution } from "../../telemetry/meter/Distribution.ts"
import { PositiveGauge } from "../../telemetry/meter/PositiveGauge.ts"
import { validName } from "../../telemetry/prometheus/MetricName.ts"
import { type Family, labelText, samplesOf } from "../../telemetry/prometheus/PrometheusText.ts"
import { type LegacyInstrument, legacyBuckets, legacyInstruments, type LegacySet } from "./LegacyInstruments.ts"
import type { Attributes, Measurement, Source } from "./Measurement.ts"

export interface LegacySettings {
  /** Put before every name as it is; characters that Prometheus does not take become `_`. */
  readonly prefix: string
  readonly sets: ReadonlyArray<LegacySet>
  /** Bounds of the histograms of a source, in seconds. */
  readonly buckets: (source: Source) => ReadonlyArray<number> | undefined
}

interface Series {
  readonly instrument: LegacyInstrument
  readonly name: string
  readonly boundaries: ReadonlyArray<number> | undefined
  /** Counters and gauges. */
  readonly numbers: PositiveGauge
  /** Summaries and histograms, by label text. */
  readonly distributions: Map<string, Distribution>
}

export class LegacyMetrics {
  readonly #bySource = new Map<Source, Array<Series>>()
  readonly #all: ReadonlyArray<Series>

  constructor(settings: LegacySettings, onNegative: () => void) {
    this.#all = legacyInstruments
      .filter(({ set }) => settings.sets.includes(set))
      .map((instrument) => ({
        instrument,
        name: validName(settings.prefix + instrument.name),
        boundaries: instrument.kind === "histogram" ? (settings.buckets(instrument.on) ?? legacyBuckets) : undefined,
        numbers: new PositiveGauge(onNegative),
        distributions: new Map(),
      }))
    for (const series of this.#all) {
      this.#bySource.set(series.instrument.on, [...(this.#bySource.get(series.instrument.on) ?? []), series])
    }
  }

  /** Makes every series exist for a label set. */
  startAtZero(labels: Attributes): void {
    for (const series of this.#all) {
      if (isDistributed(series.instrument)) distribution(series, labels)
      else series.numbers.add(0, labels)
    }
  }

  record({ source, value, attributes }: Measurement, labels: Attributes): void {
    for (const series of this.#bySource.get(source) ?? []) {
      const { result, scale = 1 } = series.instrument
      if (result !== undefined && result !== attributes?.["result"]) continue
      if (isDistributed(series.instrument)) distribution(series, labels).observe(value * scale)
      else series.numbers.add(value, labels)
    }
  }

  /** Moves one unit of the gauges of a source, see `PositiveGauge.move`. */
  move(source: Source, from: Attributes | undefined, to: Attributes | undefined): void {
    for (const series of this.#bySource.get(source) ?? []) series.numbers.move(from, to)
  }

  *families(): Generator<Family> {
    for (const { instrument, name, numbers, distributions } of this.#all) {
      const samples = isDistributed(instrument) ? distributions.values() : samplesOf(numbers.points())
      yield { name, help: instrument.help, type: instrument.kind, samples }
    }
  }
}

const isDistributed = ({ kind }: LegacyInstrument): boolean => kind === "summary" || kind === "histogram"

const distribution = (series: Series, labels: Attributes): Distribution => {
  const text = labelText(labels)
  const known = series.distributions.get(text)
  if (known !== undefined) return known
  const made = new Distribution(text, series.boundaries)
  series.distributions.set(text, made)
  return made
}
