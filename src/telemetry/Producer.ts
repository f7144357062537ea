/**
 * Hands state of our own to the readers of the SDK: positive gauges and counters per application. The SDK's observable
 * instruments would go on exporting attribute sets that are gone, and stop taking new ones after 2000 (opentelemetry-js
 * issues 2997 and 5128); a metric producer says what is there now, and nothing else.
 */
import { type HrTime, ValueType } from "@opentelemetry/api"
import { emptyResource } from "@opentelemetry/resources"
import {
  AggregationTemporality,
  DataPointType,
  type GaugeMetricData,
  type MetricProducer,
  type SumMetricData,
} from "@opentelemetry/sdk-metrics"
import type { ApplicationCounters } from "./ApplicationCounters.ts"
import { instrument, instrumentNames, type InstrumentName, type NameOf } from "./Instruments.ts"
import type { Attributes } from "./Measurement.ts"
import type { Meters } from "./Meters.ts"

export const scopeName = "firesteel"

const hrTime = (milliseconds: number): HrTime => [Math.trunc(milliseconds / 1000), (milliseconds % 1000) * 1_000_000]

export interface Produced {
  readonly meters: Meters
  readonly counters: ApplicationCounters
}

/** An instrument of our own with what it holds now. */
export interface Holding {
  readonly name: InstrumentName
  /** `level`: a sum that rises and falls. `gauge`: a value that has no sum. */
  readonly type: "counter" | "level" | "gauge"
  /** `since` is milliseconds since 1970; absent: the start of the operator. */
  readonly points: () => ReadonlyArray<{
    readonly attributes: Attributes
    readonly value: number
    readonly since?: number
  }>
}

const applicationNames = instrumentNames.filter(
  (name): name is NameOf<"application-counter"> => instrument(name).kind === "application-counter",
)

/** Everything that both exports have from us rather than from the SDK. Points are looked up when they are asked for. */
export const holdings = ({ meters, counters }: Produced): ReadonlyArray<Holding> => [
  ...[...meters.gauges].map(([name, gauge]) => ({ name, type: "level" as const, points: () => gauge.points() })),
  ...applicationNames.map((name) => ({ name, type: "counter" as const, points: () => counters.points(name) })),
]

const metricOf = ({ name, type, points }: Holding, start: number, end: number): SumMetricData | GaugeMetricData => {
  const { description, unit } = instrument(name)
  const descriptor = { name, description, unit, valueType: type === "gauge" ? ValueType.DOUBLE : ValueType.INT }
  const dataPoints = points().map(({ attributes, value, since = start }) => ({
    attributes,
    value,
    startTime: hrTime(since),
    endTime: hrTime(end),
  }))
  const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE, dataPoints }
  return type === "gauge"
    ? { ...common, dataPointType: DataPointType.GAUGE }
    : { ...common, dataPointType: DataPointType.SUM, isMonotonic: type === "counter" }
}

/**
 * Levels become sums that are not monotonic, which is what an UpDownCounter exports. `produced` is asked at every collection
 * (readers exist before the instruments that they read); `now` is milliseconds since 1970.
 */
export const makeProducer = (produced: () => Produced, now: () => number): MetricProducer => {
  const start = now()
  return {
    collect: async () => {
      const end = now()
      const metrics = holdings(produced()).map((holding) => metricOf(holding, start, end))
      const scopeMetrics = [{ scope: { name: scopeName }, metrics }]
      return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] }
    },
  }
}
