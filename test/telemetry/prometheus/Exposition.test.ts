import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import type { MetricData } from "@opentelemetry/sdk-metrics"
import { Effect, Fiber } from "effect"
import { expose } from "../../../src/telemetry/prometheus/Exposition.ts"
import { gaugeOf, type PrometheusMetric } from "../../../src/telemetry/prometheus/PrometheusMetrics.ts"

/** `onSample` is called with the index of each sample when it is written. */
const large = (onSample: (index: number) => void = () => {}): PrometheusMetric => {
  const points = Array.from({ length: 20_000 }, (_, i) => ({
    attributes: { i: String(i) },
    startTime: [0, 0],
    endTime: [0, 0],
    get value() {
      onSample(i)
      return i
    },
  }))
  return { metric: { ...gaugeOf("large", "Many series", []), dataPoints: points } as unknown as MetricData }
}

describe("an exposition", () => {
  it.effect("is compressed if the client accepts gzip", () =>
    Effect.gen(function* () {
      const zipped = yield* expose([large()], "deflate, gzip")
      const plain = yield* expose([large()], "gzip;q=0")
      assert.strictEqual(zipped.contentEncoding, "gzip")
      assert.isUndefined(plain.contentEncoding)
      assert.strictEqual(gunzipSync(zipped.body).toString(), plain.body.toString())
      assert.isBelow(zipped.body.length, plain.body.length / 4)
    }),
  )

  it.effect("that is short is never compressed", () =>
    Effect.gen(function* () {
      const { body, contentEncoding } = yield* expose([], "gzip")
      assert.deepStrictEqual([contentEncoding, body.length], [undefined, 0])
    }),
  )

  it.effect("lets other work run while a large registry is written", () =>
    Effect.gen(function* () {
      let written = 0
      const seen = new Set<number>()
      const others = yield* Effect.forkChild(
        Effect.forever(
          Effect.andThen(
            Effect.sync(() => seen.add(written)),
            Effect.yieldNow,
          ),
        ),
      )
      yield* expose([large((index) => (written = index))])
      yield* Fiber.interrupt(others)
      const turns = [...seen].sort((a, b) => a - b)
      const longest = Math.max(...turns.map((at, turn) => at - (turns[turn - 1] ?? 0)))
      assert.isBelow(longest, 5_000, "samples in one go")
    }),
  )

  it.effect("is no longer written when the client has disconnected", () =>
    Effect.gen(function* () {
      let written = 0
      const scrape = yield* Effect.forkChild(expose([large((index) => (written = index))]), {
        startImmediately: true,
      })
      yield* Fiber.interrupt(scrape)
      assert.isBelow(written, 5_000)
    }),
  )
})
