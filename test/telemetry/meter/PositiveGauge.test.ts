/** The laws of the gauge, each held against what OpenTelemetry's SDK exports. */

import { assert, describe, it } from "@effect/vitest"
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics"
import { Effect, Schema } from "effect"
import { PositiveGauge } from "../../../src/telemetry/meter/PositiveGauge.ts"

class Reader extends MetricReader {
  protected override async onForceFlush() {}
  protected override async onShutdown() {}
}

const place = Schema.Literals(["a", "b", "c"])
const at = (name: string) => ({ namespace: name, state: "RUNNING" })

/** A gauge on a provider of its own, as after a restart. `points`: what a reader exports, by namespace. */
const make = (onNegative: () => void, limit = 100) => {
  const reader = new Reader({ cardinalitySelector: () => limit })
  const counter = new MeterProvider({ readers: [reader] }).getMeter("").createUpDownCounter("gauge")
  const points = Effect.map(
    Effect.promise(() => reader.collect()),
    ({ resourceMetrics }) =>
      Object.fromEntries(
        resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
          metrics.flatMap(({ dataPoints }) =>
            dataPoints.map(({ attributes, value }) => [attributes["namespace"] ?? "overflow", value as number]),
          ),
        ),
      ) as Readonly<Record<string, number>>,
  )
  return { gauge: new PositiveGauge(counter, { onNegative, limit }), points }
}

const sum = (points: Readonly<Record<string, number>>) =>
  Object.values(points).reduce((total, value) => total + value, 0)

const change = Schema.Struct({
  place,
  delta: Schema.Int.check(Schema.isBetween({ minimum: -3, maximum: 3 })),
  collected: Schema.Boolean,
})

/** What a cache reports of a thing: it is (again) in this place, also when it was there before, or it is gone; or the process restarts. */
const report = Schema.Struct({
  thing: Schema.Literals([0, 1, 2, 3]),
  to: Schema.Literals(["a", "b", "c", "gone", "restart"]),
  collected: Schema.Boolean,
})

describe("PositiveGauge", () => {
  it.effect.prop(
    "is never negative, and reports every decrease that would have made it so",
    [Schema.Array(change)],
    ([changes]) =>
      Effect.gen(function* () {
        let faults = 0
        let expected = 0
        const { gauge, points } = make(() => faults++)
        for (const { place, delta, collected } of changes) {
          if (gauge.value(at(place)) + delta < 0) expected++
          gauge.add(delta, at(place))
          if (!collected) continue
          for (const [name, value] of Object.entries(yield* points)) {
            assert.isAtLeast(value, 0)
            assert.strictEqual(value, gauge.value(at(name)))
          }
        }
        assert.strictEqual(faults, expected)
      }),
  )

  it.effect.prop(
    "keeps its sum while objects move, and equals the number of objects in each place",
    [Schema.Array(Schema.Struct({ thing: Schema.Literals([0, 1, 2, 3]), to: place }))],
    ([moves]) =>
      Effect.gen(function* () {
        const { gauge, points } = make(() => assert.fail("nothing was taken that was not there"))
        const places = ["a", "a", "a", "a"]
        for (const name of places) gauge.move(undefined, at(name))
        for (const { thing, to } of moves) {
          gauge.move(at(places[thing]!), at(to))
          places[thing] = to
        }
        const exported = yield* points
        assert.strictEqual(sum(exported), 4)
        for (const name of ["a", "b", "c"])
          assert.strictEqual(exported[name] ?? 0, places.filter((it) => it === name).length)
      }),
  )

  it.effect.prop(
    "equals the objects that exist, after any reports of a cache, repeated ones and restarts included",
    [Schema.Array(report)],
    ([reports]) =>
      Effect.gen(function* () {
        const existing = new Map<number, string>()
        let { gauge, points } = make(() => assert.fail("never below zero"))
        const counted = new Map<number, ReturnType<typeof at>>()
        const see = (thing: number, name: string | undefined) => {
          const to = name === undefined ? undefined : at(name)
          gauge.move(counted.get(thing), to)
          if (to === undefined) counted.delete(thing)
          else counted.set(thing, to)
        }
        for (const { thing, to, collected } of reports) {
          if (to === "restart") {
            ;({ gauge, points } = make(() => assert.fail("never below zero")))
            counted.clear()
            for (const [known, name] of existing) see(known, name)
          } else {
            if (to === "gone") existing.delete(thing)
            else existing.set(thing, to)
            see(thing, existing.get(thing))
          }
          if (!collected) continue
          const exported = yield* points
          assert.strictEqual(sum(exported), existing.size)
          for (const name of ["a", "b", "c"]) {
            const there = [...existing.values()].filter((it) => it === name).length
            assert.strictEqual(exported[name] ?? 0, there)
          }
        }
      }),
  )

  it.effect("loses no change when fibers change it at the same time", () =>
    Effect.gen(function* () {
      const { gauge, points } = make(() => assert.fail("never below zero"))
      const visit = Effect.gen(function* () {
        gauge.move(undefined, at("a"))
        yield* Effect.yieldNow
        gauge.move(at("a"), at("b"))
        yield* Effect.yieldNow
        gauge.move(at("b"), undefined)
      })
      yield* Effect.all(
        Array.from({ length: 100 }, () => visit),
        { concurrency: "unbounded" },
      )
      assert.deepStrictEqual(yield* points, { a: 0, b: 0 })
    }),
  )

  it.effect("does not depend on the order of attributes", () =>
    Effect.gen(function* () {
      const { gauge, points } = make(() => assert.fail("never below zero"))
      gauge.add(2, { namespace: "a", state: "RUNNING" })
      gauge.add(-2, { state: "RUNNING", namespace: "a" })
      assert.deepStrictEqual(yield* points, { a: 0 })
    }),
  )

  it.effect("stays positive beyond the limit of attribute sets, whatever is collected in between", () =>
    Effect.gen(function* () {
      const { gauge, points } = make(() => assert.fail("never below zero"), 5)
      const names = ["a", "b", "c", "d", "e", "f"]
      for (const name of names) gauge.move(undefined, at(name))
      assert.deepStrictEqual(yield* points, { a: 1, b: 1, c: 1, overflow: 3 })
      for (const name of names) gauge.move(at(name), undefined)
      assert.deepStrictEqual(yield* points, { a: 0, b: 0, c: 0, overflow: 0 })
    }),
  )
})
