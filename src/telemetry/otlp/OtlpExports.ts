/** The batch processors of traces and logs, and what feeds them: Effect's tracer, the sink of spans, a logger. */

import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs"
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace"
import { Effect, Layer, Logger, Tracer } from "effect"
import { TracerDisabledWhen } from "effect/http/HttpMiddleware"
import { scopeName } from "../meter/Producer.ts"
import { Telemetry } from "../Telemetry.ts"
import * as Delivery from "./Delivery.ts"
import * as Exporters from "./Exporters.ts"
import * as ExportResult from "./ExportResult.ts"
import { batchingOf, type Environment, type OtlpTarget, targetOf } from "./OtlpEnvironment.ts"
import { resource } from "./OtlpMetrics.ts"
import { samplerOf } from "./Sampler.ts"
import { logRecord } from "./SdkLog.ts"
import { ofData, type OwnSpan, readable, tracerOf } from "./SdkSpan.ts"
import { SpanSink } from "./SpanSink.ts"

/** For the signals that have an endpoint. */
export const otlpExports = (environment: Environment, version: string): Layer.Layer<never, never, Telemetry> =>
  Layer.unwrap(
    Effect.gen(function* () {
      ExportResult.listen()
      const traces = yield* deliveryOf(environment, version, "traces", Exporters.spanExporter)
      const logs = yield* deliveryOf(environment, version, "logs", Exporters.logExporter)
      const closing: Array<Effect.Effect<void>> = []
      const layers: Array<Layer.Layer<never>> = []
      if (traces !== undefined) {
        const processor = new BatchSpanProcessor(traces.processorOptions)
        const toSdk = readable(resource(environment, version), { name: scopeName, version })
        closing.push(traces.close(() => processor.shutdown()))
        layers.push(tracing(environment, (span) => traces.pushing(() => processor.onEnd(toSdk(span)))))
      }
      if (logs !== undefined) {
        const processor = new BatchLogRecordProcessor(logs.processorOptions)
        const provider = new LoggerProvider({ resource: resource(environment, version), processors: [processor] })
        const logger = provider.getLogger(scopeName, version)
        closing.push(logs.close(() => processor.shutdown()))
        layers.push(
          Logger.layer([Logger.make((options) => logs.pushing(() => logger.emit(logRecord(options))))], {
            mergeWithExisting: true,
          }),
        )
      }
      yield* Effect.addFinalizer(() => Effect.all(closing, { concurrency: "unbounded" }))
      return layers.reduce((all, layer) => Layer.merge(all, layer), Layer.empty)
    }),
  )

const tracing = (environment: Environment, push: (span: OwnSpan) => void): Layer.Layer<never> => {
  const sampler = samplerOf(environment)
  return Layer.mergeAll(
    Layer.succeed(Tracer.Tracer, tracerOf(sampler, push)),
    Layer.succeed(SpanSink, { isSampled: sampler.isSampled, push: (span) => push(ofData(span)) }),
    // Scrapes and probes are not work of the operator.
    Layer.succeed(TracerDisabledWhen, () => true),
  )
}

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
