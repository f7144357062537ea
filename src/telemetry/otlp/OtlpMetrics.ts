/**
 * Metrics over OTLP: the reader that exports them by OpenTelemetry's exporter, and the resource that all signals have. Traces and logs: `TracesAndLogs.ts`.
 */

import { defaultResource, type Resource, resourceFromAttributes } from "@opentelemetry/resources"
import {
  type MetricCollectOptions,
  type MetricProducer,
  type MetricReader,
  PeriodicExportingMetricReader,
  type PeriodicExportingMetricReaderOptions,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics"
import { Effect, type Scope } from "effect"
import { cardinalityLimit } from "../meter/Overflow.ts"
import { type ExportOutcome, outcomes } from "./ExportCounts.ts"
import * as ExportLog from "./ExportLog.ts"
import type { ExportResult, Verdict } from "./ExportResult.ts"
import { type Environment, keyValues, positive, targetOf } from "./OtlpEnvironment.ts"

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
  /** For the header `User-Agent`. */
  readonly version: string
  /** What is exported besides the recordings. */
  readonly producers: ReadonlyArray<MetricProducer>
  /** Awaited before each collection and each request, see `OwnTurn.ts`. */
  readonly turn: () => Promise<void>
  /** Called before each collection. */
  readonly beforeExport: () => void
  /** Called when a request has ended. */
  readonly ended: (outcome: ExportOutcome) => void
}

/**
 * Points in one request. 58,000 points, of 5000 applications, are 7 MB: more than the 4 MiB that a Collector accepts over gRPC, and writing
 * them at once takes 70 ms of CPU (100 ms as JSON) in one turn of the event loop.
 */
const pointsPerRequest = 2_000

/**
 * A reader that exports every `OTEL_METRIC_EXPORT_INTERVAL` milliseconds (one minute by default) and when it is shut down. Failures are
 * logged once, and once more when they are over. Undefined without an endpoint (then no exporter is loaded), and when the exporter cannot
 * be made, which is logged.
 */
export const makeReader = Effect.fnUntraced(function* ({
  environment,
  version,
  producers,
  turn,
  beforeExport,
  ended,
}: ReaderOptions): Effect.fn.Return<MetricReader | undefined, never, Scope.Scope> {
  const target = targetOf(environment, "metrics")
  if (target === undefined) return undefined
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const log = ExportLog.make(target)
  const interval = positive(environment["OTEL_METRIC_EXPORT_INTERVAL"]) ?? 60_000
  return yield* Effect.tryPromise(async () => {
    const { listen, verdictOf } = await import("./ExportResult.ts")
    const { metricExporter } = await import("./Exporters.ts")
    listen()
    const judge = (result: ExportResult): Verdict => {
      const verdict = verdictOf(result, target.timeout)
      ended(outcomes[verdict._tag])
      fork(log.ended(verdict))
      return verdict
    }
    return new BatchReader(
      { turn, beforeExport, judge },
      {
        exporter: await metricExporter(target, environment, version),
        exportIntervalMillis: interval,
        exportTimeoutMillis: Math.min(interval, positive(environment["OTEL_METRIC_EXPORT_TIMEOUT"]) ?? 30_000),
        metricProducers: [...producers],
        cardinalityLimits: { default: cardinalityLimit },
        maxExportBatchSize: pointsPerRequest,
      },
    )
  }).pipe(
    Effect.catch((error) =>
      Effect.as(Effect.logWarning("metrics will not be exported over OTLP", error.cause), undefined),
    ),
  )
})

type Export = PushMetricExporter["export"]

interface BatchReaderHooks extends Pick<ReaderOptions, "turn" | "beforeExport"> {
  /** Is given the result of every request. */
  readonly judge: (result: ExportResult) => Verdict
}

/**
 * Collects, and writes each request, in a turn of its own. When the backend is away, the rest of a collection is not sent: the next one has the
 * same sums.
 */
class BatchReader extends PeriodicExportingMetricReader {
  readonly #begin: () => Promise<void>

  constructor(
    { turn, beforeExport, judge }: BatchReaderHooks,
    { exporter, ...options }: PeriodicExportingMetricReaderOptions,
  ) {
    let away = false
    const send: Export = async (metrics, done) => {
      if (away) return done({ code: 1 })
      await turn()
      exporter.export(metrics, (result) => {
        away = judge(result)._tag === "Busy"
        done(result)
      })
    }
    super({ ...options, exporter: Object.create(exporter, { export: { value: send } }) })
    this.#begin = () => {
      away = false
      beforeExport()
      return turn()
    }
  }

  override async collect(options?: MetricCollectOptions) {
    await this.#begin()
    return super.collect(options)
  }
}
