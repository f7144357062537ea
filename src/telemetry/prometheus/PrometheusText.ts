/**
 * The text format 0.0.4, written by OpenTelemetry's serializer. It writes all that it is given in one go, so it is given slices of points,
 * between which the caller can let other work run: 5000 histogram points in one go hold the event loop for a second on a busy machine.
 */

import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus"
import { emptyResource } from "@opentelemetry/resources"
import { DataPointType, type MetricData } from "@opentelemetry/sdk-metrics"
import type { PrometheusMetric } from "./PrometheusMetrics.ts"

export const contentType = "text/plain; version=0.0.4; charset=utf-8"

/** Points per slice: about 700 lines each. */
const sliceOf = (metric: MetricData): number => (metric.dataPointType === DataPointType.HISTOGRAM ? 50 : 500)

/** Without timestamps, labels of the resource and of the scope; `target_info` is a metric of its own (`PrometheusMetrics.ts`). */
const serializer = new PrometheusSerializer(undefined, false, undefined, true, true)

/** The text of each metric that has points, in slices. */
export const render = function* (metrics: Iterable<PrometheusMetric>): Generator<string> {
  for (const { metric, type } of metrics) {
    const points: ReadonlyArray<unknown> = metric.dataPoints
    if (points.length === 0) continue
    const header = textOf({ ...metric, dataPoints: [] })
    yield type === undefined ? header : header.replace(/(\n# TYPE \S+) \w+\n$/, `$1 ${type}\n`)
    const length = sliceOf(metric)
    for (let from = 0; from < points.length; from += length) {
      const slice = points.slice(from, from + length)
      yield textOf({ ...metric, dataPoints: slice } as MetricData).slice(header.length)
    }
  }
}

/** Begins with the lines `# HELP`, `# UNIT` and `# TYPE`, which the serializer always writes. */
const textOf = (metric: MetricData): string =>
  serializer.serialize({ resource: emptyResource(), scopeMetrics: [{ scope: { name: "" }, metrics: [metric] }] })
