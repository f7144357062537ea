/**
 * One `MeterProvider` with two readers: one is collected for each scrape, the other exports over OTLP if there is an endpoint. They share one
 * storage, and their collections never fall into one turn of the event loop.
 */

import type { Meter } from "@opentelemetry/api"
import type { Resource } from "@opentelemetry/resources"
import { type CollectionResult, MeterProvider, type MetricProducer } from "@opentelemetry/sdk-metrics"
import { Effect, type Scope } from "effect"
import { ownTurns } from "./meter/OwnTurn.ts"
import { scopeName } from "./meter/Producer.ts"
import { sharedBy } from "./meter/SharedStorage.ts"
import type { ExportOutcome } from "./otlp/ExportCounts.ts"
import type { Environment } from "./otlp/OtlpEnvironment.ts"
import * as OtlpMetrics from "./otlp/OtlpMetrics.ts"
import { PrometheusReader } from "./prometheus/PrometheusReader.ts"

export interface ReadersOptions {
  readonly environment: Environment
  readonly version: string
  readonly resource: Resource
  /** What is exported besides the recordings. */
  readonly producers: ReadonlyArray<MetricProducer>
  /** Called when a request over OTLP has ended. */
  readonly exported: (outcome: ExportOutcome) => void
}

export interface Readers {
  readonly meter: Meter
  /** For a scrape. */
  readonly collect: () => Promise<CollectionResult>
}

/** How long the last export may take when the operator ends, in milliseconds. */
const shutdownMillis = 5_000

/** When the scope closes, what was measured is exported a last time. */
export const make = Effect.fnUntraced(function* ({
  environment,
  version,
  resource,
  producers,
  exported,
}: ReadersOptions): Effect.fn.Return<Readers, never, Scope.Scope> {
  const turn = ownTurns()
  const scrapes = new PrometheusReader(producers)
  const collect = () => turn().then(() => scrapes.collect())
  let scraped = true
  /**
   * What one reader collects is kept for the other until it collects as well, which would grow forever without scrapes. Cumulative values stay:
   * the next scrape has them. A reader that has been shut down has nothing to keep.
   */
  const beforeExport = () => {
    if (!scraped) collect().catch(() => {})
    scraped = false
  }
  const otlp = yield* OtlpMetrics.makeReader({ environment, version, producers, turn, beforeExport, ended: exported })
  const readers = otlp === undefined ? [scrapes] : [scrapes, otlp]
  const provider = new MeterProvider({ resource, readers, views: otlp === undefined ? [] : [...sharedBy(otlp)] })
  yield* Effect.addFinalizer(() =>
    Effect.tryPromise(() => provider.shutdown({ timeoutMillis: shutdownMillis })).pipe(
      Effect.catch(({ cause }) => {
        const reason = cause instanceof Error ? cause.message : String(cause)
        return Effect.logWarning("metrics were not exported a last time", { reason })
      }),
    ),
  )
  return {
    meter: provider.getMeter(scopeName, version),
    collect: () => {
      scraped = true
      return collect()
    },
  }
})
