import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { PositiveGauge } from "../../../src/telemetry/meter/PositiveGauge.ts"

const place = Schema.Literals(["a", "b", "c"])
const at = (name: string) => ({ namespace: name, state: "RUNNING" })
const sum = (gauge: PositiveGauge) => gauge.points().reduce((total, { value }) => total + value, 0)

describe("PositiveGauge", () => {
  it.prop(
    "is never negative, and reports every decrease that would have made it so",
    [Schema.Array(Schema.Struct({ place, delta: Schema.Int.check(Schema.isBetween({ minimum: -3, maximum: 3 })) }))],
    ([changes]) => {
      let faults = 0
      let expected = 0
      const gauge = new PositiveGauge(() => faults++)
      for (const { place, delta } of changes) {
        if (gauge.value(at(place)) + delta < 0) expected++
        gauge.add(delta, at(place))
        if (gauge.points().some(({ value }) => value < 0)) return false
      }
      return faults === expected
    },
  )

  it.prop(
    "keeps its sum while things move, and equals where they are",
    [Schema.Array(Schema.Struct({ thing: Schema.Literals([0, 1, 2, 3]), to: place }))],
    ([moves]) => {
      const gauge = new PositiveGauge(() => assert.fail("nothing was taken that was not there"))
      const places = ["a", "a", "a", "a"]
      for (const name of places) gauge.move(undefined, at(name))
      for (const { thing, to } of moves) {
        gauge.move(at(places[thing]!), at(to))
        places[thing] = to
      }
      return (
        sum(gauge) === 4 &&
        ["a", "b", "c"].every((name) => gauge.value(at(name)) === places.filter((p) => p === name).length)
      )
    },
  )

  it.effect("loses nothing to fibers that change it at the same time", () =>
    Effect.gen(function* () {
      const gauge = new PositiveGauge(() => assert.fail("never below zero"))
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
      assert.deepStrictEqual(
        gauge.points().map(({ value }) => value),
        [0, 0],
      )
    }),
  )

  it("takes the order of attributes for nothing", () => {
    const gauge = new PositiveGauge(() => assert.fail("never below zero"))
    gauge.add(2, { namespace: "a", state: "RUNNING" })
    gauge.add(-2, { state: "RUNNING", namespace: "a" })
    assert.deepStrictEqual(gauge.points(), [{ attributes: { namespace: "a", state: "RUNNING" }, value: 0 }])
  })
})
