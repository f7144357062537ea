/**
 * The legacy names: a pure function of the metrics that were collected. Points are grouped by the legacy labels and summed up, and written
 * with the legacy type. OpenTelemetry has no summaries, so they are histograms without buckets until they are written.
 */

import type { MetricData } from "@opentelemetry/sdk-metrics"
import { type Attributes, namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import { validName } from "../../telemetry/prometheus/MetricName.ts"
import { gaugeOf, histogramOf, type PrometheusMetric } from "../../telemetry/prometheus/PrometheusMetrics.ts"
import {
  type LegacyInstrument,
  legacyBuckets,
  legacyInstruments,
  legacyQueueInstruments,
  legacyQueueName,
  legacyQueueSuffixes,
  type LegacySet,
} from "./LegacyInstruments.ts"

export interface LegacySettings {
  /** Put before every name as it is; characters that Prometheus does not accept become `_`. */
  readonly prefix: string
  readonly sets: ReadonlyArray<LegacySet>
  /** The configured labels, as `labelNames` returns them. */
  readonly labels: ReadonlyArray<string>
  /** Bounds of the histograms from an instrument, in seconds, if they are not the usual ones; its own bounds must be the same then. */
  readonly buckets: Readonly<Record<string, ReadonlyArray<number> | undefined>>
}

type Metrics = ReadonlyMap<string, MetricData>

/** What the points of a group add up to: of numbers only the sum. */
interface Total {
  readonly attributes: Attributes
  sum: number
  count: number
  /** One more than there are bounds. */
  readonly counts: Array<number>
}

/** The legacy metrics of the sets, from all others. */
export const legacyMetrics = (settings: LegacySettings) => {
  const { prefix, sets } = settings
  const byLabels = configured(settings.labels)
  const wanted = legacyInstruments.filter(({ set }) => sets.includes(set))
  return function* (collected: ReadonlyArray<MetricData>): Generator<PrometheusMetric> {
    const metrics: Metrics = new Map(collected.map((metric) => [metric.descriptor.name, metric]))
    for (const instrument of wanted) {
      const bounds = instrument.kind === "histogram" ? (settings.buckets[instrument.from] ?? legacyBuckets) : []
      const labels = instrument.set === "pods" ? ofApplication : byLabels
      const totals = new Map<string, Total>()
      // Every label set of an application starts at zero, and those are the label sets of applications that were created.
      if (instrument.set !== "pods") {
        for (const { attributes } of metrics.get("spark.application.created")?.dataPoints ?? [])
          totalOf(totals, labels, attributes, bounds)
      }
      addAll(totals, metrics.get(instrument.from), instrument, labels, bounds)
      yield written(validName(prefix + instrument.name), instrument, [...totals.values()], bounds)
    }
    if (sets.includes("v1")) yield* queueMetrics(prefix, metrics)
  }
}

type Point = MetricData["dataPoints"][number]["attributes"]

/** The legacy labels of a point: their values as one text, which is made for every point, and the labels, made once per group. */
interface Labels {
  readonly key: (attributes: Point) => string
  readonly of: (attributes: Point) => Attributes
}

/** An application without a label has `Unknown`, and so has the point at zero that belongs to no application. */
const configured = (names: ReadonlyArray<string>): Labels => {
  const value = (attributes: Point, name: string) => String(attributes[name] ?? "Unknown")
  return {
    key: (attributes) => names.map((name) => value(attributes, name)).join("\0"),
    of: (attributes) => Object.fromEntries(names.map((name) => [name, value(attributes, name)])),
  }
}

const ofApplication: Labels = {
  key: ({ [namespaceAttribute]: namespace, app_name }) => `${String(namespace)}\0${String(app_name)}`,
  of: ({ [namespaceAttribute]: namespace, app_name }) => ({
    ...(namespace !== undefined && { namespace: String(namespace) }),
    ...(app_name !== undefined && { app_name: String(app_name) }),
  }),
}

const none: Labels = { key: () => "", of: () => ({}) }

const totalOf = (totals: Map<string, Total>, labels: Labels, point: Point, bounds: ReadonlyArray<number>): Total => {
  const key = labels.key(point)
  const known = totals.get(key)
  if (known !== undefined) return known
  const counts = Array.from({ length: bounds.length + 1 }, () => 0)
  const made = { attributes: labels.of(point), sum: 0, count: 0, counts }
  totals.set(key, made)
  return made
}

const addAll = (
  totals: Map<string, Total>,
  metric: MetricData | undefined,
  { result, scale = 1 }: Pick<LegacyInstrument, "result" | "scale">,
  labels: Labels,
  bounds: ReadonlyArray<number>,
) => {
  for (const { attributes, value } of metric?.dataPoints ?? []) {
    if (result !== undefined && attributes["result"] !== result) continue
    const total = totalOf(totals, labels, attributes, bounds)
    if (typeof value === "number") {
      total.sum += value * scale
      continue
    }
    total.sum += (value.sum ?? 0) * scale
    total.count += value.count
    if (!("buckets" in value)) continue
    const { boundaries, counts } = value.buckets
    counts.forEach((count, index) => (total.counts[bucketOf(bounds, boundaries[index])]! += count))
  }
}

/** Exact, because the bounds of the instrument contain the legacy ones. */
const bucketOf = (bounds: ReadonlyArray<number>, upper = Infinity): number => {
  const index = bounds.findIndex((bound) => upper <= bound)
  return index < 0 ? bounds.length : index
}

const written = (
  name: string,
  { kind, help }: Pick<LegacyInstrument, "kind" | "help">,
  totals: ReadonlyArray<Total>,
  bounds: ReadonlyArray<number>,
): PrometheusMetric => {
  switch (kind) {
    case "summary":
      return { metric: histogramOf(name, help, totals), type: "summary" }
    case "histogram":
      return { metric: histogramOf(name, help, totals, bounds) }
    case "gauge":
    case "counter": {
      const points = totals.map(({ attributes, sum }) => ({ attributes, value: sum }))
      return { metric: gaugeOf(name, help, points), ...(kind === "counter" && { type: kind }) }
    }
  }
}

/** The work queues in the set v1. The name of a queue is part of their names. */
const queueMetrics = function* (prefix: string, metrics: Metrics): Generator<PrometheusMetric> {
  for (const { attributes } of metrics.get("workqueue.adds")?.dataPoints ?? []) {
    const queue = String(attributes["name"])
    for (const suffix of legacyQueueSuffixes) {
      const { kind, help, from, ...more } = legacyQueueInstruments[suffix]
      const totals = new Map<string, Total>()
      totalOf(totals, none, {}, [])
      const metric = metrics.get(from)
      const own = { ...metric, dataPoints: metric?.dataPoints.filter((point) => point.attributes["name"] === queue) }
      addAll(totals, own as MetricData | undefined, more, none, [])
      yield written(
        validName(prefix + legacyQueueName(queue, suffix)),
        { kind, help: help + queue },
        [...totals.values()],
        [],
      )
    }
  }
}
