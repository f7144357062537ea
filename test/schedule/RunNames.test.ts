import { assert, describe, it } from "@effect/vitest"
import { timestampPrecisions } from "../../src/api/schedule/TimestampPrecision.ts"
import { longestScheduleName, manualRunName, runName } from "../../src/schedule/RunNames.ts"

const time = Date.parse("2026-11-20T03:00:00Z")

describe("the name of a run", () => {
  it("has the scheduled time in the unit of the operator", () => {
    assert.deepStrictEqual(
      timestampPrecisions.map((precision) => runName("nightly", time, precision)),
      [
        "nightly-1795143600000000000",
        "nightly-1795143600000000",
        "nightly-1795143600000",
        "nightly-1795143600",
        "nightly-29919060",
      ],
    )
  })

  it("is one that an application may have, for every schedule that is accepted", () => {
    for (const precision of timestampPrecisions) {
      assert.lengthOf(runName("n".repeat(longestScheduleName(precision)), time, precision), 63)
    }
  })

  it("by hand follows from the token and the schedule, and is never too long", () => {
    const nightly = { name: "nightly", uid: "1" }
    assert.match(manualRunName(nightly, "a"), /^nightly-manual-[0-9a-f]{8}$/)
    assert.strictEqual(manualRunName(nightly, "a"), manualRunName(nightly, "a"))
    assert.notStrictEqual(manualRunName(nightly, "a"), manualRunName(nightly, "b"))
    assert.notStrictEqual(manualRunName(nightly, "a"), manualRunName({ ...nightly, uid: "2" }, "a"))
    const long = manualRunName({ name: `${"n".repeat(46)}-tail`, uid: "1" }, "a")
    assert.match(long, /^n{46}-manual-[0-9a-f]{8}$/)
    assert.isAtMost(long.length, 63)
  })
})
