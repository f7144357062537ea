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

type DataPoint = MetricData["dataPoints"][number]
type Point = DataPoint["attributes"]

/** The legacy metrics of the sets, from all others. */
export const legacyMetrics = ({ prefix, sets, labels, buckets }: LegacySettings) => {
  const byLabels = configured(labels)
  const legacy = (
    { name, kind, help, from, result }: LegacyInstrument,
    labels: Labels,
    zeros: ReadonlyArray<Pick<DataPoint, "attributes">>,
    points: ReadonlyArray<DataPoint>,
  ): PrometheusMetric => {
    const bounds = kind === "histogram" ? (buckets[from] ?? legacyBuckets) : []
    const totals = new Map<string, Total>()
    for (const { attributes } of zeros) totalOf(totals, labels, attributes, bounds)
    for (const point of points) {
      if (result !== undefined && point.attributes["result"] !== result) continue
      add(totalOf(totals, labels, point.attributes, bounds), point.value, bounds)
    }
    // Durations are measured in seconds.
    const scale = name.endsWith("_microseconds") ? 1_000_000 : 1
    const all = Array.from(totals.values(), (total) => ({ ...total, sum: total.sum * scale }))
    return written(validName(prefix + name), kind, help, all, bounds)
  }
  return function* (collected: ReadonlyArray<MetricData>): Generator<PrometheusMetric> {
    const metrics = new Map(collected.map((metric) => [metric.descriptor.name, metric]))
    const points = (name: string): ReadonlyArray<DataPoint> => metrics.get(name)?.dataPoints ?? []
    // Every label set of an application starts at zero, and those are the label sets of applications that were created.
    const zeros = points("spark.application.created")
    for (const instrument of legacyInstruments) {
      if (!sets.includes(instrument.set)) continue
      const all = points(instrument.from)
      yield instrument.set === "pods"
        ? legacy(instrument, ofApplication, [], all)
        : legacy(instrument, byLabels, zeros, all)
    }
    if (!sets.includes("v1")) return
    for (const { attributes } of points("workqueue.adds")) {
      for (const instrument of legacyQueueInstruments(String(attributes["name"]))) {
        const own = points(instrument.from).filter((point) => point.attributes["name"] === attributes["name"])
        yield legacy(instrument, none, [{ attributes: {} }], own)
      }
    }
  }
}

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

/** What the points of a group add up to: of numbers only the sum. */
interface Total {
  readonly attributes: Attributes
  sum: number
  count: number
  /** One more than there are bounds. */
  readonly counts: Array<number>
}

const totalOf = (totals: Map<string, Total>, labels: Labels, point: Point, bounds: ReadonlyArray<number>): Total => {
  const key = labels.key(point)
  const known = totals.get(key)
  if (known !== undefined) return known
  const counts = Array.from({ length: bounds.length + 1 }, () => 0)
  const made = { attributes: labels.of(point), sum: 0, count: 0, counts }
  totals.set(key, made)
  return made
}

const add = (total: Total, value: DataPoint["value"], bounds: ReadonlyArray<number>): void => {
  if (typeof value === "number") {
    total.sum += value
    return
  }
  total.sum += value.sum ?? 0
  total.count += value.count
  if (!("buckets" in value)) return
  const { boundaries, counts } = value.buckets
  counts.forEach((count, index) => (total.counts[bucketOf(bounds, boundaries[index])]! += count))
}

/** Exact, because the bounds of the instrument contain the legacy ones. */
const bucketOf = (bounds: ReadonlyArray<number>, upper = Infinity): number => {
  const index = bounds.findIndex((bound) => upper <= bound)
  return index < 0 ? bounds.length : index
}

const written = (
  name: string,
  kind: LegacyInstrument["kind"],
  help: string,
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
