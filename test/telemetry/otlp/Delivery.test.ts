/** The exporter in virtual time, against a backend that answers as the test says. */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { TestClock } from "effect/testing"
import { type Exporter, make } from "../../../src/telemetry/otlp/OtlpExporter.ts"

type Reply = Response | "hang" | "down"

interface Bench {
  readonly exporter: Exporter<string>
  /** What is to be answered from now on. */
  readonly reply: (next: () => Reply) => void
  /** The records of each request, as they arrived. */
  readonly requests: ReadonlyArray<ReadonlyArray<string>>
  /** What was counted: `traces success`, `traces queue_full`. */
  readonly counted: ReadonlyMap<string, number>
  readonly logged: ReadonlyArray<string>
}

const withBench = (body: (bench: Bench) => Effect.Effect<void>) => {
  const requests: Array<ReadonlyArray<string>> = []
  const counted = new Map<string, number>()
  const logged: Array<string> = []
  let answer: () => Reply = () => new Response(null)
  const count = (key: string, by: number) => counted.set(key, (counted.get(key) ?? 0) + by)
  const client = HttpClient.make((request) =>
    Effect.suspend(() => {
      const sent: unknown = "body" in request.body ? request.body.body : ""
      requests.push(new TextDecoder().decode(sent as Uint8Array).split(" "))
      const reply = answer()
      if (reply === "hang") return Effect.never
      if (reply === "down") return Effect.die(new Error("connect ECONNREFUSED 127.0.0.1:4318"))
      return Effect.succeed(HttpClientResponse.fromWeb(request, reply))
    }),
  )
  return Effect.gen(function* () {
    const exporter = yield* make<string>({
      signal: "traces",
      target: {
        url: "http://user:secret@backend:4318/v1/traces?token=secret",
        headers: {},
        timeout: 10_000,
        gzip: false,
        certificateFile: undefined,
        clientCertificateFile: undefined,
        clientKeyFile: undefined,
      },
      batching: { queueSize: 6, batchSize: 3, delay: 5_000 },
      encode: (records) => HttpBody.uint8Array(new TextEncoder().encode(records.join(" "))),
      counts: {
        exported: (signal, outcome) => count(`${signal} ${outcome}`, 1),
        dropped: (signal, reason, dropped) => count(`${signal} ${reason}`, dropped),
      },
    })
    yield* body({
      exporter,
      reply: (next) => {
        answer = next
      },
      requests,
      counted,
      logged,
    })
  }).pipe(
    Effect.scoped,
    Effect.provideService(HttpClient.HttpClient, client),
    Effect.provide(
      Layer.merge(
        Layer.empty,
        Logger.layer([Logger.make(({ logLevel, message }) => logged.push(`${logLevel} ${JSON.stringify(message)}`))]),
      ),
    ),
  )
}

/** The body of an answer is read by the web's own streams, in turns of the real event loop. */
const turn = Effect.promise(() => new Promise<void>((resolve) => void setImmediate(resolve)))

const pass = (seconds: number) =>
  Effect.forEach(Array.from({ length: seconds }), () => Effect.andThen(TestClock.adjust(1000), turn), { discard: true })

const warnings = ({ logged }: Bench) => logged.filter((line) => line.startsWith("Warn"))

/** Closing may need time to pass. */
const close = Effect.fnUntraced(function* ({ exporter }: Bench) {
  const closing = yield* Effect.forkDetach(exporter.close)
  let seconds = 0
  while (closing.pollUnsafe() === undefined && seconds < 60) {
    yield* TestClock.adjust(1000)
    seconds++
  }
  return seconds
})

describe("the exporter of traces and logs", () => {
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
    ["is overloaded", () => new Response("later", { status: 503 }), /HTTP 503: later/],
  ]
  it.effect.each(outages)("keeps what it has while the backend %s, says so once, and recovers", ([, reply, reason]) =>
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

        bench.reply(() => new Response(null))
        yield* pass(60)
        assert.deepStrictEqual(bench.requests.at(-1), ["a", "b", "c"])
        assert.strictEqual(bench.counted.get("traces success"), 1)
        assert.isTrue(bench.logged.some((line) => line.startsWith("Info") && line.includes("exported again")))

        bench.reply(reply)
        bench.exporter.push("d")
        yield* pass(30)
        assert.strictEqual(warnings(bench).length, 2, "after a recovery it is news again")
      }),
    ),
  )

  it.effect("counts what has no room while the backend is away, and never keeps more than that", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(() => "down")
        for (let record = 0; record < 100; record++) bench.exporter.push(`${record}`)
        yield* TestClock.adjust(0)
        bench.reply(() => new Response(null))
        yield* pass(60)
        assert.strictEqual(bench.counted.get("traces queue_full"), 94)
        assert.deepStrictEqual(new Set(bench.requests.flat()), new Set(["0", "1", "2", "3", "4", "5"]))
      }),
    ),
  )

  it.effect("makes room for newer records when a batch was not taken for minutes", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(() => new Response(null, { status: bench.requests.at(-1)?.includes("a") ? 503 : 200 }))
        for (const record of ["a", "b", "c", "d", "e", "f"]) bench.exporter.push(record)
        yield* pass(300)
        assert.deepStrictEqual(bench.requests.at(-1), ["d", "e", "f"])
        assert.strictEqual(bench.counted.get("traces unanswered"), 3)
      }),
    ),
  )

  it.effect("does not send again what the backend refuses, and goes on with the next batch", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(() => new Response("no such tenant", { status: 401 }))
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

  it.effect("complains once of each sort of trouble, though they take turns", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        bench.reply(() => new Response(null, { status: bench.requests.length % 2 === 0 ? 400 : 503 }))
        for (let second = 0; second < 120; second++) {
          bench.exporter.push("a")
          yield* pass(1)
        }
        assert.isAbove(bench.requests.length, 4)
        assert.strictEqual(warnings(bench).length, 2, bench.logged.join("\n"))
      }),
    ),
  )

  it.effect("counts what a partial success left out", () =>
    withBench((bench) =>
      Effect.gen(function* () {
        const headers = { "content-type": "application/json" }
        const body = `{"partialSuccess":{"rejectedSpans":2,"errorMessage":"too old"}}`
        bench.reply(() => new Response(body, { headers }))
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

  it.effect("does not wait at the end for a backend that is down", () =>
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
