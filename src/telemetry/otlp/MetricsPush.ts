/**
 * The export of metrics over OTLP, if the environment has an endpoint for it. It has a `MeterProvider` of its own, since a recording costs
 * time for each reader of its provider, and scrapes read no recordings of the SDK.
 */

import type { Meter } from "@opentelemetry/api"
import type { Resource } from "@opentelemetry/resources"
import { MeterProvider, type MetricProducer } from "@opentelemetry/sdk-metrics"
import { Effect, type Scope } from "effect"
import { scopeName } from "../meter/Producer.ts"
import { endpointOf, type Environment, withoutSecrets } from "./OtlpEnvironment.ts"
import { otlpReader } from "./OtlpMetrics.ts"

export interface MetricsPush {
  /** What is recorded on its instruments is exported; absent: nothing is exported. */
  readonly meter: Meter | undefined
  /** `exported` is called when a request of an export has ended, from now on. */
  readonly onExport: (exported: (outcome: "success" | "failure") => void) => void
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

/** When the scope closes, what was measured is exported a last time. Failures are logged once, and once more when they are over. */
export const make = Effect.fnUntraced(function* ({
  environment,
  resource,
  version,
  producers,
}: MetricsPushOptions): Effect.fn.Return<MetricsPush, never, Scope.Scope> {
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const endpoint = withoutSecrets(endpointOf(environment, "metrics") ?? "")
  const listeners: Array<(outcome: "success" | "failure") => void> = []
  let failing = false
  const reader = yield* Effect.try(() =>
    otlpReader(environment, producers, {
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
  const provider = reader && new MeterProvider({ resource, readers: [reader] })
  yield* Effect.addFinalizer(() =>
    Effect.tryPromise(async () => provider?.shutdown({ timeoutMillis: shutdownMillis })).pipe(
      Effect.catch(({ cause }) => {
        const reason = cause instanceof Error ? cause.message : String(cause)
        return Effect.logWarning("metrics were not exported a last time", { endpoint, reason })
      }),
    ),
  )
  return { meter: provider?.getMeter(scopeName, version), onExport: (exported) => listeners.push(exported) }
})
