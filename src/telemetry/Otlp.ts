/**
 * Export over OTLP (HTTP, protobuf), configured by the standard variables of OpenTelemetry. Off without an endpoint: an
 * operator that was told nothing sends nothing. Every export is counted, and a failed one is told to the caller.
 */
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto"
import { defaultResource, type Resource, resourceFromAttributes } from "@opentelemetry/resources"
import {
  AggregationType,
  InstrumentType,
  type MetricProducer,
  type PushMetricExporter,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics"

export type Environment = Readonly<Record<string, string | undefined>>

/** The URL that metrics go to, or nothing if they are not to be exported. */
export const metricsEndpoint = (environment: Environment): string | undefined => {
  if (environment["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true") return undefined
  const exporters = environment["OTEL_METRICS_EXPORTER"]?.trim()
  if (exporters && !exporters.split(",").some((exporter) => exporter.trim().toLowerCase() === "otlp")) return undefined
  const own = environment["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"]?.trim()
  if (own) return own
  const base = environment["OTEL_EXPORTER_OTLP_ENDPOINT"]?.trim()
  return base ? `${base.replace(/\/+$/, "")}/v1/metrics` : undefined
}

/** `a=1,b=2`, percent-encoded, as in `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_EXPORTER_OTLP_HEADERS`; broken entries are left out. */
export const keyValues = (text: string | undefined): Record<string, string> => {
  const pairs: Record<string, string> = {}
  for (const entry of (text ?? "").split(",")) {
    const [, key, value] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(entry) ?? []
    if (!key || value === undefined) continue
    try {
      pairs[decodeURIComponent(key)] = decodeURIComponent(value)
    } catch {
      continue
    }
  }
  return pairs
}

/** Who sends: `service.name` (firesteel unless told otherwise), `service.version` and `OTEL_RESOURCE_ATTRIBUTES`. */
export const resource = (environment: Environment, version: string): Resource => {
  const name = environment["OTEL_SERVICE_NAME"]?.trim()
  return defaultResource().merge(
    resourceFromAttributes({
      "service.name": "firesteel",
      "service.version": version,
      ...keyValues(environment["OTEL_RESOURCE_ATTRIBUTES"]),
      ...(name ? { "service.name": name } : {}),
    }),
  )
}

export interface Outcome {
  readonly onSuccess: () => void
  readonly onFailure: (reason: string) => void
}

/** The exporter with its outcomes counted, and with exponential histograms if `exponential`. */
export const counted = (exporter: PushMetricExporter, exponential: boolean, outcome: Outcome): PushMetricExporter => ({
  export: (metrics, done) =>
    exporter.export(metrics, (result) => {
      if (result.error === undefined && result.code === 0) outcome.onSuccess()
      else outcome.onFailure(result.error?.message ?? "unknown")
      done(result)
    }),
  forceFlush: () => exporter.forceFlush(),
  shutdown: () => exporter.shutdown(),
  ...(exporter.selectAggregationTemporality === undefined
    ? {}
    : { selectAggregationTemporality: exporter.selectAggregationTemporality.bind(exporter) }),
  selectAggregation: (type) => ({
    type:
      exponential && type === InstrumentType.HISTOGRAM
        ? AggregationType.EXPONENTIAL_HISTOGRAM
        : AggregationType.DEFAULT,
  }),
})

/**
 * The reader that exports every `OTEL_METRIC_EXPORT_INTERVAL` milliseconds (one minute by default) and when it is shut down.
 * Compression, certificates and temporality are read by OpenTelemetry's exporter itself from the environment of the process.
 */
export const otlpReader = (
  environment: Environment,
  producers: ReadonlyArray<MetricProducer>,
  outcome: Outcome,
): PeriodicExportingMetricReader | undefined => {
  const url = metricsEndpoint(environment)
  if (url === undefined) return undefined
  const headers = {
    ...keyValues(environment["OTEL_EXPORTER_OTLP_HEADERS"]),
    ...keyValues(environment["OTEL_EXPORTER_OTLP_METRICS_HEADERS"]),
  }
  const timeout =
    milliseconds(environment["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT"]) ??
    milliseconds(environment["OTEL_EXPORTER_OTLP_TIMEOUT"]) ??
    10_000
  const interval = milliseconds(environment["OTEL_METRIC_EXPORT_INTERVAL"]) ?? 60_000
  const exponential =
    environment["OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"]?.trim().toLowerCase() ===
    "base2_exponential_bucket_histogram"
  return new PeriodicExportingMetricReader({
    exporter: counted(new OTLPMetricExporter({ url, headers, timeoutMillis: timeout }), exponential, outcome),
    exportIntervalMillis: interval,
    exportTimeoutMillis: Math.min(interval, milliseconds(environment["OTEL_METRIC_EXPORT_TIMEOUT"]) ?? 30_000),
    metricProducers: [...producers],
    cardinalityLimits: { default: cardinalityLimit },
  })
}

/** Attribute sets per instrument before the SDK puts further ones into `otel.metric.overflow`. */
export const cardinalityLimit = 10_000

const milliseconds = (text: string | undefined): number | undefined => {
  const value = Number(text?.trim() || Number.NaN)
  return Number.isFinite(value) && value > 0 ? value : undefined
}
