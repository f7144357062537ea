/** Collected metrics under the names that Prometheus gives them. Pure: `MetricData` in, `MetricData` out. */

import { ValueType, type Attributes } from "@opentelemetry/api"
import { AggregationTemporality, DataPointType, type MetricData } from "@opentelemetry/sdk-metrics"
import { prometheusName, type PrometheusType, unitWord, validName } from "./MetricName.ts"

/** A metric as the serializer shall write it. `type`: what the line `# TYPE` says instead, for types that OpenTelemetry does not have. */
export interface PrometheusMetric {
  readonly metric: MetricData
  readonly type?: "counter" | "summary"
}

/** With the unit as a word at the end of the name and as its unit. */
export const prometheusMetric = (metric: MetricData): PrometheusMetric => {
  const { descriptor } = metric
  const type = typeOf(metric)
  const name = prometheusName(descriptor.name, descriptor.unit, type)
  const unit = unitWord(descriptor.unit, type) ?? ""
  return { metric: { ...metric, descriptor: { ...descriptor, name, unit } } }
}

const typeOf = (metric: MetricData): PrometheusType => {
  if (metric.dataPointType === DataPointType.SUM) return metric.isMonotonic ? "counter" : "gauge"
  return metric.dataPointType === DataPointType.GAUGE ? "gauge" : "histogram"
}

/** The resource as the metric `target_info`. Values of keys that become the same label are joined with `;`. */
export const targetInfo = (resource: Attributes): PrometheusMetric => {
  const attributes: Record<string, string> = {}
  for (const [key, value] of Object.entries(resource)) {
    const name = validName(key).replace(/_{2,}/g, "_")
    const before = attributes[name]
    attributes[name] = before === undefined ? String(value) : `${before};${String(value)}`
  }
  return { metric: gaugeOf("target_info", "Target metadata", [{ attributes, value: 1 }]) }
}

/** A gauge of these points, under this Prometheus name. Times are not written. */
export const gaugeOf = (
  name: string,
  description: string,
  points: ReadonlyArray<{ readonly attributes: Attributes; readonly value: number }>,
): MetricData => ({
  descriptor: { name, description, unit: "", valueType: ValueType.DOUBLE },
  aggregationTemporality: AggregationTemporality.CUMULATIVE,
  dataPointType: DataPointType.GAUGE,
  dataPoints: points.map((point) => ({ ...point, startTime: [0, 0], endTime: [0, 0] })),
})

/** A histogram of these totals; without bounds it has no buckets at all, only sum and count. */
export const histogramOf = (
  name: string,
  description: string,
  points: ReadonlyArray<{
    readonly attributes: Attributes
    readonly sum: number
    readonly count: number
    readonly counts: ReadonlyArray<number>
  }>,
  bounds: ReadonlyArray<number> = [],
): MetricData => ({
  descriptor: { name, description, unit: "", valueType: ValueType.DOUBLE },
  aggregationTemporality: AggregationTemporality.CUMULATIVE,
  dataPointType: DataPointType.HISTOGRAM,
  dataPoints: points.map(({ attributes, sum, count, counts }) => ({
    attributes,
    value: { sum, count, buckets: { boundaries: [...bounds], counts: bounds.length === 0 ? [] : [...counts] } },
    startTime: [0, 0],
    endTime: [0, 0],
  })),
})
