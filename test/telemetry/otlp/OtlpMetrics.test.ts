import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics"
import { Effect, Logger } from "effect"
import { metricExporter } from "../../../src/telemetry/otlp/Exporters.ts"
import {
  endpointOf,
  type Environment,
  keyValues,
  protocols,
  targetOf,
  withoutSecrets,
} from "../../../src/telemetry/otlp/OtlpEnvironment.ts"
import { resource } from "../../../src/telemetry/otlp/OtlpMetrics.ts"
import { otlpBackend, otlpGrpcBackend } from "../../support/otlp/OtlpBackend.ts"
import { Metrics, scrape, withTelemetry } from "../../support/Scrape.ts"

interface Received {
  readonly path: string
  readonly contentType: string | undefined
  readonly tenant: string | undefined
  readonly body: Buffer
}

/** A collector that keeps what it gets and answers with `status`. */
const collector = (status: number) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly received: Array<Received>; readonly close: () => void }>(
      (resume) => {
        const received: Array<Received> = []
        const server = createServer((request, response) => {
          const chunks: Array<Buffer> = []
          request.on("data", (chunk: Buffer) => chunks.push(chunk))
          request.on("end", () => {
            const { "content-type": contentType, tenant } = request.headers
            received.push({
              path: request.url ?? "",
              contentType,
              tenant: tenant?.toString(),
              body: Buffer.concat(chunks),
            })
            response.writeHead(status).end()
          })
        })
        server.listen(0, "127.0.0.1", () => {
          const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
          resume(Effect.succeed({ url, received, close: () => server.close() }))
        })
      },
    ),
    ({ close }) => Effect.sync(close),
  )

describe("export over OTLP", () => {
  it.live("sends protobuf to the collector when the operator ends, positive gauges included", () =>
    Effect.gen(function* () {
      const { url, received } = yield* collector(200)
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: "tenant=a%20b" }
      yield* Effect.asVoid(scrape).pipe(withTelemetry({ environment }))
      assert.strictEqual(received.length, 1)
      const [{ path, contentType, tenant, body }] = received as [Received]
      assert.deepStrictEqual([path, contentType, tenant], ["/v1/metrics", "application/x-protobuf", "a b"])
      for (const text of [
        "firesteel",
        "spark.application.created",
        "spark.application.running",
        "spark.operator.pod.creations",
      ]) {
        assert.isTrue(body.includes(text), text)
      }
      assert.isFalse(body.includes("spark_app_count"), "legacy names are for scrapers only")
    }),
  )

  const byProtocol = [
    ["http/json", otlpBackend, "/v1/metrics"],
    ["grpc", otlpGrpcBackend, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"],
  ] as const
  it.live.each(byProtocol)("sends them by %s as well", ([protocol, start, path]) =>
    Effect.gen(function* () {
      const backend = yield* start
      const environment = {
        OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
        OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_METRICS_HEADERS: "tenant=a%20b",
        OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: "gzip",
      }
      yield* Effect.asVoid(scrape).pipe(withTelemetry({ environment }))
      assert.strictEqual(backend.requests.length, 1)
      assert.strictEqual(backend.requests[0]?.path, path)
      assert.include(backend.requests[0]?.headers, { tenant: "a b" })
    }),
  )

  it.live("counts an export that failed and logs it as a warning", () =>
    Effect.gen(function* () {
      const { url } = yield* collector(400)
      const logged: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => logged.push(`${logLevel} ${JSON.stringify(message)}`))
      yield* Effect.gen(function* () {
        yield* Metrics
        yield* Effect.gen(function* () {
          const series = yield* scrape
          if (series.get('spark_operator_telemetry_exports_total{signal="metrics",outcome="failure"}') === 0)
            yield* Effect.fail("not yet")
          assert.isAtLeast(series.get('spark_operator_telemetry_faults_total{fault="export"}') ?? 0, 1)
        }).pipe(Effect.eventually)
      }).pipe(
        withTelemetry({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_METRIC_EXPORT_INTERVAL: "20" } }),
        Effect.provide(Logger.layer([logger])),
      )
      assert.isTrue(
        logged.some((line) => /^Warn.*\/v1\/metrics.*HTTP 400: Bad Request/.test(line)),
        logged.join("\n"),
      )
    }),
  )

  /** Many more points than one request has. */
  const many = Effect.gen(function* () {
    const telemetry = yield* Metrics
    for (let index = 0; index < 2_500; index++)
      telemetry.kube.kubeRequest({ verb: "get", resource: `resource-${index}`, code: "200", seconds: 1 })
  })
  const failures = Effect.map(
    scrape,
    (series) => series.get('spark_operator_telemetry_exports_total{signal="metrics",outcome="failure"}') ?? 0,
  )
  const ofFirstRequest = "spark.operator.telemetry.faults"

  it.live("sends many points in several requests, which Collectors accept and which do not hold up other work", () =>
    Effect.gen(function* () {
      const { url, received } = yield* collector(200)
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: url }
      yield* many.pipe(withTelemetry({ environment }))
      assert.isAbove(received.length, 2)
      for (const { body } of received) assert.isBelow(body.length, 2 ** 20)
      const everything = Buffer.concat(received.map(({ body }) => body))
      assert.strictEqual(received.filter(({ body }) => body.includes(ofFirstRequest)).length, 1)
      for (const index of [0, 1_250, 2_499]) assert.isTrue(everything.includes(`resource-${index}`), `${index}`)
    }),
  )

  it.live(
    "sends no more of a collection when the backend is away: the next one has the same sums",
    () =>
      Effect.gen(function* () {
        const { url, received } = yield* collector(503)
        const environment = {
          OTEL_EXPORTER_OTLP_ENDPOINT: url,
          OTEL_EXPORTER_OTLP_TIMEOUT: "50",
          OTEL_METRIC_EXPORT_INTERVAL: "200",
        }
        yield* Effect.gen(function* () {
          yield* many
          yield* failures.pipe(
            Effect.flatMap((count) => (count >= 2 ? Effect.void : Effect.fail("not yet"))),
            Effect.eventually,
          )
          for (const { body } of received) assert.isTrue(body.includes(ofFirstRequest))
        }).pipe(withTelemetry({ environment }))
      }),
    20_000,
  )

  const exporterFor = (variables: Environment) => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318", ...variables }
    return Effect.promise(() => metricExporter(targetOf(environment, "metrics")!, environment, "1"))
  }

  it.effect("uses exponential histograms only for histograms, and only if they are configured", () =>
    Effect.gen(function* () {
      for (const protocol of protocols) {
        const common = { OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
        const variable = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"
        const exponential = yield* exporterFor({ ...common, [variable]: "base2_exponential_bucket_histogram" })
        const explicit = yield* exporterFor(common)
        const select = (exporter: PushMetricExporter, type: InstrumentType) => exporter.selectAggregation?.(type).type
        assert.strictEqual(select(exponential, InstrumentType.HISTOGRAM), AggregationType.EXPONENTIAL_HISTOGRAM)
        assert.strictEqual(select(exponential, InstrumentType.COUNTER), AggregationType.DEFAULT)
        assert.strictEqual(select(explicit, InstrumentType.HISTOGRAM), AggregationType.DEFAULT)
      }
    }),
  )

  it.effect("has the temporality that is preferred", () =>
    Effect.gen(function* () {
      const { CUMULATIVE, DELTA } = AggregationTemporality
      const expected = { "": CUMULATIVE, cumulative: CUMULATIVE, Delta: DELTA, lowmemory: DELTA, other: CUMULATIVE }
      for (const [preference, temporality] of Object.entries(expected)) {
        const exporter = yield* exporterFor({ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: preference })
        assert.strictEqual(exporter.selectAggregationTemporality?.(InstrumentType.COUNTER), temporality, preference)
        assert.strictEqual(exporter.selectAggregationTemporality?.(InstrumentType.UP_DOWN_COUNTER), CUMULATIVE)
      }
    }),
  )

  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318/" }
  const cases: ReadonlyArray<readonly [string, Record<string, string>, string | undefined]> = [
    ["nothing is set", {}, undefined],
    ["there is an endpoint", endpoint, "http://c:4318/v1/metrics"],
    ["metrics have an endpoint of their own", { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://m/x" }, "http://m/x"],
    [
      "the exporters contain otlp",
      { ...endpoint, OTEL_METRICS_EXPORTER: "prometheus,otlp" },
      "http://c:4318/v1/metrics",
    ],
    ["gRPC has no paths", { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "http://c:4318/"],
    ["the exporter is none", { ...endpoint, OTEL_METRICS_EXPORTER: "none" }, undefined],
    ["the SDK is disabled", { ...endpoint, OTEL_SDK_DISABLED: "TRUE" }, undefined],
  ]
  it.each(cases)("when %s", (_, environment, expected) => {
    assert.strictEqual(endpointOf(environment, "metrics"), expected)
  })

  it("names the service, with what the environment adds", () => {
    const named = resource(
      { OTEL_RESOURCE_ATTRIBUTES: "k8s.cluster.name=a%2Cb, broken,service.version=2" },
      "1",
    ).attributes
    assert.strictEqual(named["service.name"], "firesteel")
    assert.strictEqual(named["service.version"], "2")
    assert.strictEqual(named["k8s.cluster.name"], "a,b")
    assert.strictEqual(resource({ OTEL_SERVICE_NAME: "mine" }, "1").attributes["service.name"], "mine")
    assert.deepStrictEqual(keyValues("a=1=2,b=%zz,=c"), { a: "1=2" })
  })

  it("shows no secrets of an endpoint", () => {
    assert.strictEqual(withoutSecrets("https://me:pass@host:1/v1/traces?key=1"), "https://host:1/v1/traces")
    assert.strictEqual(withoutSecrets("collector:4317"), "collector:4317")
    assert.strictEqual(withoutSecrets("me:pass"), "an endpoint without a host")
    assert.strictEqual(withoutSecrets("secret"), "an endpoint that is not a URL")
  })

  it.effect("an endpoint that is not a URL is reported, and does not stop the operator", () =>
    Effect.gen(function* () {
      assert.isTrue((yield* scrape).has('spark_operator_telemetry_exports_total{signal="metrics",outcome="success"}'))
    }).pipe(withTelemetry({ environment: { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "not a url" } })),
  )
})
