/** Two readers with one storage: each exports what was recorded, however the other one collects. */

import { assert, describe, it } from "@effect/vitest"
import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  MeterProvider,
  type MetricData,
  MetricReader,
} from "@opentelemetry/sdk-metrics"
import { Effect, Schema } from "effect"
import { sharedBy } from "../../../src/telemetry/meter/SharedStorage.ts"
import { PrometheusReader } from "../../../src/telemetry/prometheus/PrometheusReader.ts"

class Reader extends MetricReader {
  constructor(temporality: AggregationTemporality, histograms = AggregationType.DEFAULT) {
    super({
      aggregationTemporalitySelector: () => temporality,
      aggregationSelector: (type) =>
        ({
          type: type === InstrumentType.HISTOGRAM ? histograms : AggregationType.DEFAULT,
        }) as never,
    })
  }
  protected override async onForceFlush() {}
  protected override async onShutdown() {}
}

const step = Schema.Struct({
  what: Schema.Literals(["counter", "gauge", "histogram", "scrape", "export"]),
  place: Schema.Literals(["a", "b", "c"]),
  value: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 })),
})

type Totals = Readonly<Record<string, number>>

const totals = (metrics: ReadonlyArray<MetricData>): Totals =>
  Object.fromEntries(
    metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.flatMap(({ attributes, value }) => {
        const key = `${descriptor.name} ${String(attributes["place"])}`
        if (typeof value === "number") return [[key, value]]
        return [
          [`${key} sum`, value.sum ?? 0],
          [`${key} count`, value.count],
        ]
      }),
    ),
  )

const collected = (reader: MetricReader) =>
  Effect.map(
    Effect.promise(() => reader.collect()),
    ({ resourceMetrics }) => totals(resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)),
  )

const add = (to: Record<string, number>, more: Totals) => {
  for (const [key, value] of Object.entries(more)) to[key] = (to[key] ?? 0) + value
}

const make = (otlp: MetricReader) => {
  const prometheus = new PrometheusReader([])
  const meter = new MeterProvider({ readers: [prometheus, otlp], views: [...sharedBy(otlp)] }).getMeter("")
  const counter = meter.createCounter("counter")
  const gauge = meter.createUpDownCounter("gauge")
  const histogram = meter.createHistogram("histogram", { advice: { explicitBucketBoundaries: [5, 10] } })
  const truth: Record<string, number> = {}
  const record = ({ what, place, value }: typeof step.Type) => {
    const at = { place }
    if (what === "counter") counter.add(value, at)
    if (what === "gauge") gauge.add(value - 10, at)
    if (what === "histogram") histogram.record(value, at)
    if (what === "histogram") add(truth, { [`histogram ${place} sum`]: value, [`histogram ${place} count`]: 1 })
    else add(truth, { [`${what} ${place}`]: what === "gauge" ? value - 10 : value })
  }
  return { prometheus, truth, record }
}

describe("one storage for two readers", () => {
  it.effect.prop("both have all that was recorded, whenever they collect", [Schema.Array(step)], ([steps]) =>
    Effect.gen(function* () {
      const otlp = new Reader(AggregationTemporality.CUMULATIVE)
      const { prometheus, truth, record } = make(otlp)
      for (const one of steps) {
        if (one.what === "scrape") assert.deepStrictEqual(yield* collected(prometheus), { ...truth })
        else if (one.what === "export") assert.deepStrictEqual(yield* collected(otlp), { ...truth })
        else record(one)
      }
      assert.deepStrictEqual(yield* collected(prometheus), truth)
      assert.deepStrictEqual(yield* collected(otlp), truth)
    }),
  )

  it.effect.prop("the differences that one exports add up to what the other has", [Schema.Array(step)], ([steps]) =>
    Effect.gen(function* () {
      const otlp = new Reader(AggregationTemporality.DELTA)
      const { prometheus, truth, record } = make(otlp)
      const sum: Record<string, number> = {}
      for (const one of steps) {
        if (one.what === "scrape") assert.deepStrictEqual(yield* collected(prometheus), { ...truth })
        else if (one.what === "export") add(sum, yield* collected(otlp))
        else record(one)
      }
      add(sum, yield* collected(otlp))
      assert.deepStrictEqual(yield* collected(prometheus), truth)
      assert.deepStrictEqual(sum, truth)
    }),
  )

  it.effect("histograms are not shared with a reader that has exponential ones", () =>
    Effect.gen(function* () {
      const otlp = new Reader(AggregationTemporality.CUMULATIVE, AggregationType.EXPONENTIAL_HISTOGRAM)
      const { prometheus, record } = make(otlp)
      record({ what: "histogram", place: "a", value: 7 })
      const buckets = (reader: MetricReader) =>
        Effect.map(
          Effect.promise(() => reader.collect()),
          ({ resourceMetrics }) =>
            resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
              metrics.flatMap(({ dataPoints }) => dataPoints.map(({ value }) => "buckets" in (value as object))),
            ),
        )
      assert.deepStrictEqual([yield* buckets(prometheus), yield* buckets(otlp)], [[true], [false]])
    }),
  )
})
