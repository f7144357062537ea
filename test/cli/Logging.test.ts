import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect } from "effect"
import { TestClock } from "effect/testing"
import { type LoggingOptions, loggingLayer } from "../../src/cli/Logging.ts"

/** What `program` logs, with the clock at a fixed time. */
const logged = (options: Partial<LoggingOptions>, program: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const write = (line: string) => void lines.push(line)
    yield* TestClock.setTime(Date.parse("2026-01-02T03:04:05.678Z"))
    yield* program.pipe(
      Effect.provide(loggingLayer({ format: "json", level: "info", colors: false, write, ...options })),
    )
    return lines
  })

const parsed = (line: string | undefined): Record<string, unknown> => JSON.parse(line ?? "null")

describe("Logging", () => {
  it.effect("writes one JSON object per line, with annotations as fields", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        {},
        Effect.logInfo("driver pod created").pipe(Effect.annotateLogs({ application: "default/pi", attempt: 2 })),
      )
      assert.strictEqual(
        lines.join(""),
        '{"time":"2026-01-02T03:04:05.678Z","level":"info","msg":"driver pod created","application":"default/pi","attempt":2}\n',
      )
    }),
  )

  it.effect("logs plain objects next to the message as fields", () =>
    Effect.gen(function* () {
      const program = Effect.logInfo("caches are synced", { applications: 3 })
      assert.strictEqual(parsed((yield* logged({}, program))[0])["applications"], 3)
      const pretty = yield* logged({ format: "pretty" }, program)
      assert.deepStrictEqual(pretty, ["03:04:05.678 INFO  caches are synced applications=3\n"])
    }),
  )

  it.effect("adds the ids of the trace to a log line", () =>
    Effect.gen(function* () {
      const lines = yield* logged({}, Effect.logInfo("in a span").pipe(Effect.withSpan("reconcile")))
      assert.match(String(parsed(lines[0])["trace_id"]), /^[0-9a-f]{32}$/)
      assert.match(String(parsed(lines[0])["span_id"]), /^[0-9a-f]{16}$/)
    }),
  )

  it.effect("keeps the line valid when an annotation has a reserved name or is not JSON", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        {},
        Effect.logWarning("odd").pipe(Effect.annotateLogs({ msg: "mine", big: 1n, nothing: undefined })),
      )
      const line = parsed(lines[0])
      assert.strictEqual(line["msg"], "odd")
      assert.strictEqual(line["_msg"], "mine")
      assert.strictEqual(line["level"], "warn")
      assert.include(String(line["big"]), "1")
    }),
  )

  it.effect("stays on one line when the message or the error has several", () =>
    Effect.gen(function* () {
      const lines = yield* logged({}, Effect.logError("two\nlines", Cause.fail(new Error("no\nanswer"))))
      assert.strictEqual(lines.length, 1)
      assert.strictEqual(lines[0]?.indexOf("\n"), lines[0]!.length - 1)
      assert.strictEqual(parsed(lines[0])["msg"], "two\nlines")
      assert.include(String(parsed(lines[0])["cause"]), "no\nanswer")
    }),
  )

  it.effect("logs nothing below the level", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        { level: "warn" },
        Effect.logInfo("quiet").pipe(Effect.andThen(Effect.logWarning("loud"))),
      )
      assert.deepStrictEqual(
        lines.map((line) => parsed(line)["msg"]),
        ["loud"],
      )
    }),
  )

  it.effect("is readable for people, and colours only when asked", () =>
    Effect.gen(function* () {
      const program = Effect.logWarning("no answer").pipe(Effect.annotateLogs({ application: "default/pi" }))
      const plain = yield* logged({ format: "pretty" }, program)
      assert.deepStrictEqual(plain, ["03:04:05.678 WARN  no answer application=default/pi\n"])
      const colored = yield* logged({ format: "pretty", colors: true }, program)
      assert.include(colored.join(""), "\u001B[33mWARN \u001B[0m")
    }),
  )
})
