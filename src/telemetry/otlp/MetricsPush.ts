/**
 * The export of metrics over OTLP, if the environment has an endpoint for it. It has a `MeterProvider` of its own, since a recording costs
 * time for each reader of its provider, and scrapes read no recordings of the SDK.
 */

import type { Meter } from "@opentelemetry/api"
import type { Resource } from "@opentelemetry/resources"
import { MeterProvider, type MetricProducer } from "@opentelemetry/sdk-metrics"
import { Effect, type Scope } from "effect"
import { scopeName } from "../meter/Producer.ts"
import type { ExportOutcome } from "./ExportCounts.ts"
import type { Environment } from "./OtlpEnvironment.ts"
import * as OtlpMetrics from "./OtlpMetrics.ts"

export interface MetricsPush {
  /** What is recorded on its instruments is exported; absent: nothing is exported. */
  readonly meter: Meter | undefined
  /** `exported` is called when an export has ended, from now on. */
  readonly onExport: (exported: (outcome: ExportOutcome) => void) => void
}

export interface MetricsPushOptions {
  readonly environment: Environment
  readonly resource: Resource
  readonly version: string
  /** What is exported besides the recordings. */
  readonly producers: ReadonlyArray<MetricProducer>
}

/** How long the last export may take when the operator ends, in milliseconds. */
export const shutdownMillis = 5_000

/** When the scope closes, what was measured is exported a last time. */
export const make = Effect.fnUntraced(function* ({
  environment,
  resource,
  version,
  producers,
}: MetricsPushOptions): Effect.fn.Return<MetricsPush, never, Scope.Scope> {
  const push = yield* OtlpMetrics.makeReader({
    environment,
    producers,
    cardinalityLimit: OtlpMetrics.cardinalityLimit,
    version,
  })
  const provider = push && new MeterProvider({ resource, readers: [push.reader] })
  yield* Effect.addFinalizer(() =>
    Effect.tryPromise(async () => provider?.shutdown({ timeoutMillis: shutdownMillis })).pipe(
      Effect.catch(({ cause }) => {
        const reason = cause instanceof Error ? cause.message : String(cause)
        return Effect.logWarning("metrics were not exported a last time", { reason })
      }),
    ),
  )
  return { meter: provider?.getMeter(scopeName, version), onExport: push?.onExport ?? (() => {}) }
})
