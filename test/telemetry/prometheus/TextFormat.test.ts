import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { application, Metrics, pod, withTelemetry } from "../../support/Scrape.ts"
import { textFormat } from "../../support/TextFormat.ts"

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

describe("the text format", () => {
  it.live("is valid with every instrument and every legacy name", () =>
    Effect.gen(function* () {
      const { body, contentType } = yield* (yield* busy).collect()
      const { families, wrong } = textFormat(String(body))
      assert.deepStrictEqual(wrong, [])
      assert.strictEqual(contentType, "text/plain; version=0.0.4; charset=utf-8")
      const of = (name: string) => families.find((family) => family.name === name)
      assert.deepInclude(of("spark_operator_reconcile_duration_seconds"), { type: "histogram", unit: "seconds" })
      assert.deepInclude(of("process_memory_usage_bytes"), { type: "gauge", unit: "bytes" })
      assert.deepInclude(of("process_cpu_time_seconds_total"), { type: "counter", unit: "seconds" })
      assert.deepInclude(of("kubernetes_client_requests_total"), { type: "counter", unit: undefined })
      assert.deepInclude(of("target_info"), { type: "gauge" })
      assert.deepInclude(of("spark_app_count"), { type: "counter" })
      assert.deepInclude(of("spark_app_start_latency_microseconds"), { type: "summary" })
      assert.include(String(body), 'team="a \\"b\\" \\\\ c"')
      assert.include(String(body), 'reason="two\\nlines"')
    }).pipe(withTelemetry({ labelKeys: ["team"], namespaces: ["ml"], legacy: ["v1", "v2", "pods"] })),
  )

  it("is rejected by the strict reader when a rule is broken", () => {
    const cases: ReadonlyArray<readonly [text: string, reason: string]> = [
      ["# TYPE a gauge\na 1", "the last line does not end"],
      ["# TYPE a counter\na_total 1\n", "a_total in counter a"],
      ["# TYPE a gauge\n# UNIT a seconds\na 1\n", "a does not end in its unit seconds"],
      ["# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\n", "a is in two pieces"],
      ["# TYPE a gauge\na 1\na 1\n", "a is there twice"],
      ['# TYPE a gauge\na{b="c"d"} 1\n', 'no sample: a{b="c"d"} 1'],
      ['# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n', "a_count is not what +Inf says"],
      ['# TYPE a histogram\na_bucket{le="one"} 1\n', 'a_bucket{le="one"}: one is not a float'],
      ['# TYPE a histogram\na_bucket{le="2"} 1\na_bucket{le="1"} 1\n', 'a_bucket{le="1"} is out of order'],
      ["# TYPE a summary\na_count 1\n# TYPE a_count gauge\na_count 1\n", "a_count is in two families"],
    ]
    for (const [text, reason] of cases) assert.include(textFormat(text).wrong, reason)
  })
})
