import { assert, describe, it } from "@effect/vitest"
import { verdictOf } from "../../../src/telemetry/otlp/OtlpAnswer.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const answer = (status: number, body: Uint8Array | string = "", contentType?: string, retryAfter?: string) =>
  verdictOf(
    { status, contentType, retryAfter, body: typeof body === "string" ? bytes(body) : body },
    Date.parse("2026-11-20T10:00:00Z"),
  )

/** `partial_success { rejected = 3, error_message = "no" }` */
const partial = Uint8Array.of(0x0a, 6, 0x08, 3, 0x12, 2, 0x6e, 0x6f)

describe("what a backend answers to an export", () => {
  it("is a success with an empty or an empty OTLP message", () => {
    assert.deepStrictEqual(answer(200), { _tag: "Accepted" })
    assert.deepStrictEqual(answer(202, "{}", "application/json; charset=utf-8"), { _tag: "Accepted" })
    assert.deepStrictEqual(answer(200, Uint8Array.of(0x0a, 0), "application/x-protobuf"), { _tag: "Accepted" })
    assert.deepStrictEqual(answer(200, `{"partialSuccess":{}}`, "application/json"), { _tag: "Accepted" })
  })

  it("may be a success in part, in protobuf and in JSON", () => {
    const expected = { _tag: "Partial", rejected: 3, reason: "no" } as const
    assert.deepStrictEqual(answer(200, partial, "application/x-protobuf"), expected)
    const json = `{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no"}}`
    assert.deepStrictEqual(answer(200, json, "application/json"), expected)
    const logs = `{"partialSuccess":{"rejectedLogRecords":3,"errorMessage":"no"}}`
    assert.deepStrictEqual(answer(200, logs, "application/json"), expected)
  })

  it.each([
    ["a login page", "<html>sign in</html>", "text/html"],
    ["broken JSON", "{", "application/json"],
    ["JSON that is no object", "7", "application/json"],
    ["bytes at random", Uint8Array.of(0xff, 0xff, 0xff, 0x07, 0xa0), "application/x-protobuf"],
    ["a message that is cut off", partial.subarray(0, 5), "application/x-protobuf"],
  ])("is no success when it is %s", (_, body, contentType) => {
    const verdict = answer(200, body, contentType)
    assert.strictEqual(verdict._tag, "Refused")
    assert.match("reason" in verdict ? verdict.reason : "", /not OTLP/)
  })

  it.each([400, 401, 403, 404, 413, 500, 302])("is final with HTTP %d", (status) => {
    const verdict = answer(status, "tenant\u0000unknown\n", "text/plain")
    assert.strictEqual(verdict._tag, "Refused")
    assert.match("reason" in verdict ? verdict.reason : "", new RegExp(`HTTP ${status}: tenant unknown`))
  })

  it.each([
    [429, "7", 7_000],
    [503, "Fri, 20 Nov 2026 10:01:00 GMT", 60_000],
    [503, "99999", 300_000],
    [502, "soon", undefined],
    [504, undefined, undefined],
  ])("asks with HTTP %d and Retry-After %s for another try", (status, retryAfter, after) => {
    assert.deepStrictEqual(answer(status, "", undefined, retryAfter), { _tag: "Busy", reason: `HTTP ${status}`, after })
  })
})
