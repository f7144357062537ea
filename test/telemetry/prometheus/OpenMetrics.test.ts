import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { samples } from "../../support/MetricsText.ts"
import { openMetrics } from "../../support/OpenMetrics.ts"
import { application, Metrics, pod, withTelemetry } from "../../support/Scrape.ts"

/** A telemetry in which everything has happened that makes series, with label values that need escaping. */
const busy = Effect.gen(function* () {
  const telemetry = yield* Metrics
  const running = application("RUNNING", { metadata: { labels: { team: 'a "b" \\ c' } } })
  telemetry.applicationObserved(undefined, running)
  telemetry.applicationCommitted(undefined, running)
  telemetry.podObserved({ before: undefined, after: pod("Running"), initial: false }, 0)
  telemetry.runtime.reconciled({ outcome: "error", reason: "two\nlines", seconds: 0.3 })
  telemetry.kube.kubeRequest({ verb: "get", resource: "pods", code: "200", seconds: 1e-7 })
  telemetry.kube.kubeRequest({ verb: "get", resource: "pods", code: "200", seconds: 1e6 })
  telemetry.kube.kubeWatch("gone", "pods")
  telemetry.runtime.workqueue("q").added()
  return telemetry
})

const openText = "application/openmetrics-text;version=1.0.0"

describe("OpenMetrics", () => {
  it.live("is spoken by the rules, with every instrument and every legacy name", () =>
    Effect.gen(function* () {
      const { body, contentType } = yield* (yield* busy).collect({ accept: openText })
      const { families, wrong } = openMetrics(String(body))
      assert.deepStrictEqual(wrong, [])
      assert.strictEqual(contentType, "application/openmetrics-text; version=1.0.0; charset=utf-8")
      const of = (name: string) => families.find((family) => family.name === name)
      assert.deepInclude(of("spark_operator_reconcile_duration_seconds"), { type: "histogram", unit: "seconds" })
      assert.deepInclude(of("process_memory_usage_bytes"), { type: "gauge", unit: "bytes" })
      assert.deepInclude(of("process_cpu_time_seconds"), { type: "counter", unit: "seconds" })
      assert.deepInclude(of("kubernetes_client_requests"), { type: "counter", unit: undefined })
      assert.deepInclude(of("target"), { type: "info" })
      assert.deepInclude(of("spark_app_count"), { type: "unknown" })
    }).pipe(withTelemetry({ labelKeys: ["team"], namespaces: ["ml"] })),
  )

  it.live("has the series that the text format has", () =>
    Effect.gen(function* () {
      const telemetry = yield* busy
      const names = (body: Buffer) =>
        samples(String(body).replaceAll(/le="(\d+)\.0"/g, 'le="$1"'))
          .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
          .sort()
      const text = yield* telemetry.collect()
      assert.deepStrictEqual(names((yield* telemetry.collect({ accept: openText })).body), names(text.body))
    }).pipe(withTelemetry({ labelKeys: ["team"] })),
  )

  it("is not what the strict reader takes for it when a rule is broken", () => {
    const cases: ReadonlyArray<readonly [text: string, reason: string]> = [
      ["# TYPE a gauge\na 1\n", "the end is not the one # EOF"],
      ["# TYPE a counter\na 1\n# EOF\n", "a in counter a"],
      ["# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n", "a does not end in its unit seconds"],
      ["# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\n# EOF\n", "a is in two pieces"],
      ["# TYPE a gauge\na 1\na 1\n# EOF\n", "a is there twice"],
      ['# TYPE a gauge\na{b="c"d"} 1\n# EOF\n', 'no sample: a{b="c"d"} 1'],
      ['# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n# EOF\n', "a_count is not what +Inf says"],
      ['# TYPE a histogram\na_bucket{le="1"} 1\n# EOF\n', 'a_bucket{le="1"}: 1 is no float'],
      ["# TYPE a summary\na_count 1\n# TYPE a_count gauge\na_count 1\n# EOF\n", "a_count is in two families"],
    ]
    for (const [text, reason] of cases) assert.include(openMetrics(text).wrong, reason)
  })
})
