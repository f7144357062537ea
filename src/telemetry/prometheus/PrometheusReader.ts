/**
 * What a scrape reads: our own instruments where they lie, and through a reader of the SDK those that are observed (the process, the
 * work queues). The exporter of OpenTelemetry adds no unit to names, answers in one format only and collects, copies and writes
 * everything in one go, during which nothing else runs; here all is lazy, and `Exposition.ts` takes it in slices.
 */

import { DataPointType, type MetricData, type MetricProducer, MetricReader } from "@opentelemetry/sdk-metrics"
import { instrument, type InstrumentName, seriesName } from "../../Instruments.ts"
import { holdings, type Produced } from "../meter/Producer.ts"
import { prometheusName, type PrometheusType, unitWord } from "./MetricName.ts"
import { type Family, labelText, type Sample, samplesOf } from "./PrometheusText.ts"

/** Collects when asked; also a producer, so that what one provider observes can be exported by the reader of another. */
export class PrometheusReader extends MetricReader implements MetricProducer {
  constructor() {
    super({ otelComponentType: "prometheus_http_text_metric_exporter" })
  }

  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** The families of our own instruments. Samples are read when they are iterated; `now` is milliseconds since 1970. */
export const ownFamilies = function* (produced: Produced, now: number): Generator<Family> {
  const { sums, distributions } = produced.meters
  for (const [name, series] of sums) yield familyOf(name, "counter", series.values())
  for (const [name, series] of distributions) yield familyOf(name, "histogram", series.values())
  for (const { name, type, points } of holdings(produced, now)) {
    yield familyOf(name, type === "counter" ? "counter" : "gauge", samplesOf(points()))
  }
}

const familyOf = (name: InstrumentName, type: PrometheusType, samples: Iterable<Sample>): Family => {
  const { unit, description: help } = instrument(name)
  return { name: seriesName(name), help, type, unit: unitWord(unit, type), samples }
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
