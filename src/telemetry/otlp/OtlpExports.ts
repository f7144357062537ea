/** The batch processors of traces and logs, and what feeds them: Effect's tracer, the sink of spans, a logger. */

import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs"
import { BatchSpanProcessor, type ReadableSpan } from "@opentelemetry/sdk-trace"
import { Effect, Layer, Logger, Tracer } from "effect"
import { TracerDisabledWhen } from "effect/http/HttpMiddleware"
import { scopeName } from "../meter/Producer.ts"
import { Telemetry } from "../Telemetry.ts"
import * as Delivery from "./Delivery.ts"
import * as Exporters from "./Exporters.ts"
import * as ExportResult from "./ExportResult.ts"
import { batchingOf, type Environment, type OtlpTarget, targetOf } from "./OtlpEnvironment.ts"
import { resource } from "./OtlpMetrics.ts"
import { type Sampler, samplerOf } from "./Sampler.ts"
import { logRecord } from "./SdkLog.ts"
import { ofData, type SpanOrigin, tracerOf } from "./SdkSpan.ts"
import { SpanSink } from "./SpanSink.ts"

/** For the signals that have an endpoint. */
export const otlpExports = (environment: Environment, version: string): Layer.Layer<never, never, Telemetry> =>
  Layer.unwrap(
    Effect.gen(function* () {
      ExportResult.listen()
      const origin = { resource: resource(environment, version), instrumentationScope: { name: scopeName, version } }
      const traces = yield* deliveryOf(environment, version, "traces", Exporters.spanExporter)
      const logs = yield* deliveryOf(environment, version, "logs", Exporters.logExporter)
      const closing: Array<Effect.Effect<void>> = []
      yield* Effect.addFinalizer(() => Effect.all(closing, { concurrency: "unbounded" }))
      let layers: Layer.Layer<never> = Layer.empty
      if (traces !== undefined) {
        const processor = new BatchSpanProcessor(traces.processorOptions)
        closing.push(traces.close(() => processor.shutdown()))
        const push = (span: ReadableSpan) => traces.pushing(() => processor.onEnd(span))
        layers = Layer.merge(layers, tracing(samplerOf(environment), origin, push))
      }
      if (logs !== undefined) {
        const processor = new BatchLogRecordProcessor(logs.processorOptions)
        closing.push(logs.close(() => processor.shutdown()))
        const provider = new LoggerProvider({ resource: origin.resource, processors: [processor] })
        const logger = provider.getLogger(scopeName, version)
        const toSdk = Logger.make((options) => logs.pushing(() => logger.emit(logRecord(options))))
        layers = Layer.merge(layers, Logger.layer([toSdk], { mergeWithExisting: true }))
      }
      return layers
    }),
  )

const tracing = (sampler: Sampler, origin: SpanOrigin, push: (span: ReadableSpan) => void): Layer.Layer<never> =>
  Layer.mergeAll(
    Layer.succeed(Tracer.Tracer, tracerOf(sampler, origin, push)),
    Layer.succeed(SpanSink, { isSampled: sampler.isSampled, push: (span) => push(ofData(origin, span)) }),
    // Scrapes and probes are not work of the operator.
    Layer.succeed(TracerDisabledWhen, () => true),
  )

/** Undefined without an endpoint, or when the exporter cannot be made, which is logged: a certificate that cannot be read, say. */
const deliveryOf = Effect.fnUntraced(function* <Exporter extends Delivery.BatchExporter<never>>(
  environment: Environment,
  version: string,
  signal: "traces" | "logs",
  make: (target: OtlpTarget, version: string) => Promise<Exporter>,
) {
  const target = targetOf(environment, signal)
  if (target === undefined) return undefined
  const exporter = yield* Effect.tryPromise(() => make(target, version)).pipe(
    Effect.catch((error) => Effect.as(Effect.logWarning(`${signal} will not be exported`, error.cause), undefined)),
  )
  if (exporter === undefined) return undefined
  const { exports: counts } = yield* Telemetry
  return yield* Delivery.make({ signal, target, batching: batchingOf(environment, signal), exporter, counts })
})
