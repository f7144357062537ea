/**
 * OpenTelemetry's exporters for the three signals, by protocol. Each package is loaded when it is asked for: those of gRPC are large.
 * Everything that the exporters would read from the environment of the process is passed to them; only headers of the process's own
 * environment are added by them once more, which changes nothing outside of tests.
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

const traces = {
  "http/protobuf": () => import("@opentelemetry/exporter-trace-otlp-proto"),
  "http/json": () => import("@opentelemetry/exporter-trace-otlp-http"),
  grpc: () => import("@opentelemetry/exporter-trace-otlp-grpc"),
}

const logs = {
  "http/protobuf": () => import("@opentelemetry/exporter-logs-otlp-proto"),
  "http/json": () => import("@opentelemetry/exporter-logs-otlp-http"),
  grpc: () => import("@opentelemetry/exporter-logs-otlp-grpc"),
}

const metrics = {
  "http/protobuf": () => import("@opentelemetry/exporter-metrics-otlp-proto"),
  "http/json": () => import("@opentelemetry/exporter-metrics-otlp-http"),
  grpc: () => import("@opentelemetry/exporter-metrics-otlp-grpc"),
}

/** Rejects when a certificate cannot be read or the address is not a URL, as do the other two. */
export const spanExporter = async (target: OtlpTarget, version: string): Promise<SpanExporter> => {
  const { OTLPTraceExporter } = await traces[target.protocol]()
  return new OTLPTraceExporter(await optionsOf(target, version))
}

export const logExporter = async (target: OtlpTarget, version: string): Promise<LogRecordExporter> => {
  const { OTLPLogExporter } = await logs[target.protocol]()
  return new OTLPLogExporter(await optionsOf(target, version))
}

/** With the temporality and the histograms that the environment asks for. */
export const metricExporter = async (
  target: OtlpTarget,
  environment: Environment,
  version: string,
): Promise<PushMetricExporter> => {
  const { AggregationTemporalityPreference } = await metrics["http/json"]()
  const { OTLPMetricExporter } = await metrics[target.protocol]()
  const preferred = settingOf(environment, "metrics", "TEMPORALITY_PREFERENCE")?.toUpperCase()
  const { CUMULATIVE, DELTA, LOWMEMORY } = AggregationTemporalityPreference
  const histogram = settingOf(environment, "metrics", "DEFAULT_HISTOGRAM_AGGREGATION")?.toLowerCase()
  const exponential = histogram === "base2_exponential_bucket_histogram"
  return new OTLPMetricExporter({
    ...(await optionsOf(target, version)),
    temporalityPreference: preferred === "DELTA" ? DELTA : preferred === "LOWMEMORY" ? LOWMEMORY : CUMULATIVE,
    aggregationPreference: (type): AggregationOption => ({
      type:
        exponential && type === InstrumentType.HISTOGRAM
          ? AggregationType.EXPONENTIAL_HISTOGRAM
          : AggregationType.DEFAULT,
    }),
  })
}

const optionsOf = async (target: OtlpTarget, version: string) => ({
  url: target.url,
  timeoutMillis: target.timeout,
  // An enum of a package that is meant for exporters only; these are its values.
  compression: (target.gzip ? "gzip" : "none") as never,
  userAgent: `firesteel/${version}`,
  ...(target.protocol === "grpc" ? await grpcOptions(target) : httpOptions(target)),
})

const httpOptions = (target: OtlpTarget) => ({
  headers: { ...target.headers },
  httpAgentOptions: { keepAlive: true, ...certificatesOf(target) },
})

const grpcOptions = async (target: OtlpTarget) => {
  const { credentials, Metadata } = await import("@grpc/grpc-js")
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(target.headers)) metadata.set(name, value)
  const isPlain = /^http:/i.test(target.url) || (target.insecure && !/^https:/i.test(target.url))
  if (isPlain) return { metadata, credentials: credentials.createInsecure() }
  const { ca = null, cert = null, key = null } = certificatesOf(target)
  return { metadata, credentials: credentials.createSsl(ca, key, cert) }
}

/** Read once, at start-up. */
const certificatesOf = ({ certificateFile, clientCertificateFile, clientKeyFile }: OtlpTarget) => ({
  ...(certificateFile === undefined ? {} : { ca: readFileSync(certificateFile) }),
  ...(clientCertificateFile === undefined ? {} : { cert: readFileSync(clientCertificateFile) }),
  ...(clientKeyFile === undefined ? {} : { key: readFileSync(clientKeyFile) }),
})
