/**
 * Traces and logs over OTLP (HTTP, protobuf), by Effect's own exporters and the standard variables of OpenTelemetry: an endpoint switches
 * them on, `OTEL_TRACES_EXPORTER=none` and `OTEL_LOGS_EXPORTER=none` off. A backend that does not answer costs nobody anything: after three
 * tries a batch is dropped, and the next one is tried a minute later.
 */
import { ConfigProvider, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { OtlpLogger, OtlpSerialization, OtlpTracer } from "effect/observability"
import { type Environment, resource } from "./Otlp.ts"

/** Exports spans and log lines in the scope of the layer, and what is left when it closes. Logs go to standard error as before, too. */
export const tracesAndLogs = (environment: Environment, version: string): Layer.Layer<never> => {
  const { attributes } = resource(environment, version)
  const identity = {
    serviceName: String(attributes["service.name"]),
    serviceVersion: version,
    attributes: { ...attributes },
  }
  const { OTEL_RESOURCE_ATTRIBUTES: _readAbove, ...rest } = environment
  const variables = Object.entries({ OTEL_TRACES_EXPORTER: "otlp", OTEL_LOGS_EXPORTER: "otlp", ...rest })
  const env = Object.fromEntries(variables.flatMap(([name, value]) => (value ? [[name, value]] : [])))
  return Layer.mergeAll(
    OtlpTracer.layerFromConfig({ resource: identity }),
    OtlpLogger.layerFromConfig({ resource: identity }),
  ).pipe(
    Layer.provide([
      FetchHttpClient.layer,
      OtlpSerialization.layerProtobuf,
      ConfigProvider.layer(ConfigProvider.fromEnv({ env })),
    ]),
  )
}
