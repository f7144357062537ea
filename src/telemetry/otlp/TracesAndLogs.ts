/**
 * Traces and logs over OTLP, by the standard variables of OpenTelemetry (`OtlpEnvironment.ts`). With it Effect's spans, the spans passed to
 * `SpanSink` and every log line are exported; log lines are still written to standard error. Without an endpoint nothing of this is loaded.
 */

import { Effect, Layer } from "effect"
import type { Telemetry } from "../Telemetry.ts"
import { endpointOf, type Environment } from "./OtlpEnvironment.ts"
import { unsupported } from "./Unsupported.ts"

/** Exports in the scope of the layer; when it closes, exports the rest, for at most five seconds. */
export const tracesAndLogs = (environment: Environment, version: string): Layer.Layer<never, never, Telemetry> => {
  const warn = Layer.effectDiscard(Effect.forEach(unsupported(environment), (problem) => Effect.logWarning(problem)))
  if (endpointOf(environment, "traces") === undefined && endpointOf(environment, "logs") === undefined) return warn
  const exports = Layer.unwrap(
    Effect.promise(() => import("./OtlpExports.ts")).pipe(
      Effect.map((module) => module.otlpExports(environment, version)),
    ),
  )
  return Layer.provideMerge(warn, exports)
}
