/**
 * Metrics over OTLP: the reader that exports them by OpenTelemetry's exporter, and the resource that all signals have. The outcome of every
 * export is reported to listeners. Traces and logs: `TracesAndLogs.ts`.
 */

import { defaultResource, type Resource, resourceFromAttributes } from "@opentelemetry/resources"
import {
  type MetricProducer,
  type MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics"
import { Effect, type Scope } from "effect"
import type { ExportOutcome } from "./ExportCounts.ts"
import { type Environment, keyValues, positive, targetOf, withoutSecrets } from "./OtlpEnvironment.ts"

/** The sender: `service.name` (default: firesteel), `service.version` and `OTEL_RESOURCE_ATTRIBUTES`. */
export const resource = (environment: Environment, serviceVersion: string): Resource => {
  const name = environment["OTEL_SERVICE_NAME"]?.trim()
  return defaultResource().merge(
    resourceFromAttributes({
      "service.name": "firesteel",
      "service.version": serviceVersion,
      ...keyValues(environment["OTEL_RESOURCE_ATTRIBUTES"]),
      ...(name ? { "service.name": name } : {}),
    }),
  )
}

export interface ReaderOptions {
  readonly environment: Environment
  /** What is exported besides the recordings. */
  readonly producers: ReadonlyArray<MetricProducer>
  /** Attribute sets per instrument before the SDK puts further ones into `otel.metric.overflow`. */
  readonly cardinalityLimit: number
  /** For the header `User-Agent`. */
  readonly version?: string | undefined
}

/** Attribute sets per instrument. */
export const cardinalityLimit = 10_000

export interface OtlpReader {
  readonly reader: MetricReader
  /** `listener` is called when an export has ended, from now on. */
  readonly onExport: (listener: (outcome: ExportOutcome) => void) => void
}

/**
 * A reader that exports every `OTEL_METRIC_EXPORT_INTERVAL` milliseconds (one minute by default) and when it is shut down. Failures are
 * logged once, and once more when they are over. Undefined without an endpoint (then no exporter is loaded), and when the exporter cannot
 * be made, which is logged.
 */
export const makeReader = Effect.fnUntraced(function* ({
  environment,
  producers,
  cardinalityLimit,
  version,
}: ReaderOptions): Effect.fn.Return<OtlpReader | undefined, never, Scope.Scope> {
  const target = targetOf(environment, "metrics")
  if (target === undefined) return undefined
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const endpoint = withoutSecrets(target.url)
  const listeners: Array<(outcome: ExportOutcome) => void> = []
  let failing = false
  const ended = (outcome: ExportOutcome, reason: string) => {
    for (const listener of listeners) listener(outcome)
    const fails = outcome !== "success"
    if (fails && !failing) fork(Effect.logWarning(warnings[outcome], { endpoint, reason }))
    if (!fails && failing) fork(Effect.logInfo("metrics are exported again", { endpoint }))
    failing = fails
  }
  const interval = positive(environment["OTEL_METRIC_EXPORT_INTERVAL"]) ?? 60_000
  const reader = yield* Effect.tryPromise(async () => {
    const ExportResult = await import("./ExportResult.ts")
    const { metricExporter } = await import("./Exporters.ts")
    ExportResult.listen()
    const exporter = observed(await metricExporter(target, environment, version), (result) => {
      const verdict = ExportResult.verdictOf(result, target.timeout)
      if (verdict._tag === "Accepted") ended("success", "")
      else ended(verdict._tag === "Partial" ? "partial" : "failure", verdict.reason)
    })
    return new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: interval,
      exportTimeoutMillis: Math.min(interval, positive(environment["OTEL_METRIC_EXPORT_TIMEOUT"]) ?? 30_000),
      metricProducers: [...producers],
      cardinalityLimits: { default: cardinalityLimit },
    })
  }).pipe(
    Effect.catch((error) =>
      Effect.logWarning("metrics will not be exported over OTLP", error.cause).pipe(Effect.as(undefined)),
    ),
  )
  return reader && { reader, onExport: (listener) => listeners.push(listener) }
})

const warnings = {
  failure: "metrics are not exported; nothing is lost, the export is retried",
  partial: "metrics are only accepted in part by the backend",
} as const

type Result = Parameters<Parameters<PushMetricExporter["export"]>[1]>[0]

/** The exporter, whose results are also passed to `observe`. */
const observed = (exporter: PushMetricExporter, observe: (result: Result) => void): PushMetricExporter =>
  Object.create(exporter, {
    export: {
      value: (...[metrics, done]: Parameters<PushMetricExporter["export"]>) =>
        exporter.export(metrics, (result) => {
          observe(result)
          done(result)
        }),
    },
  })
