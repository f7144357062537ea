/** Traces and logs to a real HTTP server. */

import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { externalSpan } from "effect/Tracer"
import { about, linkToAttempt } from "../../../src/application/telemetry/AttemptContext.ts"
import * as AttemptTraces from "../../../src/application/telemetry/AttemptTraces.ts"
import type { Environment } from "../../../src/telemetry/otlp/OtlpEnvironment.ts"
import { tracesAndLogs } from "../../../src/telemetry/otlp/TracesAndLogs.ts"
import { Telemetry } from "../../../src/telemetry/Telemetry.ts"
import * as Certificates from "../../support/Certificates.ts"
import { otlpBackend, otlpBackendWith, otlpGrpcBackend } from "../../support/otlp/OtlpBackend.ts"
import { application, scrape } from "../../support/Scrape.ts"

const submissionID = "1b1e02a9-7444-8e85-8885-e1e60e3fe238"
const trace = "1b1e02a974448e858885e1e60e3fe238"

/** Runs with exports as the environment says, to their end; answers what was logged to standard error. */
const exporting = <A, E>(environment: Environment, effect: Effect.Effect<A, E, Telemetry>) => {
  const lines: Array<string> = []
  const stderr = Logger.layer([
    Logger.make(({ logLevel, message }) => lines.push(`${logLevel} ${JSON.stringify(message)}`)),
  ])
  return effect.pipe(
    Effect.provide(
      tracesAndLogs(environment, "1.2.3").pipe(
        Layer.provideMerge(Telemetry.layer({ serviceVersion: "0.0.0" })),
        Layer.provideMerge(stderr),
      ),
    ),
    Effect.map((result) => ({ result, lines })),
  )
}

const finished = application("COMPLETED", {
  status: {
    submissionID,
    driverInfo: { podName: "pi-driver" },
    attempts: [
      {
        number: 1,
        submissionID,
        startTime: "2026-11-20T10:00:00Z",
        submittedTime: "2026-11-20T10:00:01Z",
        scheduledTime: "2026-11-20T10:00:02Z",
        runningTime: "2026-11-20T10:00:05Z",
        finishTime: "2026-11-20T10:01:00Z",
        result: "Failed",
        reason: "OOMKilled",
        exitCode: 137,
      },
    ],
  },
})

describe("traces and logs over OTLP", () => {
  it.live("contain an attempt with the timestamps of Kubernetes, linked work of the operator, and its log lines", () =>
    Effect.gen(function* () {
      const backend = yield* otlpBackend
      const environment = {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${backend.url}/`,
        OTEL_EXPORTER_OTLP_HEADERS: "tenant=a%20b",
        OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
        OTEL_RESOURCE_ATTRIBUTES: "k8s.cluster.name=c1",
      }
      const { lines } = yield* exporting(
        environment,
        Effect.gen(function* () {
          const traces = yield* AttemptTraces.make
          traces.committed(undefined, finished)
          yield* linkToAttempt(finished).pipe(
            Effect.andThen(Effect.logWarning("said at work")),
            Effect.andThen(Effect.fail(new Error("no"))),
            Effect.withSpan("reconcile", { attributes: { key: "ml/pi" } }),
            Effect.ignore,
          )
          yield* about(finished)(Effect.logInfo("about it", { attempt: 1 }))
        }),
      )

      const spans = new Map(backend.spans.map((span) => [span.name, span]))
      const run = spans.get("spark.application.run")!
      const root = spans.get("spark.application.attempt")!
      assert.strictEqual(backend.spans.filter(({ traceId }) => traceId === trace).length, 5)
      assert.strictEqual(root.start, Date.parse("2026-11-20T10:00:00Z"))
      assert.strictEqual(run.start, Date.parse("2026-11-20T10:00:05Z"))
      assert.strictEqual(run.end, Date.parse("2026-11-20T10:01:00Z"))
      assert.strictEqual(run.parentSpanId, root.spanId)
      assert.deepStrictEqual([root.parentSpanId, root.status, root.statusMessage], ["", 2, "OOMKilled"])
      assert.include(root.attributes, { "k8s.pod.name": "pi-driver", "process.exit.code": 137 })

      const work = spans.get("reconcile")!
      assert.notStrictEqual(work.traceId, trace)
      assert.deepStrictEqual(work.links, [{ traceId: trace, spanId: root.spanId }])
      assert.deepStrictEqual([work.status, work.statusMessage, work.attributes["key"]], [2, "no", "ml/pi"])

      const [atWork, aboutIt] = ["said at work", "about it"].map((said) =>
        backend.logs.find(({ body }) => body === said)!,
      )
      assert.deepStrictEqual([atWork!.traceId, atWork!.spanId], [work.traceId, work.spanId])
      assert.deepStrictEqual([atWork!.severityNumber, atWork!.severityText], [13, "WARN"])
      assert.deepStrictEqual([aboutIt!.traceId, aboutIt!.spanId], [trace, root.spanId])
      assert.deepStrictEqual(aboutIt!.attributes, { attempt: 1 })
      assert.isTrue(
        lines.some((line) => line.includes("about it")),
        "standard error has them, too",
      )

      assert.include(backend.resource(), {
        "service.name": "firesteel",
        "service.version": "1.2.3",
        "k8s.cluster.name": "c1",
      })
      for (const { headers } of backend.requests) {
        assert.include(headers, { tenant: "a b" })
        assert.match(String(headers["user-agent"]), /^firesteel\/1\.2\.3 OTel-OTLP-Exporter-JavaScript/)
      }
      assert.isTrue(
        backend.requests.some(({ headers }) => headers["content-encoding"] === "gzip"),
        "compressed",
      )
    }).pipe(Effect.scoped),
  )

  it.live("are counted like metrics, by signal", () =>
    Effect.gen(function* () {
      const backend = yield* otlpBackend
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: backend.url, OTEL_BLRP_SCHEDULE_DELAY: "10" }
      yield* exporting(
        environment,
        Effect.gen(function* () {
          yield* Effect.logInfo("hello")
          yield* Effect.gen(function* () {
            const series = yield* scrape
            const sent = series.get('spark_operator_telemetry_exports_total{signal="logs",outcome="success"}')
            if (sent !== 1) yield* Effect.fail("not yet")
            assert.strictEqual(series.get('spark_operator_telemetry_dropped_total{signal="logs",reason="rejected"}'), 0)
          }).pipe(Effect.eventually)
        }),
      )
    }).pipe(Effect.scoped),
  )

  it.live("give up on an answer without end", () =>
    Effect.gen(function* () {
      const backend = yield* otlpBackend
      let open = 0
      backend.answer((response) => {
        open++
        response.on("close", () => open--)
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536))) {}
        }
        response.on("drain", more)
        more()
      })
      const environment = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: backend.url }
      const { lines } = yield* exporting(environment, Effect.void.pipe(Effect.withSpan("work")))
      assert.isTrue(
        lines.some((line) => line.includes("traces are not exported")),
        lines.join("\n"),
      )
      yield* Effect.eventually(Effect.suspend(() => (open === 0 ? Effect.void : Effect.fail("still open"))))
    }).pipe(Effect.scoped),
  )

  const off: ReadonlyArray<readonly [string, Environment]> = [
    ["there is no endpoint", {}],
    ["both exporters are none", { OTEL_TRACES_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" }],
    ["the SDK is disabled", { OTEL_SDK_DISABLED: "true" }],
  ]
  it.live.each(off)("are not exported when %s", ([, environment]) =>
    Effect.gen(function* () {
      const backend = yield* otlpBackend
      const endpoint = Object.keys(environment).length === 0 ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: backend.url }
      yield* exporting({ ...environment, ...endpoint }, Effect.withSpan(Effect.logInfo("hello"), "work"))
      assert.deepStrictEqual(backend.requests, [])
    }).pipe(Effect.scoped),
  )

  it.live("include only sampled traces, children like their parents", () =>
    Effect.gen(function* () {
      const backend = yield* otlpBackend
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: backend.url, OTEL_TRACES_SAMPLER: "always_off" }
      const sampled = externalSpan({ traceId: trace, spanId: "1234567812345678", sampled: true })
      yield* exporting(
        environment,
        Effect.gen(function* () {
          const traces = yield* AttemptTraces.make
          traces.committed(undefined, finished)
          yield* Effect.logInfo("hello").pipe(Effect.withSpan("inner"), Effect.withSpan("outer"))
          yield* Effect.void.pipe(Effect.withSpan("sampled elsewhere", { parent: sampled }))
        }),
      )
      assert.deepStrictEqual(
        backend.spans.map(({ name }) => name),
        ["sampled elsewhere"],
      )
      assert.strictEqual(backend.logs[0]?.traceId, "")
    }).pipe(Effect.scoped),
  )

  const byProtocol = [
    ["http/protobuf", otlpBackend],
    ["http/json", otlpBackend],
    ["grpc", otlpGrpcBackend],
  ] as const
  it.live.each(byProtocol)("are the same over %s", ([protocol, start]) =>
    Effect.gen(function* () {
      const backend = yield* start
      const environment = {
        OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_HEADERS: "tenant=a%20b",
      }
      yield* exporting(
        environment,
        Effect.gen(function* () {
          const traces = yield* AttemptTraces.make
          traces.committed(undefined, finished)
          yield* about(finished)(Effect.logInfo("about it", { attempt: 1, ratio: 0.5, ok: true }))
        }),
      )
      const root = backend.spans.find(({ name }) => name === "spark.application.attempt")!
      assert.strictEqual(backend.spans.length, 5)
      assert.include(root, {
        traceId: trace,
        parentSpanId: "",
        start: Date.parse("2026-11-20T10:00:00Z"),
        status: 2,
        statusMessage: "OOMKilled",
      })
      assert.include(root.attributes, { "k8s.pod.name": "pi-driver", "process.exit.code": 137 })
      const [line] = backend.logs
      assert.deepStrictEqual([line?.body, line?.traceId, line?.spanId], ["about it", trace, root.spanId])
      assert.deepStrictEqual(line?.attributes, { attempt: 1, ratio: 0.5, ok: true })
      assert.include(backend.resource(), { "service.name": "firesteel", "service.version": "1.2.3" })
      for (const { headers } of backend.requests) assert.include(headers, { tenant: "a b" })
    }).pipe(Effect.scoped),
  )

  it.live("count over gRPC what the backend rejects, and what it accepts only in part", () =>
    Effect.gen(function* () {
      const backend = yield* otlpGrpcBackend
      const partial = Uint8Array.of(0x0a, 6, 0x08, 1, 0x12, 2, 0x6e, 0x6f)
      const rejected = { code: 16, details: "no such tenant" }
      backend.answer(() => (backend.requests.length === 1 ? rejected : partial))
      const environment = {
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: backend.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
        OTEL_BLRP_SCHEDULE_DELAY: "10",
      }
      const count = (count: number, name: string, labels: string) =>
        Effect.gen(function* () {
          const series = yield* scrape
          if (series.get(`spark_operator_telemetry_${name}_total{signal="logs",${labels}}`) !== count)
            yield* Effect.fail("not yet")
        }).pipe(Effect.eventually)
      const { lines } = yield* exporting(
        environment,
        Effect.gen(function* () {
          yield* Effect.logInfo("first")
          yield* count(1, "dropped", 'reason="rejected"')
          yield* count(1, "exports", 'outcome="failure"')
          yield* Effect.logInfo("second")
          yield* count(2, "dropped", 'reason="rejected"')
          yield* count(1, "exports", 'outcome="partial"')
        }),
      )
      const warned = lines.filter((line) => line.startsWith("Warn"))
      assert.match(warned[0] ?? "", /backend rejects them.*no such tenant/)
      assert.match(warned[1] ?? "", /only accepted in part.*"no"/)
    }).pipe(Effect.scoped),
  )

  it.live("are sent by gRPC without TLS to an address without scheme, if that is asked for", () =>
    Effect.gen(function* () {
      const backend = yield* otlpGrpcBackend
      const environment = {
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: backend.url.replace("http://", ""),
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "grpc",
        OTEL_EXPORTER_OTLP_LOGS_INSECURE: "true",
      }
      yield* exporting(environment, Effect.logInfo("hello"))
      assert.deepStrictEqual(
        backend.logs.map(({ body }) => body),
        ["hello"],
      )
    }).pipe(Effect.scoped),
  )

  it.live("are sent over TLS to a backend with a certificate of a private authority", () =>
    Effect.gen(function* () {
      const directory = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "firesteel-otlp-"))),
        (path) => Effect.promise(() => rm(path, { recursive: true })),
      )
      const file = join(directory, "ca.crt")
      yield* Effect.promise(() => writeFile(file, Certificates.first.cert))
      const backend = yield* otlpBackendWith(Certificates.first)
      const environment = {
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${backend.url}/v1/logs`.replace("127.0.0.1", "localhost"),
        OTEL_EXPORTER_OTLP_CERTIFICATE: file,
      }
      yield* exporting(environment, Effect.logInfo("hello"))
      const { lines } = yield* exporting(
        { ...environment, OTEL_EXPORTER_OTLP_CERTIFICATE: undefined },
        Effect.logInfo("not sent"),
      )
      assert.deepStrictEqual(
        backend.logs.map(({ body }) => body),
        ["hello"],
      )
      assert.isTrue(
        lines.some((line) => /logs are not exported.*certificate/.test(line)),
        lines.join("\n"),
      )
    }).pipe(Effect.scoped),
  )

  it.live("report unsupported variables of the environment", () =>
    Effect.gen(function* () {
      const { lines } = yield* exporting(
        {
          OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
          OTEL_EXPORTER_OTLP_PROTOCOL: "thrift",
          OTEL_TRACES_SAMPLER: "xray",
          OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE: "/does/not/exist",
        },
        Effect.void,
      )
      for (const problem of [
        "OTEL_EXPORTER_OTLP_PROTOCOL=thrift",
        "OTEL_TRACES_SAMPLER=xray",
        "logs will not be exported",
      ])
        assert.isTrue(
          lines.some((line) => line.startsWith("Warn") && line.includes(problem)),
          problem,
        )
    }),
  )
})
