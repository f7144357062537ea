/** The exporters of traces and logs, and what feeds them: Effect's tracer, the sink of spans, a logger. */

import { readFileSync } from "node:fs"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer, Logger, type Scope, Tracer } from "effect"
import type { HttpBody } from "effect/http/HttpBody"
import { TracerDisabledWhen } from "effect/http/HttpMiddleware"
import * as OtlpResource from "effect/observability/OtlpResource"
import { layerProtobuf, OtlpSerialization } from "effect/observability/OtlpSerialization"
import { scopeName } from "../meter/Producer.ts"
import { Telemetry } from "../Telemetry.ts"
import { batchingOf, type Environment, type OtlpTarget, targetOf } from "./OtlpEnvironment.ts"
import * as OtlpExporter from "./OtlpExporter.ts"
import { type OtlpLog, otlpLog } from "./OtlpLog.ts"
import { resource } from "./OtlpMetrics.ts"
import { ofData, type OtlpSpan, tracerOf } from "./OtlpSpan.ts"
import { samplerOf } from "./Sampler.ts"
import { SpanSink } from "./SpanSink.ts"

/** For the signals that have an endpoint. */
export const otlpExports = (environment: Environment, version: string): Layer.Layer<never, never, Telemetry> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const serialization = yield* OtlpSerialization
      const from = resourceOf(environment, version)
      const scope = { name: scopeName, version }
      const spans = yield* exporterOf<OtlpSpan>(environment, version, "traces", (records) =>
        serialization.traces({ resourceSpans: [{ resource: from, scopeSpans: [{ scope, spans: [...records] }] }] }),
      )
      const logs = yield* exporterOf<OtlpLog>(environment, version, "logs", (records) =>
        serialization.logs({ resourceLogs: [{ resource: from, scopeLogs: [{ scope, logRecords: [...records] }] }] }),
      )
      yield* Effect.addFinalizer(() =>
        Effect.all([spans?.close ?? Effect.void, logs?.close ?? Effect.void], { concurrency: "unbounded" }),
      )
      return Layer.mergeAll(spans ? tracing(environment, spans) : Layer.empty, logs ? logging(logs) : Layer.empty)
    }),
  ).pipe(Layer.provide(layerProtobuf))

const tracing = (environment: Environment, { push }: OtlpExporter.Exporter<OtlpSpan>): Layer.Layer<never> => {
  const sampler = samplerOf(environment)
  return Layer.mergeAll(
    Layer.succeed(Tracer.Tracer, tracerOf(sampler, push)),
    Layer.succeed(SpanSink, { isSampled: sampler.isSampled, push: (span) => push(ofData(span)) }),
    // Scrapes and probes are not work of the operator.
    Layer.succeed(TracerDisabledWhen, () => true),
  )
}

const logging = ({ push }: OtlpExporter.Exporter<OtlpLog>): Layer.Layer<never> =>
  Logger.layer([Logger.make((options) => push(otlpLog(options)))], { mergeWithExisting: true })

const resourceOf = (environment: Environment, version: string) => {
  const { "service.name": name, "service.version": ours, ...attributes } = resource(environment, version).attributes
  return OtlpResource.make({ serviceName: String(name), serviceVersion: String(ours), attributes })
}

/** Undefined without an endpoint, or when a certificate cannot be read, which is logged. */
const exporterOf = Effect.fnUntraced(function* <A>(
  environment: Environment,
  version: string,
  signal: "traces" | "logs",
  encode: (records: ReadonlyArray<A>) => HttpBody,
): Effect.fn.Return<OtlpExporter.Exporter<A> | undefined, never, Telemetry | Scope.Scope> {
  const given = targetOf(environment, signal)
  if (given === undefined) return undefined
  const target = { ...given, headers: { "user-agent": `firesteel/${version}`, ...given.headers } }
  const tls = yield* Effect.try(() => certificatesOf(target)).pipe(
    Effect.catch((error) => Effect.as(Effect.logWarning(`${signal} will not be exported`, error.cause), undefined)),
  )
  if (tls === undefined) return undefined
  const client = yield* Layer.build(NodeHttpClient.layerNodeHttpOptions({ ...tls, keepAlive: true }))
  const options = {
    signal,
    target,
    batching: batchingOf(environment, signal),
    encode,
    counts: (yield* Telemetry).exports,
  }
  return yield* Effect.provideContext(OtlpExporter.make(options), client)
})

/** Read once, at start-up. */
const certificatesOf = ({ certificateFile, clientCertificateFile, clientKeyFile }: OtlpTarget) => ({
  ...(certificateFile === undefined ? {} : { ca: readFileSync(certificateFile) }),
  ...(clientCertificateFile === undefined ? {} : { cert: readFileSync(clientCertificateFile) }),
  ...(clientKeyFile === undefined ? {} : { key: readFileSync(clientKeyFile) }),
})
