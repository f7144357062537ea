import { assert, describe, it } from "@effect/vitest"
import { emptyResource } from "@opentelemetry/resources"
import { Effect } from "effect"
import * as Readers from "../../src/telemetry/Readers.ts"
import { otlpBackend } from "../support/otlp/OtlpBackend.ts"

describe("two readers", () => {
  it.live(
    "what is kept for scrapes is summed up once per export while there are none, and nothing is lost",
    () =>
      Effect.gen(function* () {
        const { url } = yield* otlpBackend
        let exports = 0
        let collections = 0
        const { meter, collect } = yield* Readers.make({
          environment: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_METRIC_EXPORT_INTERVAL: "400" },
          version: "0.0.0",
          resource: emptyResource(),
          producers: [
            {
              collect: async () => {
                collections++
                return { resourceMetrics: { resource: emptyResource(), scopeMetrics: [] }, errors: [] }
              },
            },
          ],
          exported: () => exports++,
        })
        const counter = meter.createCounter("counter")
        // More points than one request has.
        for (let index = 0; index < 5_000; index++) counter.add(1, { index })
        const exported = (count: number) =>
          Effect.suspend(() => {
            counter.add(1)
            return exports >= count ? Effect.void : Effect.fail("not yet")
          }).pipe(Effect.eventually)
        // Three requests are one export. Each has a collection of its own, and all but the first make another one in place of a scrape.
        yield* exported(9)
        assert.isAtLeast(collections, 2 * 3 - 1)
        assert.isBelow(collections, exports)
        const before = collections
        counter.add(1_000_000)
        const { resourceMetrics } = yield* Effect.promise(collect)
        assert.isAbove(collections, before)
        const [metric] = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
        const total = metric?.dataPoints.find(({ attributes }) => attributes["index"] === undefined)
        assert.isAbove(Number(total?.value), 1_000_000)
      }).pipe(Effect.scoped),
    20_000,
  )
})
