/** OpenTelemetry's exporter against a backend that answers as the test says. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spanExporter } from "../../../src/telemetry/otlp/Exporters.ts"
import { listen, type Verdict, verdictOf } from "../../../src/telemetry/otlp/ExportResult.ts"
import { targetOf } from "../../../src/telemetry/otlp/OtlpEnvironment.ts"
import { otlpBackend } from "../../support/otlp/OtlpBackend.ts"
import { spanNamed } from "../../support/otlp/SdkSpans.ts"

listen()

interface Answer {
  readonly status: number
  readonly body?: Uint8Array | string
  readonly headers?: Readonly<Record<string, string>>
}

/** What one export to this backend comes to; the SDK has no time to try again. */
const exportedTo = ({ status, body = "", headers = {} }: Answer, timeout = 300) =>
  Effect.gen(function* () {
    const backend = yield* otlpBackend
    const times: Array<number> = []
    backend.answer((response) => {
      times.push(performance.now())
      response.writeHead(status, headers).end(body)
    })
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: backend.url, OTEL_EXPORTER_OTLP_TIMEOUT: `${timeout}` }
    const exporter = yield* Effect.promise(() => spanExporter(targetOf(environment, "traces")!, "1"))
    const verdict = yield* Effect.callback<Verdict>((resume) =>
      exporter.export([spanNamed("a")], (result) => resume(Effect.succeed(verdictOf(result, timeout)))),
    )
    return { verdict, times }
  }).pipe(Effect.scoped)

const verdictFor = (answer: Answer) => Effect.map(exportedTo(answer), ({ verdict }) => verdict)
const typed = (type: string) => ({ "content-type": type })

/** `partial_success { rejected = 3, error_message = "no" }` */
const partial = Uint8Array.of(0x0a, 6, 0x08, 3, 0x12, 2, 0x6e, 0x6f)

describe("what a backend answers to an export", () => {
  it.live("is a success with an empty or an empty OTLP message", () =>
    Effect.gen(function* () {
      const json = typed("application/json; charset=utf-8")
      for (const answer of [
        { status: 200 },
        { status: 202, body: "{}", headers: json },
        { status: 200, body: Uint8Array.of(0x0a, 0), headers: typed("application/x-protobuf") },
        { status: 200, body: `{"partialSuccess":{}}`, headers: json },
      ])
        assert.deepStrictEqual(yield* verdictFor(answer), { _tag: "Accepted" })
    }),
  )

  it.live("may be a success in part, in protobuf and in JSON", () =>
    Effect.gen(function* () {
      const expected = { _tag: "Partial", rejected: 3, reason: "no" } as const
      const spans = `{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no"}}`
      const logs = `{"partialSuccess":{"rejectedLogRecords":3,"errorMessage":"no"}}`
      for (const body of [partial, spans, logs])
        assert.deepStrictEqual(yield* verdictFor({ status: 200, body }), expected)
    }),
  )

  it.live.each([
    ["a login page", "<html>sign in</html>", "text/html"],
    ["broken JSON", "{", "application/json"],
    ["JSON that is no object", "7", "application/json"],
    ["bytes at random", Uint8Array.of(0xff, 0xff, 0xff, 0x07, 0xa0), "application/x-protobuf"],
    ["a message that is cut off", partial.subarray(0, 5), "application/x-protobuf"],
  ] as const)("is not a success if it is %s", ([, body, contentType]) =>
    Effect.gen(function* () {
      const verdict = yield* verdictFor({ status: 200, body, headers: typed(contentType) })
      assert.strictEqual(verdict._tag, "Refused")
      assert.match("reason" in verdict ? verdict.reason : "", /not OTLP/)
    }),
  )

  it.live.each([400, 401, 403, 404, 413, 500, 302])("is final with HTTP %d", (status) =>
    Effect.gen(function* () {
      const { verdict, times } = yield* exportedTo({ status, body: "tenant\u0000unknown\n" })
      assert.strictEqual(verdict._tag, "Refused")
      assert.match("reason" in verdict ? verdict.reason : "", new RegExp(`HTTP ${status}: tenant unknown`))
      assert.strictEqual(times.length, 1)
    }),
  )

  it.live.each([
    [429, "7"],
    [503, "Fri, 20 Nov 2099 10:01:00 GMT"],
    [503, "99999"],
    [502, "soon"],
    [504, undefined],
  ] as const)("with HTTP %d and Retry-After %s is retried", ([status, retryAfter]) =>
    Effect.gen(function* () {
      const headers: Record<string, string> = retryAfter === undefined ? {} : { "retry-after": retryAfter }
      const verdict = yield* verdictFor({ status, headers })
      assert.strictEqual(verdict._tag, "Busy")
      assert.match("reason" in verdict ? verdict.reason : "", /HTTP 429, 502, 503 or 504/)
    }),
  )

  it.live("is retried after Retry-After, within the timeout", () =>
    Effect.gen(function* () {
      const { times } = yield* exportedTo({ status: 503, headers: { "retry-after": "1" } }, 1_900)
      assert.strictEqual(times.length, 2)
      assert.isAtLeast(times[1]! - times[0]!, 990)
    }),
  )
})
