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
import { instrumentOf, type InstrumentTable, namesOf } from "./InstrumentTable.ts"

export const scopeName = "firesteel"

export interface Point {
  readonly attributes: Attributes
  readonly value: number
  /** Of a counter: when it began, in milliseconds since 1970. */
  readonly since?: number
}

/** An instrument with the points that it has now. */
export interface Produced {
  readonly name: string
  readonly instrument: Instrument
  /** Evaluated when a collection comes to it. */
  readonly points: () => ReadonlyArray<Point>
}

/** Evaluated at every collection; `now` is milliseconds since 1970. */
export type ProducedSource = (now: number) => Iterable<Produced>

/** The instruments of one kind of a table, with the points of each. */
export const produced = <Table extends InstrumentTable, const Kind extends Instrument["kind"]>(
  table: Table,
  kind: Kind,
  pointsOf: (name: ReturnType<typeof namesOf<Table, Kind>>[number]) => ReadonlyArray<Point>,
): ReadonlyArray<Produced> =>
  namesOf(table, kind).map((name) => ({
    name,
    instrument: instrumentOf(table, name),
    points: () => pointsOf(name),
  }))

/** Produces what all sources have at each collection; between two instruments other work runs. */
export const producerOf = (sources: ReadonlyArray<ProducedSource>, now: () => number): MetricProducer => ({
  collect: async () => {
    const metrics: Array<MetricData> = []
    const end = now()
    for (const source of sources) {
      for (const one of source(end)) {
        await setImmediate()
        const metric = metricOf(one, end)
        if (metric.dataPoints.length > 0) metrics.push(metric)
      }
    }
    const scopeMetrics = [{ scope: { name: scopeName }, metrics }]
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] }
  },
})

const metricOf = ({ name, instrument, points }: Produced, end: number): SumMetricData | GaugeMetricData => {
  const { kind, description, unit } = instrument
  const counter = kind === "produced-counter"
  const endTime = hrTime(end)
  const dataPoints = points().map(({ attributes, value, since }) => ({
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
