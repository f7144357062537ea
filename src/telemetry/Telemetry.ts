/**
 * Telemetry as a service: sinks for what the machinery of the operator reports, and for every component that has a table of instruments
 * the means to record on them and to export what it holds. Everything but `collect` is synchronous and cheap, and cannot fail.
 */

import { MeterProvider } from "@opentelemetry/sdk-metrics"
import { Clock, Context, Effect, Layer, type Scope } from "effect"
import { AttributeLimit } from "./meter/AttributeLimit.ts"
import { heldGauges, type HoldingSource } from "./meter/Holding.ts"
import type { InstrumentTable } from "./meter/InstrumentTable.ts"
import * as Meters from "./meter/Meters.ts"
import { makeProducer, scopeName } from "./meter/Producer.ts"
import * as KubeMetrics from "./operator/KubeMetrics.ts"
import { OperatorInstruments } from "./operator/OperatorInstruments.ts"
import { observeRuntime, type ProcessReadings } from "./operator/ProcessTelemetry.ts"
import * as RuntimeMetrics from "./operator/RuntimeMetrics.ts"
import { TelemetryInstruments } from "./operator/TelemetryInstruments.ts"
import * as Workqueues from "./operator/Workqueues.ts"
import type { ExportCounts } from "./otlp/ExportCounts.ts"
import * as MetricsPush from "./otlp/MetricsPush.ts"
import type { Environment } from "./otlp/OtlpEnvironment.ts"
import { cardinalityLimit, resource } from "./otlp/OtlpMetrics.ts"
import { type Accepted, expose, type Exposition } from "./prometheus/Exposition.ts"
import { heldFamilies, observedFamilies, PrometheusReader, recordedFamilies } from "./prometheus/PrometheusReader.ts"
import { type Family, labelText } from "./prometheus/PrometheusText.ts"

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
  /** Makes the instruments of a table, which both exports then have. Once per table. */
  readonly meters: <Table extends InstrumentTable>(
    table: Table,
    buckets?: Meters.Buckets<Table>,
  ) => Meters.Meters<Table>
  /** Bounds the values of attributes, by key and over all tables. */
  readonly limit: AttributeLimit
  /** Counts telemetry that is incomplete or inexact. */
  readonly fault: (kind: "negative_gauge" | "attribute_overflow") => void
  /** Adds a source of values that vanish together with their objects; both exports have them. */
  readonly produce: (source: HoldingSource) => void
  /** Adds a source of families that are on `/metrics` only, evaluated at every scrape. */
  readonly families: (source: () => Iterable<Family>) => void
  readonly queues: () => ReadonlyArray<Workqueues.QueueTotals>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The answer of `/metrics`. */
  readonly collect: (accepted?: Accepted) => Effect.Effect<Exposition>
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
  const identity = resource(environment, version)

  // What exports read; the tables below add to it.
  const recorded: Array<Meters.Recorded> = []
  const sources: Array<HoldingSource> = []
  const textual: Array<() => Iterable<Family>> = []
  const holdings: HoldingSource = function* (at) {
    for (const meters of recorded) yield* heldGauges(meters)
    for (const source of sources) yield* source(at)
  }

  const reader = new PrometheusReader()
  const observed = new PrometheusReader()
  const provider = new MeterProvider({ resource: identity, readers: [reader, observed] })
  yield* Effect.addFinalizer(() =>
    Effect.ignore(Effect.tryPromise(() => provider.shutdown({ timeoutMillis: MetricsPush.shutdownMillis }))),
  )
  const meter = provider.getMeter(scopeName, version)
  const stopRuntime = observeRuntime(meter, process)
  yield* Effect.addFinalizer(() => Effect.sync(stopRuntime))
  const producers = [makeProducer(holdings, now), observed]
  const push = yield* MetricsPush.make({ environment, resource: identity, version, producers })

  const metersOf = <Table extends InstrumentTable>(
    table: Table,
    onNegative: () => void,
    buckets?: Meters.Buckets<Table>,
  ): Meters.Meters<Table> => {
    const meters = Meters.make(table, { pushed: push.meter, limit: cardinalityLimit, buckets, onNegative })
    recorded.push(meters)
    for (const identity of ["operator", "namespace", "application"] as const) meters.startAtZero(identity, {})
    return meters
  }

  // Has no gauges, so the faults of gauges can be counted on it.
  const own = metersOf(TelemetryInstruments, () => {})
  const fault = (kind: "negative_gauge" | "attribute_overflow" | "export" | "collection") =>
    own.add("spark.operator.telemetry.faults", 1, { fault: kind })
  const exports: ExportCounts = {
    exported: (signal, outcome) => {
      own.add("spark.operator.telemetry.exports", 1, { signal, outcome })
      if (outcome === "failure") fault("export")
    },
    dropped: (signal, reason, count) => own.add("spark.operator.telemetry.dropped", count, { signal, reason }),
  }
  push.onExport((outcome) => exports.exported("metrics", outcome))

  const onNegative = () => fault("negative_gauge")
  const limit = new AttributeLimit(valueCap, () => fault("attribute_overflow"))
  const operator = metersOf(OperatorInstruments, onNegative)
  const workqueues = Workqueues.make(operator, meter)

  const targetInfo: Family = {
    name: "target_info",
    help: "Target metadata",
    type: "info",
    samples: [{ labels: labelText(identity.attributes), value: 1 }],
  }

  const collect = Effect.fnUntraced(function* (accepted: Accepted = {}) {
    const collected = yield* Effect.tryPromise(() => reader.collect()).pipe(
      Effect.map(({ resourceMetrics, errors }) => ({ scopes: resourceMetrics.scopeMetrics, errors })),
      Effect.catch((error) => Effect.succeed({ scopes: [], errors: [error.cause] })),
    )
    if (collected.errors.length > 0) {
      fault("collection")
      yield* Effect.logWarning("not all metrics could be collected", ...collected.errors)
    }
    const metrics = collected.scopes.flatMap((scope) => scope.metrics)
    const at = now()
    const families = function* () {
      yield targetInfo
      for (const meters of recorded) yield* recordedFamilies(meters)
      yield* heldFamilies(holdings(at))
      yield* observedFamilies(metrics)
      for (const source of textual) yield* source()
    }
    return yield* expose(families(), accepted)
  })

  return {
    kube: KubeMetrics.make(operator),
    runtime: RuntimeMetrics.make(operator, limit, workqueues.queue),
    exports,
    meters: (table, buckets) => metersOf(table, onNegative, buckets),
    limit,
    fault,
    produce: (source) => sources.push(source),
    families: (source) => textual.push(source),
    queues: workqueues.totals,
    now,
    collect,
  }
})
