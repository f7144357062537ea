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
  type MetricProducer,
  type SumMetricData,
} from "@opentelemetry/sdk-metrics"
import type { ApplicationCounters } from "./ApplicationCounters.ts"
import { instrument, instrumentNames, type InstrumentName, type NameOf } from "./Instruments.ts"
import type { Attributes } from "./Measurement.ts"
import type { Meters } from "./Meters.ts"

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

export interface Produced {
  readonly meters: Meters
  readonly counters: ApplicationCounters
}

/** An instrument of our own with what it holds now; `since` is milliseconds since 1970, absent for the start of the operator. */
export interface Holding {
  readonly name: InstrumentName
  readonly isMonotonic: boolean
  readonly points: () => ReadonlyArray<{
    readonly attributes: Attributes
    readonly value: number
    readonly since?: number
  }>
}

const applicationNames = instrumentNames.filter(
  (name): name is NameOf<"application-counter"> => instrument(name).kind === "application-counter",
)

/** Everything that both exports have from us rather than from the SDK. */
export const holdings = ({ meters, counters }: Produced): ReadonlyArray<Holding> => [
  ...[...meters.gauges].map(([name, gauge]) => ({ name, isMonotonic: false, points: () => gauge.points() })),
  ...applicationNames.map((name) => ({ name, isMonotonic: true, points: () => counters.points(name) })),
]

/**
 * Gauges become sums that are not monotonic, which is what an UpDownCounter exports. `produced` is asked at every collection
 * (readers exist before the instruments that they read); `now` is milliseconds since 1970.
 */
export const makeProducer = (produced: () => Produced, now: () => number): MetricProducer => {
  const start = now()
  return {
    collect: async () => {
      const end = now()
      const metrics = holdings(produced()).map(({ name, isMonotonic, points }) =>
        sum(
          name,
          isMonotonic,
          end,
          points().map(({ attributes, value, since = start }) => ({ attributes, value, since })),
        ),
      )
      const scopeMetrics = [{ scope: { name: scopeName }, metrics }]
      return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] }
    },
  }
}
