import { assert, describe, it } from "@effect/vitest"
import { executorLevels, phaseBars } from "../../../src/console/api/Timeline.ts"

const at = (second: number) => new Date(second * 1000).toISOString().replace(".000", "")

describe("the timeline of an application", () => {
  it("counts executors over time", () => {
    const spans = [{ from: 1000, to: 5000 }, { from: 1000, to: 3000 }, { from: 3000, to: 5000 }, { from: 4000 }]
    assert.deepStrictEqual(executorLevels(spans), [
      { time: at(1), count: 2 },
      { time: at(4), count: 3 },
      { time: at(5), count: 1 },
    ])
    assert.deepStrictEqual(executorLevels([]), [])
  })

  it("stays small for any number of executors, and ends with the last change", () => {
    const spans = Array.from({ length: 5000 }, (_, index) => ({ from: index * 1000, to: (index + 7) * 1000 + 500 }))
    const levels = executorLevels(spans)
    assert.isAtMost(levels.length, 401)
    assert.deepStrictEqual(levels.at(-1), { time: at(5006), count: 0 })
  })

  it("leaves the present phase of an attempt open", () => {
    const attempt = { number: 1, submissionID: "a", startTime: at(0), submittedTime: at(1) }
    assert.deepStrictEqual(phaseBars(attempt), [
      { phase: "submit", from: at(0), to: at(1) },
      { phase: "schedule", from: at(1) },
    ])
  })
})
