import { assert, describe, it } from "@effect/vitest"
import { readRunControls } from "../../../src/api/application/RunControls.ts"

describe("the controls of a run in a spec that cannot be submitted", () => {
  it("are decoded", () => {
    const controls = { suspend: true, timeToLiveSeconds: 0, deadlines: { runningSeconds: 60, startedSeconds: 5 } }
    assert.deepStrictEqual(
      readRunControls({ sparkVersion: "1.6.0", driver: { memory: "lots" }, ...controls }),
      controls,
    )
  })

  it.each<readonly [string, unknown]>([
    ["no spec", undefined],
    ["none of them", {}],
    ["values of the wrong type", { suspend: "true", timeToLiveSeconds: "1h", deadlines: "never" }],
    ["values out of range", { timeToLiveSeconds: -1, deadlines: { runningSeconds: 0 } }],
    ["null", { timeToLiveSeconds: null, deadlines: null }],
  ])("are not set by %s", (_, spec) => {
    assert.deepStrictEqual(readRunControls(spec), { suspend: false, timeToLiveSeconds: undefined, deadlines: {} })
  })

  it("are decoded independently: an invalid deadline does not drop the others", () => {
    const spec = {
      timeToLiveSeconds: "soon",
      deadlines: { runningSeconds: 60, readySeconds: "60", startedSeconds: -1 },
    }
    assert.deepStrictEqual(readRunControls(spec).deadlines, { runningSeconds: 60 })
  })
})
