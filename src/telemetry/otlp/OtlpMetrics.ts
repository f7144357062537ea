/**
 * Metrics over OTLP (HTTP, protobuf), by OpenTelemetry's own exporter; to the endpoint of `OtlpEnvironment.ts`. The outcome of every
 * export is reported to the caller. Traces and logs: `TracesAndLogs.ts`.
 */

import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto"
import { defaultResource, type Resource, resourceFromAttributes } from "@opentelemetry/resources"
import {
  AggregationType,
  InstrumentType,
  type MetricProducer,
  type MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics"
import { Effect, type Scope } from "effect"
import { endpointOf, type Environment, keyValues, positive, targetOf, withoutSecrets } from "./OtlpEnvironment.ts"

/** The sender: `service.name` (default: firesteel), `service.version` and `OTEL_RESOURCE_ATTRIBUTES`. */
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
      else outcome.onFailure(result.error === undefined ? "unknown" : reasonOf(result.error))
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

/** With the HTTP status, which the exporter keeps apart from its message. */
const reasonOf = (error: Error): string =>
  "code" in error && typeof error.code === "number" ? `HTTP ${error.code} ${error.message}` : error.message

export interface ReaderOptions {
  readonly environment: Environment
  /** What is exported besides the instruments of the reader's provider. */
  readonly producers: ReadonlyArray<MetricProducer>
  /** Attribute sets per instrument. */
  readonly cardinalityLimit: number
  /** Of the operator. */
  readonly version: string
}

export interface OtlpReader {
  readonly reader: MetricReader
  /** `exported` is called when a request of an export has ended, from now on. */
  readonly onExport: (exported: (outcome: "success" | "failure") => void) => void
}

/** Undefined without an endpoint. Failures are logged once, and once more when they are over. */
export const makeReader = Effect.fnUntraced(function* ({
  environment,
  producers,
  cardinalityLimit,
}: ReaderOptions): Effect.fn.Return<OtlpReader | undefined, never, Scope.Scope> {
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const endpoint = withoutSecrets(endpointOf(environment, "metrics") ?? "")
  const listeners: Array<(outcome: "success" | "failure") => void> = []
  let failing = false
  const reader = yield* Effect.try(() =>
    otlpReader(environment, producers, cardinalityLimit, {
      onSuccess: () => {
        for (const exported of listeners) exported("success")
        if (failing) fork(Effect.logInfo("metrics are exported again", { endpoint }))
        failing = false
      },
      onFailure: (reason) => {
        for (const exported of listeners) exported("failure")
        if (!failing)
          fork(
            Effect.logWarning("metrics are not exported; nothing is lost, the export is retried", { endpoint, reason }),
          )
        failing = true
      },
    }),
  ).pipe(
    Effect.catch((error) =>
      Effect.logWarning("metrics will not be exported over OTLP", error.cause).pipe(Effect.as(undefined)),
    ),
  )
  return reader && { reader, onExport: (exported) => listeners.push(exported) }
})

/**
 * The reader that exports every `OTEL_METRIC_EXPORT_INTERVAL` milliseconds (one minute by default) and when it is shut down.
 * Compression, certificates and temporality are read by OpenTelemetry's exporter itself from the environment of the process.
 */
export const otlpReader = (
  environment: Environment,
  producers: ReadonlyArray<MetricProducer>,
  cardinalityLimit: number,
  outcome: Outcome,
): PeriodicExportingMetricReader | undefined => {
  const target = targetOf(environment, "metrics")
  if (target === undefined) return undefined
  const { url, headers, timeout } = target
  const interval = positive(environment["OTEL_METRIC_EXPORT_INTERVAL"]) ?? 60_000
  const exponential =
    environment["OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"]?.trim().toLowerCase() ===
    "base2_exponential_bucket_histogram"
  return new PeriodicExportingMetricReader({
    exporter: counted(
      new OTLPMetricExporter({ url, headers: { ...headers }, timeoutMillis: timeout }),
      exponential,
      outcome,
    ),
    exportIntervalMillis: interval,
    exportTimeoutMillis: Math.min(interval, positive(environment["OTEL_METRIC_EXPORT_TIMEOUT"]) ?? 30_000),
    metricProducers: [...producers],
    cardinalityLimits: { default: cardinalityLimit },
  })
}
