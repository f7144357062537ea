/** The limit of attribute sets, and which instruments have had more. */

import type { MetricData } from "@opentelemetry/sdk-metrics"

/** Attribute sets per instrument before the SDK puts further ones into `otel.metric.overflow`. */
export const cardinalityLimit = 10_000

const key = "otel.metric.overflow"

/** Returns, of the metrics of one collection, the names of those that lost detail since the collection before. */
export const newOverflow = () => {
  /** What is in the series of all further attribute sets, by instrument: a sum, or a number of values. */
  const before = new Map<string, number>()
  return (metrics: ReadonlyArray<MetricData>): ReadonlyArray<string> =>
    metrics.flatMap((metric) => {
      if (metric.dataPoints.length < cardinalityLimit - 1) return []
      const point = metric.dataPoints.find(({ attributes }) => attributes[key] !== undefined)
      if (point === undefined) return []
      const { name } = metric.descriptor
      const amount = typeof point.value === "number" ? point.value : (point.value.count ?? 0)
      const rose = amount !== before.get(name)
      before.set(name, amount)
      return rose ? [name] : []
    })
}
