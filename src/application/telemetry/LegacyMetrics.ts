/**
 * The values behind the legacy names. OpenTelemetry knows no summaries and the old label rules are not its own, so these are
 * kept here rather than in the SDK: a number, or a sum and counts, per label set. Those of the work queues follow from what was recorded.
 */

import type { Attributes } from "../../telemetry/meter/Attributes.ts"
import { Distribution } from "../../telemetry/meter/Distribution.ts"
import { PositiveGauge } from "../../telemetry/meter/PositiveGauge.ts"
import type { QueueTotals } from "../../telemetry/operator/Workqueues.ts"
import { validName } from "../../telemetry/prometheus/MetricName.ts"
import { type Family, labelText, samplesOf, type SampleValue } from "../../telemetry/prometheus/PrometheusText.ts"
import {
  type LegacyInstrument,
  legacyBuckets,
  legacyInstruments,
  legacyQueueInstruments,
  legacyQueueName,
  type LegacyQueueSuffix,
  type LegacySet,
} from "./LegacyInstruments.ts"
import type { Measurement, Source } from "./Measurement.ts"

export interface LegacySettings {
  /** Put before every name as it is; characters that Prometheus does not accept become `_`. */
  readonly prefix: string
  readonly sets: ReadonlyArray<LegacySet>
  /** Bounds of the histograms of a source, in seconds. */
  readonly buckets: (source: Source) => ReadonlyArray<number> | undefined
}

export interface LegacyMetrics {
  /** Makes every series exist for a label set. */
  readonly startAtZero: (labels: Attributes) => void
  readonly record: (measurement: Measurement, labels: Attributes) => void
  /** Moves one unit of the gauges of a source, see `PositiveGauge.move`. */
  readonly move: (source: Source, from: Attributes | undefined, to: Attributes | undefined) => void
  readonly families: () => Iterable<Family>
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

export const make = ({ prefix, sets, buckets }: LegacySettings, onNegative: () => void): LegacyMetrics => {
  const all = legacyInstruments
    .filter(({ set }) => sets.includes(set))
    .map((instrument): Series => ({
      instrument,
      name: validName(prefix + instrument.name),
      boundaries: instrument.kind === "histogram" ? (buckets(instrument.on) ?? legacyBuckets) : undefined,
      numbers: new PositiveGauge(onNegative),
      distributions: new Map(),
    }))
  const bySource = Map.groupBy(all, ({ instrument }) => instrument.on)
  return {
    startAtZero: (labels) => {
      for (const series of all) {
        if (isDistributed(series.instrument)) distribution(series, labels)
        else series.numbers.add(0, labels)
      }
    },
    record: ({ source, value, attributes }, labels) => {
      for (const series of bySource.get(source) ?? []) {
        const { result, scale = 1 } = series.instrument
        if (result !== undefined && result !== attributes?.["result"]) continue
        if (isDistributed(series.instrument)) distribution(series, labels).observe(value * scale)
        else series.numbers.add(value, labels)
      }
    },
    move: (source, from, to) => {
      for (const { numbers } of bySource.get(source) ?? []) numbers.move(from, to)
    },
    families: function* () {
      for (const { instrument, name, numbers, distributions } of all) {
        const samples = isDistributed(instrument) ? distributions.values() : samplesOf(numbers.points())
        yield { name, help: instrument.help, type: instrument.kind, samples }
      }
    },
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

/** The families of a work queue in the set v1. The name of the queue is part of theirs. */
export const queueFamilies = (prefix: string, queue: QueueTotals): ReadonlyArray<Family> => {
  const family = (suffix: LegacyQueueSuffix, value: SampleValue): Family => {
    const { kind, help } = legacyQueueInstruments[suffix]
    const sample = { labels: "", value }
    const name = validName(prefix + legacyQueueName(queue.name, suffix))
    return { name, help: help + queue.name, type: kind, samples: [sample] }
  }
  return [
    family("depth", queue.depth),
    family("adds", queue.adds),
    family("latency", queue.waited),
    family("work_duration", queue.worked),
    family("retries", queue.retries),
    family("unfinished_work_seconds", queue.unfinishedSeconds),
    family("longest_running_processor_microseconds", queue.longestSeconds * 1_000_000),
  ]
}
