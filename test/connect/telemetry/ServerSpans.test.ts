import { assert, describe, it } from "@effect/vitest"
import type { SparkConnect } from "../../../src/api/connect/SparkConnect.ts"
import { newSpans, spansOf } from "../../../src/connect/telemetry/ServerSpans.ts"
import { traceparent } from "../../../src/spark/monitoring/Trace.ts"
import { connect } from "../../support/ConnectFixture.ts"

const id = "0f0e0d0c-0b0a-8909-8807-060504030201"
const begun = { number: 1, submissionID: id, podUID: "p", startTime: "2030-01-01T00:00:00Z" }
const ready = { ...begun, runningTime: "2030-01-01T00:00:05Z", readyTime: "2030-01-01T00:00:20Z" }
const failed = {
  ...ready,
  finishTime: "2030-01-01T01:00:00Z",
  result: "Failed",
  reason: "OOMKilled",
  message: "killed",
} as const
const withAttempts = (...attempts: ReadonlyArray<object>): SparkConnect =>
  ({ ...connect(), status: { attempts } }) as SparkConnect
const names = (connect: SparkConnect, attempt: Parameters<typeof spansOf>[1]) =>
  spansOf(connect, attempt).map(({ name }) => name)

describe("the trace of a Connect server", () => {
  it("has a span for each phase once it is over, and its root at the end", () => {
    const all = withAttempts(failed)
    assert.deepStrictEqual(names(all, begun), [])
    assert.deepStrictEqual(names(all, ready), ["spark.connect.schedule", "spark.connect.start"])
    assert.deepStrictEqual(names(all, failed), [
      "spark.connect.schedule",
      "spark.connect.start",
      "spark.connect.server",
    ])
    const root = spansOf(all, failed).at(-1)!
    assert.strictEqual(root.end - root.start, 3_600_000)
    assert.deepStrictEqual(root.outcome, { _tag: "Error", message: "killed" })
    assert.deepInclude(root.attributes, { "spark.connect.name": "analysts", "error.type": "OOMKilled" })
  })

  it("is the one that Spark continues by TRACEPARENT", () => {
    const root = spansOf(withAttempts(failed), failed).at(-1)!
    assert.strictEqual(traceparent(id, true), `00-${root.traceId}-${root.spanId}-01`)
  })

  it("is exported span by span, each once", () => {
    const exported = (before: object, after: object) =>
      newSpans(withAttempts(before).status, withAttempts(after)).map(({ name }) => name)
    assert.deepStrictEqual(exported(begun, ready), ["spark.connect.schedule", "spark.connect.start"])
    assert.deepStrictEqual(exported(ready, failed), ["spark.connect.server"])
    assert.deepStrictEqual(exported(failed, failed), [])
  })

  it("is linked to that of the server before", () => {
    const second = { ...failed, number: 2, submissionID: "1f0e0d0c-0b0a-8909-8807-060504030201" }
    const [link] = spansOf(withAttempts(failed, second), second).at(-1)!.links
    assert.strictEqual(link?.traceId, spansOf(withAttempts(failed), failed).at(-1)!.traceId)
  })
})
