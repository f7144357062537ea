import { assert, describe, it } from "@effect/vitest"
import { emptyResource } from "@opentelemetry/resources"
import { Effect } from "effect"
import * as Readers from "../../src/telemetry/Readers.ts"
import { otlpBackend } from "../support/otlp/OtlpBackend.ts"

describe("two readers", () => {
  it.live("what is kept for scrapes is summed up after each export while there are none, and nothing is lost", () =>
    Effect.gen(function* () {
      const { url } = yield* otlpBackend
      let exports = 0
      let collections = 0
      const { meter, collect } = yield* Readers.make({
        environment: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_METRIC_EXPORT_INTERVAL: "20" },
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
      const exported = (count: number) =>
        Effect.suspend(() => {
          counter.add(1)
          return exports >= count ? Effect.void : Effect.fail("not yet")
        }).pipe(Effect.eventually)
      yield* exported(5)
      // One for each export, and one for the scrapes that are missing, but not after the first export.
      assert.isAtLeast(collections, 2 * 5 - 2)
      const before = collections
      counter.add(1_000_000)
      const { resourceMetrics } = yield* Effect.promise(collect)
      assert.isAbove(collections, before)
      const [metric] = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
      assert.isAbove(Number(metric?.dataPoints[0]?.value), 1_000_000)
    }).pipe(Effect.scoped),
  )
})
