import { assert, describe, it } from "@effect/vitest"
import { runSpecHash } from "../../src/application/RunSpec.ts"

const spec = { type: "Scala", driver: { cores: 1, labels: { a: "1", b: "2" } }, arguments: ["1", "2"] }

describe("runSpecHash", () => {
  it("does not depend on the order of keys, but on that of arguments", () => {
    const reordered = { arguments: ["1", "2"], driver: { labels: { b: "2", a: "1" }, cores: 1 }, type: "Scala" }
    assert.strictEqual(runSpecHash(reordered), runSpecHash(spec))
    assert.notStrictEqual(runSpecHash({ ...spec, arguments: ["2", "1"] }), runSpecHash(spec))
  })

  it("does not change with fields about when to run, retry or delete", () => {
    const other = {
      ...spec,
      suspend: true,
      timeToLiveSeconds: 5,
      restartPolicy: { type: "Always" },
      deadlines: { runningSeconds: 9 },
    }
    assert.strictEqual(runSpecHash(other), runSpecHash(spec))
  })

  it("does not change with fields that only observe a run", () => {
    const watched = (watchdog: object | undefined, preset = "batch") => ({
      ...spec,
      healthChecks: { preset, ...(watchdog ? { watchdog } : {}) },
    })
    assert.strictEqual(runSpecHash(watched({ stalledSeconds: 60 })), runSpecHash(watched(undefined)))
    assert.notStrictEqual(runSpecHash(watched(undefined, "streaming")), runSpecHash(watched(undefined)))
  })

  it("does not change with the spelling of the pod template, if the template is the same", () => {
    const template = { metadata: { labels: { a: "1" } } }
    const hashOf = (driver: object, executor: object = {}) =>
      runSpecHash({ ...spec, driver: { ...spec.driver, ...driver }, executor })
    assert.strictEqual(hashOf({ podTemplate: template }), hashOf({ template }))
    assert.strictEqual(hashOf({}, { podTemplate: template }), hashOf({}, { template }))
    assert.notStrictEqual(hashOf({ podTemplate: template }), hashOf({ podTemplate: {} }))
    assert.notStrictEqual(hashOf({ podTemplate: template }), hashOf({}))
  })

  it("changes when one of two pod templates is removed, so that the corrected application is submitted", () => {
    const template = { metadata: { labels: { a: "1" } } }
    const hashOf = (driver: object) => runSpecHash({ ...spec, driver })
    assert.notStrictEqual(hashOf({ template, podTemplate: template }), hashOf({ template }))
    assert.notStrictEqual(hashOf({ template, podTemplate: template }), hashOf({ podTemplate: template }))
  })

  it("is the same as before the second spelling existed, and accepts a spec of any shape", () => {
    assert.strictEqual(runSpecHash(spec), "8a41946f9554aa61")
    assert.strictEqual(runSpecHash({ ...spec, executor: { template: { spec: {} } } }), "604550d5be784179")
    for (const odd of [null, "x", { driver: null }, { driver: "x", executor: [] }]) {
      assert.match(runSpecHash(odd), /^[0-9a-f]{16}$/)
    }
  })

  it("changes with every other field", () => {
    assert.notStrictEqual(runSpecHash({ ...spec, image: "spark:4" }), runSpecHash(spec))
    assert.notStrictEqual(runSpecHash({ ...spec, driver: { ...spec.driver, cores: 2 } }), runSpecHash(spec))
  })
})
