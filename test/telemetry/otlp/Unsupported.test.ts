import { assert, describe, it } from "@effect/vitest"
import type { Environment } from "../../../src/telemetry/otlp/OtlpEnvironment.ts"
import { unsupported } from "../../../src/telemetry/otlp/Unsupported.ts"

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318" }
const traces = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://c:4318/v1/traces" }

describe("variables of OpenTelemetry that have no effect", () => {
  const fine: ReadonlyArray<readonly [string, Environment]> = [
    ["nothing is set", {}],
    ["there is an endpoint", endpoint],
    [
      "everything is set that is known",
      {
        ...endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
        OTEL_EXPORTER_OTLP_TIMEOUT: "5000",
        OTEL_EXPORTER_OTLP_HEADERS: "a=b,c=d%20e,",
        OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "Delta",
        OTEL_METRICS_EXPORTER: "otlp,prometheus",
        OTEL_TRACES_SAMPLER: "traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "0.5",
      },
    ],
    ["the SDK is disabled", { OTEL_SDK_DISABLED: "true", OTEL_TRACES_EXPORTER: "zipkin" }],
    ["a signal that is not exported has a mistake", { ...traces, OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "thrift" }],
  ]
  it.each(fine)("are not reported when %s", (_, environment) => {
    assert.deepStrictEqual(unsupported(environment), [])
  })

  const problems: ReadonlyArray<readonly [Environment, RegExp]> = [
    [
      { ...traces, OTEL_EXPORTER_OTLP_PROTOCOL: "http" },
      /^OTEL_EXPORTER_OTLP_PROTOCOL=http .*http\/protobuf, http\/json, grpc/,
    ],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "x" }, /^OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=x /],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_COMPRESSION: "zstd" }, /^OTEL_EXPORTER_OTLP_COMPRESSION=zstd .*not compressed/],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_TIMEOUT: "10s" }, /^OTEL_EXPORTER_OTLP_TIMEOUT=10s .*milliseconds/],
    [
      { ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: "secret" },
      /^OTEL_EXPORTER_OTLP_HEADERS has entries that are not key=value/,
    ],
    [
      { ...endpoint, OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "sum" },
      /^OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=sum .*cumulative is used/,
    ],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_CLIENT_KEY: "/key" }, /CLIENT_KEY is set without its counterpart/],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://me:pass@c/v1/traces", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      /^OTEL_EXPORTER_OTLP_ENDPOINT: gRPC has no path; that of http:\/\/c\/v1\/traces is ignored/,
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "c:4318" }, /^OTEL_EXPORTER_OTLP_ENDPOINT is not a URL/],
    [{ OTEL_LOGS_EXPORTER: "console" }, /^OTEL_LOGS_EXPORTER=console is not supported: use otlp or none/],
    [{ OTEL_TRACES_EXPORTER: "otlp" }, /^OTEL_TRACES_EXPORTER=otlp without an endpoint/],
    [{ ...endpoint, OTEL_TRACES_SAMPLER: "xray" }, /^OTEL_TRACES_SAMPLER=xray/],
  ]
  it.each(problems)("are reported, with what happens instead: %o", (environment, expected) => {
    const found = unsupported(environment)
    assert.isTrue(
      found.some((problem) => expected.test(problem)),
      found.join("\n"),
    )
    assert.isFalse(
      found.some((problem) => /pass|secret/.test(problem)),
      "no secrets",
    )
  })
})
