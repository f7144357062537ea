/** Which instruments have had more attribute sets than the SDK distinguishes. */

import type { MetricData } from "@opentelemetry/sdk-metrics"

const key = "otel.metric.overflow"

/** Returns, of the metrics of one collection, the names of those that lost detail since the collection before. `limit`: attribute sets. */
export const overflowOf = (limit: number) => {
  /** What is in the series of all further attribute sets, by instrument: a sum, or a number of values. */
  const before = new Map<string, number>()
  return (metrics: ReadonlyArray<MetricData>): ReadonlyArray<string> =>
    metrics.flatMap((metric) => {
      if (metric.dataPoints.length < limit - 1) return []
      const point = metric.dataPoints.find(({ attributes }) => attributes[key] !== undefined)
      if (point === undefined) return []
      const { name } = metric.descriptor
      const amount = typeof point.value === "number" ? point.value : (point.value.count ?? 0)
      const rose = amount !== before.get(name)
      before.set(name, amount)
      return rose ? [name] : []
    })
}
