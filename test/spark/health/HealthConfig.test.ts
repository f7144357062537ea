/** The operator's ConfigMap of health checks: what its keys may say, and what becomes of those that say nothing useful. */

import { assert, describe, it } from "@effect/vitest"
import { readHealthConfig } from "../../../src/spark/health/HealthConfig.ts"

const source = "ops/checks"

describe("a key of the ConfigMap", () => {
  it("has health checks as YAML, or only the name of a preset; default is for applications without any", () => {
    const { defaults, problems } = readHealthConfig(source, {
      default: "batch",
      nightly: "preset: streaming\ndriver:\n  liveness:\n    periodSeconds: 60\n",
    })
    assert.deepStrictEqual(problems, [])
    assert.deepStrictEqual(defaults.byDefault, { preset: "batch" })
    assert.deepStrictEqual(
      [...defaults.templates],
      [["nightly", { preset: "streaming", driver: { liveness: { periodSeconds: 60 } } }]],
    )
  })

  it.each([
    ["preset: [", 'data["a"]', /is not valid YAML/],
    ["", 'data["a"]', /object|HealthChecks/i],
    ["bacth", 'data["a"].preset', /batch/],
    ["preset: bacth", 'data["a"].preset', /batch/],
    ["drivr: {}", 'data["a"].drivr', /is not a known field/],
    ["driver: {liveness: {perioSeconds: 3}}", 'data["a"].driver.liveness.perioSeconds', /is not a known field/],
    ["driver: {liveness: {periodSeconds: -1}}", 'data["a"].driver.liveness.periodSeconds', /./],
    ["driver: {liveness: {target: ui, exec: {command: [a]}}}", 'data["a"].driver.liveness.target', /only one handler/],
    ["template: b", 'data["a"]', /names a template itself/],
  ])("with %j is reported by field", (text, field, message) => {
    const { defaults, problems } = readHealthConfig(source, { a: text })
    assert.strictEqual(problems[0]?.field, field, JSON.stringify(problems))
    assert.match(problems[0]?.message ?? "", message)
    assert.isTrue(defaults.unusable.has("a"))
  })

  it("that is no longer valid keeps its last valid content; a deleted one does not", () => {
    const before = readHealthConfig(source, { default: "batch", a: "streaming", b: "connect" }).defaults
    const { defaults } = readHealthConfig(source, { default: "bacth", a: "streeming" }, before)
    assert.deepStrictEqual(defaults.byDefault, { preset: "batch" })
    assert.deepStrictEqual([...defaults.templates], [["a", { preset: "streaming" }]])
    assert.isUndefined(readHealthConfig(source, { a: "streaming" }, before).defaults.byDefault)
  })
})
