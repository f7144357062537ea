import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { forAttempt, scriptOf } from "../../../src/local/node/KubeletScript.ts"

const script = (annotations: Record<string, string>) =>
  scriptOf({
    metadata: {
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([name, value]) => [`local.firesteel.dev/${name}`, value]),
      ),
    },
  })

const problem = (annotations: Record<string, string>) => {
  const decoded = script(annotations)
  return Result.isFailure(decoded) ? decoded.failure : "no problem"
}

describe("KubeletScript", () => {
  it("a pod without annotations has an empty script, and other annotations are ignored", () => {
    assert.deepStrictEqual(scriptOf({}), Result.succeed({}))
    assert.deepStrictEqual(
      scriptOf({ metadata: { annotations: { "prometheus.io/scrape": "true" } } }),
      Result.succeed({}),
    )
  })

  it("numbers are one value or a list with one per attempt", () => {
    assert.deepStrictEqual(
      script({ "pull-seconds": "0.5", "run-seconds": "2, forever", "exit-codes": "1,1, 0" }),
      Result.succeed({ "pull-seconds": [0.5], "run-seconds": [2, Number.POSITIVE_INFINITY], "exit-codes": [1, 1, 0] }),
    )
  })

  it("the last value of a list repeats for all later attempts", () => {
    assert.deepStrictEqual(
      [1, 2, 3, 9].map((attempt) => forAttempt([1, 2, 0], attempt)),
      [1, 2, 0, 0],
    )
  })

  it("failures of executors and desired executors over time have their own syntax", () => {
    assert.deepStrictEqual(
      script({ "executor-failures": "2:OOMKilled@1.5, 3:1@4", dynamic: "1@0,4@2.5" }),
      Result.succeed({
        "executor-failures": [
          { id: 2, cause: "OOMKilled", after: 1.5 },
          { id: 3, cause: "1", after: 4 },
        ],
        dynamic: [
          { count: 1, from: 0 },
          { count: 4, from: 2.5 },
        ],
      }),
    )
  })

  it("a probe fails from a second of the run on, per attempt", () => {
    const { "probe-fails": fails } = Result.getOrThrow(script({ "probe-fails": "liveness@2.5, none" }))
    assert.deepStrictEqual(fails?.[0], { kind: "liveness", from: 2.5 })
    assert.strictEqual(fails?.[1]?.kind, "none")
    assert.include(problem({ "probe-fails": "liveness" }), "liveness@2, none")
  })

  it("an invalid value is reported with its annotation and the allowed values", () => {
    assert.strictEqual(
      problem({ "ready-seconds": "soon" }),
      'annotation local.firesteel.dev/ready-seconds is "soon"; write seconds such as 2',
    )
    assert.include(problem({ "exit-code": "256" }), "write a number from 0 to 255")
    assert.include(problem({ "exit-code": "" }), "write a number from 0 to 255")
    assert.include(problem({ "run-seconds": "2,,3" }), "one value per attempt")
    assert.include(problem({ "run-seconds": "-1" }), "write seconds such as 3")
    assert.include(problem({ "executor-failures": "OOMKilled" }), "2:OOMKilled@1.5")
    assert.include(problem({ dynamic: "4" }), "1@0, 4@2, 2@5")
    assert.include(problem({ reason: "out of memory" }), "one CamelCase word")
  })

  it("a misspelt annotation is not ignored", () => {
    assert.match(
      problem({ "exit-kode": "1" }),
      /^annotation local\.firesteel\.dev\/exit-kode is unknown; known are .*exit-code/,
    )
  })

  it("annotations that the driver writes on its own pod are not part of a script", () => {
    assert.deepStrictEqual(script({ progress: "42%", log: "line" }), Result.succeed({}))
  })
})
