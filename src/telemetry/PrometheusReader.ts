/**
 * The reader of the SDK behind `/metrics`. The exporter of OpenTelemetry adds no unit to names, answers in one format only and
 * builds one text in one go; this one follows the naming rules, negotiates format and compression, and lets other work
 * run while it renders a large registry.
 */
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { DataPointType, type MetricData, MetricReader, type MetricReaderOptions } from "@opentelemetry/sdk-metrics"
import { Effect } from "effect"
import { instrument, instrumentNames } from "./Instruments.ts"
import { attributeKey, type Attributes } from "./Measurement.ts"
import type { Meters } from "./Meters.ts"
import { type PrometheusType, prometheusName } from "./MetricName.ts"
import { contentTypes, type Family, labelText, negotiate, render, type Sample } from "./PrometheusText.ts"

export interface Accepted {
  /** The headers `Accept` and `Accept-Encoding` of the request. */
  readonly accept?: string | undefined
  readonly acceptEncoding?: string | undefined
}

export interface Exposition {
  readonly contentType: string
  readonly contentEncoding?: "gzip"
  readonly body: string | Uint8Array
}

/** Characters rendered before other work gets its turn: about a millisecond. */
const chunkLength = 64 * 1024
/** Shorter texts are not worth the CPU time of compressing them. */
const worthCompressing = 1024

const compress = promisify(gzip)

export class PrometheusReader extends MetricReader {
  constructor(options: Pick<MetricReaderOptions, "metricProducers" | "cardinalitySelector">) {
    super({ ...options, otelComponentType: "prometheus_http_text_metric_exporter" })
  }

  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** The families of everything that the SDK and its producers hold; histograms without records appear empty. */
export const sdkFamilies = function* (metrics: ReadonlyArray<MetricData>, meters: Meters): Generator<Family> {
  const met = new Set<string>()
  for (const metric of metrics) {
    met.add(metric.descriptor.name)
    yield familyOf(metric, meters)
  }
  for (const name of instrumentNames) {
    if (instrument(name).kind !== "histogram" || met.has(name)) continue
    const samples = emptySamples(name, meters, [])
    yield {
      name: prometheusName(name, instrument(name).unit, "histogram"),
      help: instrument(name).description,
      type: "histogram",
      samples,
    }
  }
}

const familyOf = (metric: MetricData, meters: Meters): Family => {
  const { name, unit, description } = metric.descriptor
  const type: PrometheusType =
    metric.dataPointType === DataPointType.HISTOGRAM || metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM
      ? "histogram"
      : metric.dataPointType === DataPointType.SUM && metric.isMonotonic
        ? "counter"
        : "gauge"
  return { name: prometheusName(name, unit, type), help: description, type, samples: samples(metric, meters) }
}

const samples = function* (metric: MetricData, meters: Meters): Generator<Sample> {
  switch (metric.dataPointType) {
    case DataPointType.SUM:
    case DataPointType.GAUGE:
      for (const { attributes, value } of metric.dataPoints) yield { labels: labelText(attributes), value }
      return
    case DataPointType.HISTOGRAM:
      for (const { attributes, value } of metric.dataPoints) {
        const { sum = 0, count, buckets } = value
        yield { labels: labelText(attributes), value: { sum, count, buckets } }
      }
      yield* emptySamples(metric.descriptor.name, meters, metric.dataPoints)
      return
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      // This reader asks for explicit buckets; the text formats cannot say anything else.
      return
  }
}

const emptySamples = function* (
  name: string,
  meters: Meters,
  points: ReadonlyArray<{ readonly attributes: object }>,
): Generator<Sample> {
  const present = new Set(points.map(({ attributes }) => attributeKey(attributes as Attributes)))
  const boundaries = meters.boundaries(name as Parameters<Meters["boundaries"]>[0])
  const counts = [...boundaries, Infinity].map(() => 0)
  for (const attributes of meters.emptyHistograms.get(name) ?? []) {
    if (present.has(attributeKey(attributes))) continue
    yield { labels: labelText(attributes), value: { sum: 0, count: 0, buckets: { boundaries, counts } } }
  }
}

/** Renders families as the client wants them. Yields to other fibers and to the event loop between chunks. */
export const expose = Effect.fnUntraced(function* (families: Iterable<Family>, accepted: Accepted) {
  const format = negotiate(accepted.accept)
  const contentType = contentTypes[format]
  const chunks: Array<string> = []
  let length = 0
  let waiting = 0
  for (const text of render(families, format)) {
    chunks.push(text)
    length += text.length
    waiting += text.length
    if (waiting < chunkLength) continue
    waiting = 0
    yield* Effect.yieldNow
  }
  const body = chunks.join("")
  if (length < worthCompressing || !/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted.acceptEncoding ?? "")) {
    return { contentType, body } satisfies Exposition as Exposition
  }
  const zipped: Uint8Array = yield* Effect.promise(() => compress(body))
  return { contentType, contentEncoding: "gzip", body: zipped } satisfies Exposition as Exposition
})
