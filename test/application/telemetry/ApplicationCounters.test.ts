import { assert, describe, it } from "@effect/vitest"
import * as ApplicationCounters from "../../../src/application/telemetry/ApplicationCounters.ts"
import * as ApplicationIdentity from "../../../src/application/telemetry/ApplicationIdentity.ts"
import { AttributeLimit } from "../../../src/telemetry/meter/AttributeLimit.ts"

const created = "spark.operator.pod.creations"

const make = () => {
  let faults = 0
  let now = 0
  const counters = ApplicationCounters.make({
    perApplication: true,
    cap: 1,
    identities: ApplicationIdentity.make([], new AttributeLimit(10, () => faults++)),
    onOverflow: () => faults++,
    now: () => now,
  })
  const series = () => counters.points(created).map(({ attributes, value }) => [attributes["app_name"] ?? "", value])
  return { counters, series, faults: () => faults, at: (time: number) => (now = time) }
}

describe("counters per application", () => {
  it("applications beyond the cap share __other__, and each of their events counts as a fault", () => {
    const { counters, series, faults } = make()
    counters.open("ml", "a")
    counters.open("ml", "b")
    counters.count(created, "ml", "a", true, "none")
    counters.count(created, "ml", "b", true, "none")
    counters.count(created, "ml", "b", true, "none")
    assert.deepStrictEqual(series(), [
      ["", 0],
      ["a", 1],
      ["__other__", 2],
    ])
    assert.strictEqual(faults(), 2)
  })

  it("an application that had ended before the process started gets its series with its first event, without a fault", () => {
    const { counters, series, faults } = make()
    counters.count(created, "ml", "a", true, "none")
    assert.deepStrictEqual(series(), [
      ["", 0],
      ["a", 1],
    ])
    assert.strictEqual(faults(), 0)
  })

  it("a deleted application frees its place, and starts again at zero with a new series", () => {
    const { counters, series, at } = make()
    counters.open("ml", "a")
    counters.count(created, "ml", "a", true, "none")
    counters.close("ml", "a")
    assert.deepStrictEqual(series(), [["", 0]])
    at(5_000)
    counters.open("ml", "a")
    assert.deepStrictEqual(counters.points(created).at(-1)?.since, 5_000)
    assert.deepStrictEqual(series(), [
      ["", 0],
      ["a", 0],
    ])
  })

  it("only deletions are distinguished by the state of the stages, each starting at zero", () => {
    const { counters } = make()
    const deleted = "spark.operator.pod.deletions"
    counters.open("ml", "a")
    counters.stages("ml", "a", "active")
    const ofStages = (name: typeof created | typeof deleted) =>
      counters
        .points(name)
        .filter(({ attributes }) => attributes["app_name"] === "a")
        .map(({ attributes, value }) => [attributes["stage_state"], value])
    assert.deepStrictEqual(ofStages(deleted), [
      ["none", 0],
      ["active", 0],
    ])
    counters.count(deleted, "ml", "a", true, "active")
    counters.count(created, "ml", "a", true, "active")
    assert.deepStrictEqual(ofStages(deleted), [
      ["none", 0],
      ["active", 1],
    ])
    assert.deepStrictEqual(ofStages(created), [[undefined, 1]])
  })

  it("removing an application does not affect those of the same name in other namespaces", () => {
    const { counters, series } = make()
    counters.open("ml", "a")
    counters.close("etl", "a")
    assert.deepStrictEqual(series(), [
      ["", 0],
      ["a", 0],
    ])
  })
})
