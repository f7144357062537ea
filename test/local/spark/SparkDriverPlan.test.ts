import { assert, describe, it } from "@effect/vitest"
import { linesPrinted, progressOf, wantedExecutors } from "../../../src/local/spark/SparkDriverPlan.ts"

const wanted = (properties: Record<string, string>, elapsed: number, seconds = 12) =>
  wantedExecutors(new Map(Object.entries(properties)), undefined, { seconds, elapsed })

const dynamic = { "spark.dynamicAllocation.enabled": "true" }

describe("SparkDriverPlan", () => {
  it("a driver requests spark.executor.instances executors, two by default", () => {
    assert.strictEqual(wanted({}, 0), 2)
    assert.strictEqual(wanted({ "spark.executor.instances": "5" }, 0), 5)
    assert.strictEqual(wanted({ "spark.executor.instances": "many" }, 0), 2)
  })

  it("dynamic allocation starts with the largest of minimum, initial and instances", () => {
    assert.strictEqual(wanted({ ...dynamic }, 0), 0)
    assert.strictEqual(
      wanted(
        { ...dynamic, "spark.dynamicAllocation.minExecutors": "1", "spark.dynamicAllocation.initialExecutors": "3" },
        0,
      ),
      3,
    )
    assert.strictEqual(wanted({ ...dynamic, "spark.executor.instances": "4" }, 0), 4)
  })

  it("dynamic allocation doubles what it adds up to the maximum, and goes back to the minimum near the end", () => {
    const bounds = {
      ...dynamic,
      "spark.dynamicAllocation.minExecutors": "1",
      "spark.dynamicAllocation.maxExecutors": "6",
    }
    assert.deepStrictEqual(
      [0, 1, 2, 3, 7, 9].map((elapsed) => wanted(bounds, elapsed)),
      [1, 2, 4, 6, 6, 1],
    )
  })

  it("a driver without end stays within the maximum", () => {
    assert.strictEqual(wanted({ ...dynamic }, 10_000_000, Number.POSITIVE_INFINITY), 8)
  })

  it("a script sets the executors over time, within the bounds of dynamic allocation", () => {
    const script = [
      { count: 1, from: 0 },
      { count: 9, from: 2 },
    ]
    const at = (properties: Record<string, string>, elapsed: number) =>
      wantedExecutors(new Map(Object.entries(properties)), script, { seconds: 12, elapsed })
    assert.deepStrictEqual([at({}, 0), at({}, 1.9), at({}, 2)], [1, 1, 9])
    assert.strictEqual(at({ ...dynamic, "spark.dynamicAllocation.maxExecutors": "5" }, 3), 5)
  })

  it("progress is the share of the run that has passed, and 100 % only when it succeeded; a run without end has none", () => {
    assert.deepStrictEqual(
      [0, 1, 3, 5].map((elapsed) => progressOf({ seconds: 3, elapsed }, false)),
      ["0%", "33%", "99%", "99%"],
    )
    assert.strictEqual(progressOf({ seconds: 3, elapsed: 3 }, true), "100%")
    assert.isUndefined(progressOf({ seconds: Number.POSITIVE_INFINITY, elapsed: 5 }, false))
  })

  it("a script's lines are printed evenly over the run, all of them before its end", () => {
    assert.deepStrictEqual(
      [0, 2, 4, 6, 8].map((elapsed) => linesPrinted(3, { seconds: 8, elapsed })),
      [0, 1, 2, 3, 3],
    )
  })
})
