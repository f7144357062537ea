import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { expose } from "../../src/telemetry/PrometheusReader.ts"
import { type Family, labelText, negotiate, render } from "../../src/telemetry/PrometheusText.ts"

const families: ReadonlyArray<Family> = [
  {
    name: "target_info",
    help: "Target metadata",
    type: "info",
    samples: [{ labels: 'service_name="firesteel"', value: 1 }],
  },
  { name: "pods_total", help: 'Pods, by "name"\nand \\', type: "counter", samples: [{ labels: "", value: 3 }] },
  { name: "spark_app_count", help: "Old", type: "counter", samples: [{ labels: 'a="1"', value: 0 }] },
  { name: "nothing", help: "No samples", type: "gauge", samples: [] },
  {
    name: "wait_seconds",
    help: "Waiting",
    type: "histogram",
    samples: [
      { labels: 'q="a"', value: { sum: 7.5, count: 3, buckets: { boundaries: [0.5, 1, 5], counts: [1, 1, 0, 1] } } },
    ],
  },
  { name: "old_seconds", help: "Summed", type: "summary", samples: [{ labels: "", value: { sum: 2, count: 4 } }] },
]

describe("the text for Prometheus", () => {
  it("is 0.0.4, byte for byte", () => {
    assert.strictEqual(
      [...render(families, "text")].join(""),
      `# HELP target_info Target metadata
# TYPE target_info gauge
target_info{service_name="firesteel"} 1
# HELP pods_total Pods, by "name"\\nand \\\\
# TYPE pods_total counter
pods_total 3
# HELP spark_app_count Old
# TYPE spark_app_count counter
spark_app_count{a="1"} 0
# HELP wait_seconds Waiting
# TYPE wait_seconds histogram
wait_seconds_bucket{q="a",le="0.5"} 1
wait_seconds_bucket{q="a",le="1"} 2
wait_seconds_bucket{q="a",le="5"} 2
wait_seconds_bucket{q="a",le="+Inf"} 3
wait_seconds_sum{q="a"} 7.5
wait_seconds_count{q="a"} 3
# HELP old_seconds Summed
# TYPE old_seconds summary
old_seconds_sum 2
old_seconds_count 4
`,
    )
  })

  it("is OpenMetrics for who prefers it, with the same series names", () => {
    assert.strictEqual(
      [...render(families, "openmetrics")].join(""),
      `# HELP target Target metadata
# TYPE target info
target_info{service_name="firesteel"} 1
# HELP pods Pods, by \\"name\\"\\nand \\\\
# TYPE pods counter
pods_total 3
# HELP spark_app_count Old
# TYPE spark_app_count unknown
spark_app_count{a="1"} 0
# HELP wait_seconds Waiting
# TYPE wait_seconds histogram
wait_seconds_bucket{q="a",le="0.5"} 1
wait_seconds_bucket{q="a",le="1.0"} 2
wait_seconds_bucket{q="a",le="5.0"} 2
wait_seconds_bucket{q="a",le="+Inf"} 3
wait_seconds_sum{q="a"} 7.5
wait_seconds_count{q="a"} 3
# HELP old_seconds Summed
# TYPE old_seconds summary
old_seconds_sum 2
old_seconds_count 4
# EOF
`,
    )
  })

  it("escapes values, makes keys valid and joins those that become the same", () => {
    assert.strictEqual(labelText({ "k8s.namespace.name": 'a"\\\n' }), 'k8s_namespace_name="a\\"\\\\\\n"')
    assert.strictEqual(labelText({ "app-type": "x", app_type: "y" }), 'app_type="x;y"')
  })

  it("comes in the format that the Accept header likes best", () => {
    assert.strictEqual(negotiate(undefined), "text")
    assert.strictEqual(negotiate("*/*"), "text")
    assert.strictEqual(negotiate("text/html"), "text")
    assert.strictEqual(
      negotiate("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3"),
      "openmetrics",
    )
    assert.strictEqual(negotiate("application/openmetrics-text;q=0.3,text/plain;version=0.0.4;q=0.5"), "text")
    assert.strictEqual(negotiate("application/openmetrics-text;q=0"), "text")
  })

  const large: Family = {
    name: "large",
    help: "Many series",
    type: "gauge",
    samples: {
      *[Symbol.iterator]() {
        for (let i = 0; i < 20_000; i++) yield { labels: `i="${i}"`, value: i }
      },
    },
  }

  it.effect("is zipped when the client can unzip it", () =>
    Effect.gen(function* () {
      const zipped = yield* expose([large], { acceptEncoding: "deflate, gzip" })
      const plain = yield* expose([large], { acceptEncoding: "gzip;q=0" })
      assert.strictEqual(zipped.contentEncoding, "gzip")
      assert.isUndefined(plain.contentEncoding)
      assert.strictEqual(gunzipSync(zipped.body as Uint8Array).toString(), plain.body)
    }),
  )

  it.effect("lets other work run while a large registry is rendered", () =>
    Effect.gen(function* () {
      let turns = 0
      const others = yield* Effect.forkChild(
        Effect.forever(
          Effect.andThen(
            Effect.sync(() => turns++),
            Effect.yieldNow,
          ),
        ),
      )
      yield* expose([large], {})
      yield* Fiber.interrupt(others)
      assert.isAtLeast(turns, 3)
    }),
  )
})
