/**
 * Hands state of our own to the readers of the SDK: positive gauges, counters and gauges per application, and ages of states. The SDK's observable
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
import type { ApplicationCounters } from "../../application/telemetry/ApplicationCounters.ts"
import { attributeKey, type Attributes } from "../../application/telemetry/Measurement.ts"
import type { ProgressTelemetry } from "../../application/telemetry/ProgressTelemetry.ts"
import type { StateAges } from "../../application/telemetry/StateAges.ts"
import { instrument, instrumentNames, type InstrumentName, type NameOf } from "../../Instruments.ts"
import type { Meters } from "./Meters.ts"
import type { Point } from "./PositiveGauge.ts"

export const scopeName = "firesteel"

const hrTime = (milliseconds: number): HrTime => [Math.trunc(milliseconds / 1000), (milliseconds % 1000) * 1_000_000]

export interface Produced {
  readonly meters: Meters
  readonly counters: ApplicationCounters
  readonly progress: ProgressTelemetry
  readonly ages: StateAges
}

/** An instrument of our own with what it holds now. */
export interface Holding {
  readonly name: InstrumentName
  /** `level`: a sum that rises and falls. `gauge`: a value that has no sum. */
  readonly type: "counter" | "level" | "gauge"
  /** `since` is milliseconds since 1970; absent: the start of the operator (of a gauge: now). */
  readonly points: () => ReadonlyArray<{
    readonly attributes: Attributes
    readonly value: number
    readonly since?: number
  }>
}

const namesOf = <Kind extends "application-gauge" | "application-counter">(kind: Kind) =>
  instrumentNames.filter((name): name is NameOf<Kind> => instrument(name).kind === kind)
const applicationGauges = namesOf("application-gauge")
const applicationCounters = namesOf("application-counter")

/** Everything that both exports have from us rather than from the SDK. Points are looked up when they are asked for; `now` is milliseconds since 1970. */
export const holdings = function* ({ meters, counters, progress, ages }: Produced, now: number): Generator<Holding> {
  for (const [name, gauge] of meters.gauges) yield { name, type: "level", points: () => gauge.points() }
  for (const name of applicationGauges) yield { name, type: "gauge", points: () => progress.points(name, now) }
  for (const name of applicationCounters) yield { name, type: "counter", points: () => counters.points(name) }
  for (const [name, points] of ages.points(now)) {
    yield { name, type: "gauge", points: () => withZeros(points, meters.emptyGauges.get(name) ?? []) }
  }
}

const withZeros = (points: ReadonlyArray<Point>, zeros: ReadonlyArray<Attributes>): ReadonlyArray<Point> => {
  const present = new Set(points.map(({ attributes }) => attributeKey(attributes)))
  const absent = zeros.filter((attributes) => !present.has(attributeKey(attributes)))
  return [...points, ...absent.map((attributes) => ({ attributes, value: 0 }))]
}

const metricOf = ({ name, type, points }: Holding, start: number, end: number): SumMetricData | GaugeMetricData => {
  const { description, unit } = instrument(name)
  const descriptor = { name, description, unit, valueType: type === "gauge" ? ValueType.DOUBLE : ValueType.INT }
  const since = type === "gauge" ? end : start
  const dataPoints = points().map(({ attributes, value, since: began = since }) => ({
    attributes,
    value,
    startTime: hrTime(began),
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
      const metrics = Array.from(holdings(produced(), end), (holding) => metricOf(holding, start, end))
      const scopeMetrics = [{ scope: { name: scopeName }, metrics }]
      return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] }
    },
  }
}
