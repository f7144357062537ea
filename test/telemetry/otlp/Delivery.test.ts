/**
 * The SDK's batch processor with `Delivery` behind it, in virtual time: Effect's clock and the timers of the SDK are moved together. In the
 * place of OpenTelemetry's exporter is one that answers as the test says.
 */

import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import { diag } from "@opentelemetry/api"
import { BatchSpanProcessor, type ReadableSpan } from "@opentelemetry/sdk-trace"
import { Effect, Logger } from "effect"
import { TestClock } from "effect/testing"
import * as Delivery from "../../../src/telemetry/otlp/Delivery.ts"
import { listen } from "../../../src/telemetry/otlp/ExportResult.ts"
import { spanNamed } from "../../support/otlp/SdkSpans.ts"

/** What OpenTelemetry's exporter reports, after its own retries. */
type Reply =
  | "accepted"
  | "hang"
  | "down"
  | "overloaded"
  | { readonly status: number; readonly text: string }
  | { readonly rejected: number; readonly message: string }

interface Bench {
  readonly exporter: { readonly push: (record: string) => void; readonly close: Effect.Effect<void> }
  /** What is to be answered from now on. */
  readonly reply: (next: () => Reply) => void
  /** The records of each request, as they arrived. */
  readonly requests: ReadonlyArray<ReadonlyArray<string>>
  /** What was counted: `traces success`, `traces queue_full`. */
  readonly counted: ReadonlyMap<string, number>
  readonly logged: ReadonlyArray<string>
}

const errors = {
  down: Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:4318"), { code: "ECONNREFUSED" }),
  overloaded: new Error("Export failed with retryable status"),
}

type Done = Parameters<Delivery.BatchExporter<ReadableSpan>["export"]>[1]

const answer = (reply: Reply, done: Done): void => {
  if (reply === "hang") return
  if (reply === "accepted") return done({ code: 0 })
  if (typeof reply === "string") return done({ code: 1, error: errors[reply] })
  if ("status" in reply)
    return done({ code: 1, error: Object.assign(new Error("Status"), { code: reply.status, data: reply.text }) })
  diag.warn(
    "Received Partial Success response:",
    JSON.stringify({ rejectedSpans: `${reply.rejected}`, errorMessage: reply.message }),
  )
  done({ code: 0 })
}

const withBench = (body: (bench: Bench) => Effect.Effect<void>) => {
  const requests: Array<ReadonlyArray<string>> = []
  const counted = new Map<string, number>()
  const logged: Array<string> = []
  let next: () => Reply = () => "accepted"
  const count = (key: string, by: number) => counted.set(key, (counted.get(key) ?? 0) + by)
  return Effect.gen(function* () {
    const delivery = yield* Delivery.make<ReadableSpan>({
      signal: "traces",
      target: {
        signal: "traces",
        protocol: "http/protobuf",
        url: "http://user:secret@backend:4318/v1/traces?token=secret",
        headers: {},
        timeout: 10_000,
        gzip: false,
        insecure: false,
        certificateFile: undefined,
        clientCertificateFile: undefined,
        clientKeyFile: undefined,
      },
      batching: { queueSize: 6, batchSize: 3, delay: 5_000, patience: 240_000 },
      exporter: {
        export: (batch, done) => {
          requests.push(batch.map(({ name }) => name))
          answer(next(), done)
        },
        shutdown: async () => {},
      },
      counts: {
        exported: (signal, outcome) => count(`${signal} ${outcome}`, 1),
        dropped: (signal, reason, dropped) => count(`${signal} ${reason}`, dropped),
      },
    })
    const processor = new BatchSpanProcessor(delivery.processorOptions)
    yield* body({
      exporter: {
        push: (record) => delivery.pushing(() => processor.onEnd(spanNamed(record))),
        close: delivery.close(() => processor.shutdown()),
      },
      reply: (given) => {
        next = given
      },
      requests,
      counted,
      logged,
    })
  }).pipe(
    Effect.scoped,
    Effect.provide(
      Logger.layer([Logger.make(({ logLevel, message }) => logged.push(`${logLevel} ${JSON.stringify(message)}`))]),
    ),
  )
}

/** The SDK continues in promises. */
const turn = Effect.promise(() => new Promise<void>((resolve) => void setImmediate(resolve)))

const second = Effect.sync(() => vi.advanceTimersByTime(1000)).pipe(
  Effect.andThen(TestClock.adjust(1000)),
  Effect.andThen(turn),
  Effect.andThen(TestClock.adjust(0)),
)

const pass = (seconds: number) => Effect.forEach(Array.from({ length: seconds }), () => second, { discard: true })

const warnings = ({ logged }: Bench) => logged.filter((line) => line.startsWith("Warn"))

/** Closing may need time to pass. */
const close = Effect.fnUntraced(function* ({ exporter }: Bench) {
  const closing = yield* Effect.forkDetach(exporter.close)
  let seconds = 0
  while (closing.pollUnsafe() === undefined && seconds < 60) {
    yield* turn
    if (closing.pollUnsafe() !== undefined) break
    yield* second
    seconds++
  }
  return seconds
})

describe("the exporter of traces and logs", () => {
  beforeEach(() => {
    listen()
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  })
  afterEach(() => void vi.useRealTimers())

  it.effect("sends a full batch at once, and what is left after the delay", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        for (const record of ["a", "b", "c", "d"]) bench.exporter.push(record)
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(bench.requests, [["a", "b", "c"]])
        yield* pass(5)
        assert.deepStrictEqual(bench.requests, [["a", "b", "c"], ["d"]])
        assert.deepStrictEqual([...bench.counted], [["traces success", 2]])
        assert.deepStrictEqual(bench.logged, [])
      }),
    ),
  )

  const outages: ReadonlyArray<readonly [string, () => Reply, RegExp]> = [
    ["is down", () => "down", /ECONNREFUSED/],
    ["does not answer", () => "hang", /no answer within 10 s/],
    ["is overloaded", () => "overloaded", /HTTP 429, 502, 503 or 504/],
  ]
  it.effect.each(outages)("keeps its records while the backend %s, logs it once, and recovers", ([, reply, reason]) =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(reply)
        for (const record of ["a", "b", "c"]) bench.exporter.push(record)
        yield* pass(90)
        assert.isAbove(bench.counted.get("traces failure") ?? 0, 2)
        assert.strictEqual(warnings(bench).length, 1, bench.logged.join("\n"))
        assert.match(warnings(bench)[0]!, reason)
        assert.include(warnings(bench)[0]!, "retried")
        assert.notMatch(warnings(bench)[0]!, /secret/)

        bench.reply(() => "accepted")
        yield* pass(60)
        assert.deepStrictEqual(bench.requests.at(-1), ["a", "b", "c"])
        assert.strictEqual(bench.counted.get("traces success"), 1)
        assert.isTrue(bench.logged.some((line) => line.startsWith("Info") && line.includes("exported again")))

        bench.reply(reply)
        bench.exporter.push("d")
        yield* pass(30)
        assert.strictEqual(warnings(bench).length, 2, "after a recovery it is logged again")
      }),
    ),
  )

  it.effect("counts records that do not fit while the backend is unavailable, and keeps a limited number", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(() => "down")
        for (let record = 0; record < 100; record++) bench.exporter.push(`${record}`)
        yield* TestClock.adjust(0)
        bench.reply(() => "accepted")
        yield* pass(60)
        assert.strictEqual(bench.counted.get("traces queue_full"), 91)
        const kept = ["0", "1", "2", "3", "4", "5", "6", "7", "8"]
        assert.deepStrictEqual(new Set(bench.requests.flat()), new Set(kept), "a batch in flight and a full queue")
      }),
    ),
  )

  it.effect("drops a batch that was not accepted for minutes in favour of newer records", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(() => (bench.requests.at(-1)?.includes("a") ? "overloaded" : "accepted"))
        for (const record of ["a", "b", "c", "d", "e", "f"]) bench.exporter.push(record)
        yield* pass(300)
        assert.deepStrictEqual(bench.requests.at(-1), ["d", "e", "f"])
        assert.strictEqual(bench.counted.get("traces unanswered"), 3)
      }),
    ),
  )

  it.effect("does not resend what the backend rejects, and continues with the next batch", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(() => ({ status: 401, text: "no such tenant" }))
        for (const record of ["a", "b", "c"]) bench.exporter.push(record)
        yield* pass(30)
        assert.deepStrictEqual(bench.requests, [["a", "b", "c"]])
        assert.strictEqual(bench.counted.get("traces rejected"), 3)
        for (const record of ["d", "e", "f"]) bench.exporter.push(record)
        yield* pass(30)
        assert.strictEqual(bench.requests.length, 2)
        assert.strictEqual(warnings(bench).length, 1)
        assert.match(warnings(bench)[0]!, /are dropped.*HTTP 401: no such tenant/)
      }),
    ),
  )

  it.effect("logs each kind of failure once, even if they alternate", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(() => (bench.requests.length % 2 === 0 ? { status: 400, text: "" } : "overloaded"))
        for (let second = 0; second < 120; second++) {
          bench.exporter.push("a")
          yield* pass(1)
        }
        assert.isAbove(bench.requests.length, 4)
        assert.strictEqual(warnings(bench).length, 2, bench.logged.join("\n"))
      }),
    ),
  )

  it.effect("counts the records that a partial success rejected", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(() => ({ rejected: 2, message: "too old" }))
        for (const record of ["a", "b", "c", "d"]) bench.exporter.push(record)
        yield* pass(10)
        assert.deepStrictEqual(Object.fromEntries(bench.counted), { "traces partial": 2, "traces rejected": 3 })
        assert.strictEqual(warnings(bench).length, 1)
        assert.match(warnings(bench)[0]!, /too old/)
      }),
    ),
  )

  it.effect("sends everything that is left when the operator ends", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        for (const record of ["a", "b", "c", "d"]) bench.exporter.push(record)
        yield* close(bench)
        assert.deepStrictEqual(bench.requests.flat(), ["a", "b", "c", "d"])
        bench.exporter.push("e")
        assert.strictEqual(bench.counted.get("traces shutdown"), 1)
      }),
    ),
  )

  it.effect("gives up after five seconds when the backend does not answer at the end", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(() => "hang")
        for (const record of ["a", "b", "c", "d"]) bench.exporter.push(record)
        assert.strictEqual(yield* close(bench), 5)
        assert.strictEqual(bench.counted.get("traces shutdown"), 4)
        assert.isTrue(warnings(bench).some((line) => line.includes("lost at the end")))
      }),
    ),
  )

  it.effect("does not wait at the end for a backend that is unavailable", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(() => "down")
        for (const record of ["a", "b", "c", "d"]) bench.exporter.push(record)
        yield* pass(2)
        assert.isAtMost(yield* close(bench), 1)
        assert.strictEqual(bench.counted.get("traces shutdown"), 4)
        assert.match(warnings(bench).at(-1)!, /lost at the end.*"dropped":4/)
      }),
    ),
  )
})
