/**
 * What a scrape reads: our own instruments where they are kept, and through a reader of the SDK those that are observed (the process, the
 * work queues). The exporter of OpenTelemetry adds no unit to names, answers in one format only and collects, copies and writes
 * everything in one go, during which nothing else runs; here all is lazy, and `Exposition.ts` takes it in slices.
 */

import { DataPointType, type MetricData, type MetricProducer, MetricReader } from "@opentelemetry/sdk-metrics"
import type { Holding } from "../meter/Holding.ts"
import type { Instrument } from "../meter/Instrument.ts"
import { instrumentOf, prometheusType, seriesName } from "../meter/InstrumentTable.ts"
import type { Recorded } from "../meter/Meters.ts"
import { prometheusName, unitWord } from "./MetricName.ts"
import { type Family, labelText, type Sample, samplesOf } from "./PrometheusText.ts"

/** Collects on request; also a producer, so that what one provider observes can be exported by the reader of another. */
export class PrometheusReader extends MetricReader implements MetricProducer {
  constructor() {
    super({ otelComponentType: "prometheus_http_text_metric_exporter" })
  }

  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** The families of recorded counters and histograms. */
export const recordedFamilies = function* ({ table, sums, distributions }: Recorded): Generator<Family> {
  for (const [name, series] of sums) yield familyOf(name, instrumentOf(table, name), series.values())
  for (const [name, series] of distributions) yield familyOf(name, instrumentOf(table, name), series.values())
}

/** The families of holdings. Samples are read when they are iterated. */
export const heldFamilies = function* (holdings: Iterable<Holding>): Generator<Family> {
  for (const { name, instrument, points } of holdings) yield familyOf(name, instrument, samplesOf(points()))
}

const familyOf = (name: string, instrument: Instrument, samples: Iterable<Sample>): Family => {
  const { unit, description: help } = instrument
  const type = prometheusType(instrument.kind)
  return { name: seriesName(name, instrument), help, type, unit: unitWord(unit, type), samples }
}

/** The families of what the SDK observed. */
export const observedFamilies = function* (metrics: ReadonlyArray<MetricData>): Generator<Family> {
  for (const metric of metrics) {
    const { name, unit, description: help } = metric.descriptor
    const type = metric.dataPointType === DataPointType.SUM && metric.isMonotonic ? "counter" : "gauge"
    yield {
      name: prometheusName(name, unit, type),
      help,
      type,
      unit: unitWord(unit, type),
      samples: observedSamples(metric),
    }
  }
}

const observedSamples = function* (metric: MetricData): Generator<Sample> {
  if (metric.dataPointType !== DataPointType.SUM && metric.dataPointType !== DataPointType.GAUGE) return
  for (const { attributes, value } of metric.dataPoints) yield { labels: labelText(attributes), value }
}
