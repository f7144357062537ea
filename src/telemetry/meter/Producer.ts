/**
 * Passes holdings to the readers of the SDK. The SDK's observable instruments would continue to export attribute sets that are gone,
 * and take no new ones after 2000 (opentelemetry-js issues 2997 and 5128); a metric producer exports what there is now, and nothing else.
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
import type { Holding, HoldingSource } from "./Holding.ts"
import type { Instrument } from "./Instrument.ts"

export const scopeName = "firesteel"

const hrTime = (milliseconds: number): HrTime => [Math.trunc(milliseconds / 1000), (milliseconds % 1000) * 1_000_000]

/** A positive gauge becomes a sum that is not monotonic, which is what an UpDownCounter exports. */
const isSum = (kind: Instrument["kind"]) => kind === "object-counter" || kind === "positive-gauge"

const metricOf = (holding: Holding, start: number, end: number): SumMetricData | GaugeMetricData => {
  const { name, points } = holding
  const { kind, description, unit } = holding.instrument
  const sum = isSum(kind)
  const descriptor = { name, description, unit, valueType: sum ? ValueType.INT : ValueType.DOUBLE }
  const dataPoints = points().map(({ attributes, value, since = sum ? start : end }) => ({
    attributes,
    value,
    startTime: hrTime(since),
    endTime: hrTime(end),
  }))
  const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE, dataPoints }
  return sum
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: kind === "object-counter" }
    : { ...common, dataPointType: DataPointType.GAUGE }
}

/** Produces what the source holds at each collection; `now` is milliseconds since 1970. */
export const makeProducer = (source: HoldingSource, now: () => number): MetricProducer => {
  const start = now()
  return {
    collect: async () => {
      const end = now()
      const metrics = Array.from(source(end), (holding) => metricOf(holding, start, end))
      const scopeMetrics = [{ scope: { name: scopeName }, metrics }]
      return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] }
    },
  }
}
