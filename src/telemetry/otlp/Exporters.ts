/**
 * OpenTelemetry's exporters for the three signals, by protocol. Each package is loaded when it is asked for; gRPC's are ten times as large
 * as the others.
 */

import { readFileSync } from "node:fs"
import type { LogRecordExporter } from "@opentelemetry/sdk-logs"
import {
  type AggregationOption,
  AggregationType,
  InstrumentType,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics"
import type { SpanExporter } from "@opentelemetry/sdk-trace"
import { type Environment, type OtlpTarget, settingOf } from "./OtlpEnvironment.ts"

/** Rejects when a certificate cannot be read or the address is not a URL. Every exporter of this file does. */
export const spanExporter = async (target: OtlpTarget, version: string | undefined): Promise<SpanExporter> => {
  switch (target.protocol) {
    case "http/protobuf":
      return new (await import("@opentelemetry/exporter-trace-otlp-proto")).OTLPTraceExporter(http(target, version))
    case "http/json":
      return new (await import("@opentelemetry/exporter-trace-otlp-http")).OTLPTraceExporter(http(target, version))
    case "grpc":
      return new (await import("@opentelemetry/exporter-trace-otlp-grpc")).OTLPTraceExporter(
        await grpc(target, version),
      )
  }
}

export const logExporter = async (target: OtlpTarget, version: string | undefined): Promise<LogRecordExporter> => {
  switch (target.protocol) {
    case "http/protobuf":
      return new (await import("@opentelemetry/exporter-logs-otlp-proto")).OTLPLogExporter(http(target, version))
    case "http/json":
      return new (await import("@opentelemetry/exporter-logs-otlp-http")).OTLPLogExporter(http(target, version))
    case "grpc":
      return new (await import("@opentelemetry/exporter-logs-otlp-grpc")).OTLPLogExporter(await grpc(target, version))
  }
}

/** With the temporality and the histograms that the environment asks for. */
export const metricExporter = async (
  target: OtlpTarget,
  environment: Environment,
  version: string | undefined,
): Promise<PushMetricExporter> => {
  const { AggregationTemporalityPreference: preferences, OTLPMetricExporter: JsonExporter } =
    await import("@opentelemetry/exporter-metrics-otlp-http")
  const setting = (name: string) => settingOf(environment, "metrics", name)?.toLowerCase()
  const temporality = setting("TEMPORALITY_PREFERENCE")
  const preference = {
    temporalityPreference:
      temporality === "delta"
        ? preferences.DELTA
        : temporality === "lowmemory"
          ? preferences.LOWMEMORY
          : preferences.CUMULATIVE,
    aggregationPreference: aggregationOf(
      setting("DEFAULT_HISTOGRAM_AGGREGATION") === "base2_exponential_bucket_histogram",
    ),
  }
  switch (target.protocol) {
    case "http/protobuf": {
      const { OTLPMetricExporter } = await import("@opentelemetry/exporter-metrics-otlp-proto")
      return new OTLPMetricExporter({ ...http(target, version), ...preference })
    }
    case "http/json":
      return new JsonExporter({ ...http(target, version), ...preference })
    case "grpc": {
      const { OTLPMetricExporter } = await import("@opentelemetry/exporter-metrics-otlp-grpc")
      return new OTLPMetricExporter({ ...(await grpc(target, version)), ...preference })
    }
  }
}

const aggregationOf =
  (exponential: boolean) =>
  (type: InstrumentType): AggregationOption => ({
    type:
      exponential && type === InstrumentType.HISTOGRAM
        ? AggregationType.EXPONENTIAL_HISTOGRAM
        : AggregationType.DEFAULT,
  })

const http = (target: OtlpTarget, version: string | undefined) => {
  const { ca, cert, key } = certificatesOf(target)
  return {
    ...common(target, version),
    url: target.url,
    headers: { ...target.headers },
    httpAgentOptions: { keepAlive: true, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
  }
}

const grpc = async (target: OtlpTarget, version: string | undefined) => {
  const { credentials, Metadata } = await import("@grpc/grpc-js")
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(target.headers)) metadata.set(name, value)
  const plain = /^http:/i.test(target.url) || (target.insecure && !/^https:/i.test(target.url))
  const { ca = null, cert = null, key = null } = plain ? {} : certificatesOf(target)
  return {
    ...common(target, version),
    url: target.url,
    metadata,
    credentials: plain ? credentials.createInsecure() : credentials.createSsl(ca, key, cert),
  }
}

/** What OpenTelemetry calls compression algorithms is an enum of a package that is not meant to be imported; these are its values. */
const common = ({ gzip, timeout }: OtlpTarget, version: string | undefined) => ({
  timeoutMillis: timeout,
  compression: (gzip ? "gzip" : "none") as never,
  userAgent: version === undefined ? "firesteel" : `firesteel/${version}`,
})

/** Read once, at start-up. */
const certificatesOf = ({ certificateFile, clientCertificateFile, clientKeyFile }: OtlpTarget) => ({
  ca: certificateFile === undefined ? undefined : readFileSync(certificateFile),
  cert: clientCertificateFile === undefined ? undefined : readFileSync(clientCertificateFile),
  key: clientKeyFile === undefined ? undefined : readFileSync(clientKeyFile),
})
