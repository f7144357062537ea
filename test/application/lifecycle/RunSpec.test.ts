import { assert, describe, it } from "@effect/vitest"
import { runSpecHash } from "../../../src/application/lifecycle/RunSpec.ts"

const spec = { type: "Scala", driver: { cores: 1, labels: { a: "1", b: "2" } }, arguments: ["1", "2"] }

describe("runSpecHash", () => {
  it("does not depend on the order of keys, but on that of arguments", () => {
    const reordered = { arguments: ["1", "2"], driver: { labels: { b: "2", a: "1" }, cores: 1 }, type: "Scala" }
    assert.strictEqual(runSpecHash(reordered), runSpecHash(spec))
    assert.notStrictEqual(runSpecHash({ ...spec, arguments: ["2", "1"] }), runSpecHash(spec))
  })

  it("a change of when to run, retry or delete does not restart an application", () => {
    const other = {
      ...spec,
      suspend: true,
      timeToLiveSeconds: 5,
      restartPolicy: { type: "Always" },
      deadlines: { runningSeconds: 9 },
    }
    assert.strictEqual(runSpecHash(other), runSpecHash(spec))
  })

  it("nor does a change of what only looks at a run", () => {
    const watched = (watchdog: object | undefined, preset = "batch") => ({
      ...spec,
      healthChecks: { preset, ...(watchdog ? { watchdog } : {}) },
    })
    assert.strictEqual(runSpecHash(watched({ stalledSeconds: 60 })), runSpecHash(watched(undefined)))
    assert.notStrictEqual(runSpecHash(watched(undefined, "streaming")), runSpecHash(watched(undefined)))
  })

  it("any other change does", () => {
    assert.notStrictEqual(runSpecHash({ ...spec, image: "spark:4" }), runSpecHash(spec))
    assert.notStrictEqual(runSpecHash({ ...spec, driver: { ...spec.driver, cores: 2 } }), runSpecHash(spec))
  })
})
