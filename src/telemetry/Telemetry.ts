/**
 * Telemetry as a service: sinks for what the machinery of the operator reports, and for every component that has a table of instruments
 * the means to record on them. One `MeterProvider` owns all instruments; two readers export them: one for `/metrics`, one over OTLP.
 * Everything but `collect` is synchronous and cheap, and cannot fail.
 */

import type { MetricData } from "@opentelemetry/sdk-metrics"
import { Clock, Context, Effect, Layer, type Scope } from "effect"
import { AttributeLimit } from "./meter/AttributeLimit.ts"
import type { InstrumentTable } from "./meter/InstrumentTable.ts"
import * as Meters from "./meter/Meters.ts"
import { newOverflow } from "./meter/Overflow.ts"
import * as Producer from "./meter/Producer.ts"
import * as KubeMetrics from "./operator/KubeMetrics.ts"
import { OperatorInstruments } from "./operator/OperatorInstruments.ts"
import { ProcessInstruments } from "./operator/ProcessInstruments.ts"
import { observeProcess, type ProcessReadings } from "./operator/ProcessTelemetry.ts"
import * as RuntimeMetrics from "./operator/RuntimeMetrics.ts"
import { TelemetryInstruments } from "./operator/TelemetryInstruments.ts"
import * as Workqueues from "./operator/Workqueues.ts"
import type { ExportCounts } from "./otlp/ExportCounts.ts"
import type { Environment } from "./otlp/OtlpEnvironment.ts"
import * as OtlpMetrics from "./otlp/OtlpMetrics.ts"
import { expose, type Exposition } from "./prometheus/Exposition.ts"
import { prometheusMetric, type PrometheusMetric, targetInfo } from "./prometheus/PrometheusMetrics.ts"
import * as Readers from "./Readers.ts"

export interface TelemetrySettings {
  readonly serviceVersion: string
  /** The environment of the process, for the variables of OpenTelemetry. */
  readonly environment?: Environment | undefined
  /** Absent: the process is not observed. */
  readonly process?: ProcessReadings | undefined
}

export interface TelemetryApi {
  readonly kube: KubeMetrics.KubeMetrics
  readonly runtime: RuntimeMetrics.RuntimeMetrics
  /** Exports over OTLP. */
  readonly exports: ExportCounts
  /** Makes the instruments of a table. Once per table. */
  readonly meters: <Table extends InstrumentTable>(
    table: Table,
    buckets?: Meters.Buckets<Table>,
  ) => Meters.Meters<Table>
  /** Bounds the values of attributes, by key and over all tables. */
  readonly limit: AttributeLimit
  /** Counts telemetry that is incomplete or inexact. */
  readonly fault: (kind: "negative_gauge" | "attribute_overflow") => void
  /** Adds the instruments of a table whose series vanish together with their objects; both readers have them. */
  readonly produce: <Table extends InstrumentTable>(...produced: Parameters<typeof Producer.produced<Table>>) => void
  /** Adds metrics to `/metrics` alone, computed from all others when they were collected. */
  readonly derive: (derived: (metrics: ReadonlyArray<MetricData>) => Iterable<PrometheusMetric>) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The answer of `/metrics` to a request with this header `Accept-Encoding`. */
  readonly collect: (acceptEncoding?: string) => Effect.Effect<Exposition>
}

/** Different values of an attribute before the others share `__other__`. */
const valueCap = 100

export class Telemetry extends Context.Service<Telemetry, TelemetryApi>()("firesteel/telemetry/Telemetry") {
  /** Scoped: when it closes, what was measured is exported a last time. */
  static layer(settings: TelemetrySettings): Layer.Layer<Telemetry> {
    return Layer.effect(Telemetry, make(settings))
  }
}

const make = Effect.fnUntraced(function* ({
  environment = {},
  process,
  serviceVersion: version,
}: TelemetrySettings): Effect.fn.Return<TelemetryApi, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const now = () => clock.currentTimeMillisUnsafe()
  const resource = OtlpMetrics.resource(environment, version)
  const instruments: Array<Producer.Produced> = []
  const derivations: Array<(metrics: ReadonlyArray<MetricData>) => Iterable<PrometheusMetric>> = []

  const { meter, collect: collectAll } = yield* Readers.make({
    environment,
    version,
    resource,
    producers: [Producer.producerOf(instruments, now)],
    exported: (outcome) => exports.exported("metrics", outcome),
  })

  // Has no gauges, so the faults of gauges can be counted on it.
  const own = Meters.make(TelemetryInstruments, { meter, onNegative: () => {} })
  const fault = (kind: "negative_gauge" | "attribute_overflow" | "export" | "collection") =>
    own.add("spark.operator.telemetry.faults", 1, { fault: kind })
  const exports: ExportCounts = {
    exported: (signal, outcome) => {
      own.add("spark.operator.telemetry.exports", 1, { signal, outcome })
      if (outcome === "failure") fault("export")
    },
    dropped: (signal, reason, count) => own.add("spark.operator.telemetry.dropped", count, { signal, reason }),
  }

  const onNegative = () => fault("negative_gauge")
  const limit = new AttributeLimit(valueCap, () => fault("attribute_overflow"))
  const operator = Meters.make(OperatorInstruments, { meter, onNegative })
  const stopObserving = observeProcess(Meters.make(ProcessInstruments, { meter, onNegative }), process)
  yield* Effect.addFinalizer(() => Effect.sync(stopObserving))
  const newlyOverflown = newOverflow()

  const collect = Effect.fnUntraced(function* (acceptEncoding?: string) {
    const { scopes, errors } = yield* Effect.tryPromise(collectAll).pipe(
      Effect.map(({ resourceMetrics, errors }) => ({ scopes: resourceMetrics.scopeMetrics, errors })),
      Effect.catch((error) => Effect.succeed({ scopes: [], errors: [error.cause] })),
    )
    if (errors.length > 0) {
      fault("collection")
      yield* Effect.logWarning("not all metrics could be collected", ...errors)
    }
    const metrics = scopes.flatMap((scope) => scope.metrics)
    for (const _ of newlyOverflown(metrics)) fault("attribute_overflow")
    const all = function* () {
      yield targetInfo(resource.attributes)
      for (const metric of metrics) yield prometheusMetric(metric)
      for (const derived of derivations) yield* derived(metrics)
    }
    // The collection had its turn of the event loop, the first slice of text has another.
    yield* Effect.yieldNow
    return yield* expose(all(), acceptEncoding)
  })

  return {
    kube: KubeMetrics.make(operator),
    runtime: RuntimeMetrics.make(operator, limit, Workqueues.make(operator)),
    exports,
    meters: (table, buckets) => Meters.make(table, { meter, buckets, onNegative }),
    limit,
    fault,
    produce: (table, points) => instruments.push(...Producer.produced(table, points)),
    derive: (derived) => derivations.push(derived),
    now,
    collect,
  }
})
