import { assert, describe, it } from "@effect/vitest"
import { rootSpanId, spanId, traceId, traceparent } from "../../../src/spark/monitoring/Trace.ts"
import { sparkAppId, submissionId } from "../../../src/spark/submit/Submission.ts"

const submission = "1b1e02a9-7444-8e85-8885-e1e60e3fe238"

describe("the trace of an attempt", () => {
  it("can be found with the submission id or with Spark's application id alone", () => {
    assert.strictEqual(traceId(submission), "1b1e02a974448e858885e1e60e3fe238")
    assert.strictEqual(`spark-${traceId(submission)}`, sparkAppId(submission))
  })

  it.each(["not-a-uuid", "", "00000000-0000-0000-0000-000000000000"])("has a valid id also for submission %s", (id) => {
    assert.match(traceId(id), /^(?!0{32})[0-9a-f]{32}$/)
  })

  it("has spans whose ids follow from their names, and differ between attempts", () => {
    const other = submissionId("uid", 2)
    assert.match(spanId(submission, "a"), /^[0-9a-f]{16}$/)
    const ids = [spanId(submission, "a"), spanId(submission, "b"), spanId(other, "a"), rootSpanId(submission)]
    assert.strictEqual(new Set(ids).size, ids.length)
    assert.strictEqual(spanId(submission, "a"), ids[0])
  })

  it("is passed on as W3C trace context", () => {
    assert.strictEqual(traceparent(submission, true), `00-${traceId(submission)}-${rootSpanId(submission)}-01`)
    assert.match(traceparent(submission, false), /-00$/)
  })
})
