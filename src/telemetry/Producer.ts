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
import type { ApplicationCounters } from "./ApplicationCounters.ts"
import { instrument, instrumentNames, type InstrumentName, type NameOf } from "./Instruments.ts"
import { attributeKey, type Attributes } from "./Measurement.ts"
import type { Meters } from "./Meters.ts"
import type { Point } from "./PositiveGauge.ts"
import type { ProgressTelemetry } from "./ProgressTelemetry.ts"
import type { StateAges } from "./StateAges.ts"

export const scopeName = "firesteel"

const hrTime = (milliseconds: number): HrTime => [Math.trunc(milliseconds / 1000), (milliseconds % 1000) * 1_000_000]

const sum = (
  name: InstrumentName,
  isMonotonic: boolean,
  end: number,
  points: ReadonlyArray<{ readonly attributes: Attributes; readonly value: number; readonly since: number }>,
): SumMetricData => ({
  descriptor: {
    name,
    description: instrument(name).description,
    unit: instrument(name).unit,
    valueType: ValueType.INT,
  },
  aggregationTemporality: AggregationTemporality.CUMULATIVE,
  dataPointType: DataPointType.SUM,
  isMonotonic,
  dataPoints: points.map(({ attributes, value, since }) => ({
    attributes,
    value,
    startTime: hrTime(since),
    endTime: hrTime(end),
  })),
})

const gauge = (
  name: NameOf<"application-gauge" | "produced-gauge">,
  now: number,
  points: ReadonlyArray<Point>,
  zeros: ReadonlyArray<Attributes> = [],
): GaugeMetricData => {
  const present = new Set(points.map(({ attributes }) => attributeKey(attributes)))
  const absent = zeros.filter((attributes) => !present.has(attributeKey(attributes)))
  const { description, unit } = instrument(name)
  return {
    descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.GAUGE,
    dataPoints: [...points, ...absent.map((attributes) => ({ attributes, value: 0 }))].map((point) => ({
      ...point,
      startTime: hrTime(now),
      endTime: hrTime(now),
    })),
  }
}

export interface Produced {
  readonly meters: Meters
  readonly counters: ApplicationCounters
  readonly progress: ProgressTelemetry
  readonly ages: StateAges
}

/**
 * Gauges become sums that are not monotonic, which is what an UpDownCounter exports. `produced` is asked at every collection
 * (readers exist before the instruments that they read); `now` is milliseconds since 1970.
 */
export const makeProducer = (produced: () => Produced, now: () => number): MetricProducer => {
  const start = now()
  const counterNames = instrumentNames.filter(
    (name): name is NameOf<"application-counter"> => instrument(name).kind === "application-counter",
  )
  const gaugeNames = instrumentNames.filter(
    (name): name is NameOf<"application-gauge"> => instrument(name).kind === "application-gauge",
  )
  return {
    collect: async () => {
      const end = now()
      const { meters, counters, ages, progress } = produced()
      const metrics = [
        ...[...meters.gauges].map(([name, gauge]) =>
          sum(
            name,
            false,
            end,
            gauge.points().map((point) => ({ ...point, since: start })),
          ),
        ),
        ...gaugeNames.map((name) => gauge(name, end, progress.points(name, end))),
        ...counterNames.map((name) => sum(name, true, end, counters.points(name))),
        ...[...ages.points(end)].map(([name, points]) => gauge(name, end, points, meters.emptyGauges.get(name) ?? [])),
      ]
      const scopeMetrics = [{ scope: { name: scopeName }, metrics }]
      return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] }
    },
  }
}
