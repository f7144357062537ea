/**
 * Traces and logs over OTLP (HTTP, protobuf), by the standard variables of OpenTelemetry (`OtlpEnvironment.ts`). With it Effect's spans,
 * the traces of attempts and every log line are exported; log lines go to standard error as before, too. Without an endpoint there is
 * nothing to do, and nothing of it is loaded.
 */

import { Effect, Layer } from "effect"
import type { Telemetry } from "../Telemetry.ts"
import { endpointOf, type Environment, unsupported } from "./OtlpEnvironment.ts"
import { samplerOf } from "./Sampler.ts"

/** Exports in the scope of the layer, and when it closes what is left, for at most five seconds. */
export const tracesAndLogs = (environment: Environment, version: string): Layer.Layer<never, never, Telemetry> => {
  const complaints = [...unsupported(environment), ...[samplerOf(environment).problem ?? []].flat()]
  const tell = Layer.effectDiscard(Effect.forEach(complaints, (complaint) => Effect.logWarning(complaint)))
  if (endpointOf(environment, "traces") === undefined && endpointOf(environment, "logs") === undefined) return tell
  const exports = Layer.unwrap(
    Effect.promise(() => import("./OtlpExports.ts")).pipe(
      Effect.map((module) => module.otlpExports(environment, version)),
    ),
  )
  return Layer.provideMerge(tell, exports)
}
