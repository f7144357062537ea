/**
 * Values that exist only as long as their objects. The SDK's instruments continue to export attribute sets that are gone, observable ones
 * too (opentelemetry-js issues 2997 and 5128); a metric producer exports what there is now, and nothing else. Both readers have it.
 */

import { setImmediate } from "node:timers/promises"
import { type HrTime, ValueType } from "@opentelemetry/api"
import { emptyResource } from "@opentelemetry/resources"
import {
  AggregationTemporality,
  DataPointType,
  type GaugeMetricData,
  type MetricData,
  type MetricProducer,
  type SumMetricData,
} from "@opentelemetry/sdk-metrics"
import type { Attributes } from "./Attributes.ts"
import type { Instrument } from "./Instrument.ts"
import { instrumentOf, type InstrumentTable, type NameOf, namesOf } from "./InstrumentTable.ts"

export const scopeName = "firesteel"

export interface Point {
  readonly attributes: Attributes
  readonly value: number
  /** Of a counter: when it began, in milliseconds since 1970. */
  readonly since?: number
}

/** An instrument whose points are computed at every collection; `now` is milliseconds since 1970. */
export interface Produced {
  readonly name: string
  readonly instrument: Instrument
  readonly points: (now: number) => ReadonlyArray<Point>
}

/** The produced instruments of a table, with the points of each. */
export const produced = <Table extends InstrumentTable>(
  table: Table,
  points: (name: NameOf<Table, "produced-counter" | "produced-gauge">, now: number) => ReadonlyArray<Point>,
): ReadonlyArray<Produced> =>
  namesOf(table, "produced-counter", "produced-gauge").map((name) => ({
    name,
    instrument: instrumentOf(table, name),
    points: (now) => points(name, now),
  }))

/** Between two instruments other work runs. */
export const producerOf = (instruments: ReadonlyArray<Produced>, now: () => number): MetricProducer => ({
  collect: async () => {
    const metrics: Array<MetricData> = []
    const end = now()
    for (const instrument of instruments) {
      await setImmediate()
      const metric = metricOf(instrument, end)
      if (metric.dataPoints.length > 0) metrics.push(metric)
    }
    const scopeMetrics = [{ scope: { name: scopeName }, metrics }]
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] }
  },
})

const metricOf = ({ name, instrument, points }: Produced, end: number): SumMetricData | GaugeMetricData => {
  const { kind, description, unit } = instrument
  const counter = kind === "produced-counter"
  const endTime = hrTime(end)
  const dataPoints = points(end).map(({ attributes, value, since }) => ({
    attributes,
    value,
    startTime: since === undefined ? endTime : hrTime(since),
    endTime,
  }))
  const descriptor = { name, description, unit, valueType: counter ? ValueType.INT : ValueType.DOUBLE }
  const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE, dataPoints }
  return counter
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true }
    : { ...common, dataPointType: DataPointType.GAUGE }
}

const hrTime = (milliseconds: number): HrTime => [Math.trunc(milliseconds / 1000), (milliseconds % 1000) * 1_000_000]
