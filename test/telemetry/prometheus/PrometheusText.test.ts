import { assert, describe, it } from "@effect/vitest"
import { type Family, labelText, render } from "../../../src/telemetry/prometheus/PrometheusText.ts"

const families: ReadonlyArray<Family> = [
  {
    name: "target_info",
    help: "Target metadata",
    type: "info",
    samples: [{ labels: 'service_name="firesteel"', value: 1 }],
  },
  { name: "pods_total", help: 'Pods, by "name"\nand \\', type: "counter", samples: [{ labels: "", value: 3 }] },
  { name: "spark_app_count", help: "Old", type: "counter", samples: [{ labels: 'a="1"', value: 0 }] },
  {
    name: "cpu_seconds_total",
    help: "Time",
    type: "counter",
    unit: "seconds",
    samples: [{ labels: "", value: 0.5 }],
  },
  { name: "nothing", help: "No samples", type: "gauge", samples: [] },
  {
    name: "wait_seconds",
    help: "Waiting",
    type: "histogram",
    unit: "seconds",
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
# HELP cpu_seconds_total Time
# TYPE cpu_seconds_total counter
cpu_seconds_total 0.5
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
# HELP cpu_seconds Time
# TYPE cpu_seconds counter
# UNIT cpu_seconds seconds
cpu_seconds_total 0.5
# HELP wait_seconds Waiting
# TYPE wait_seconds histogram
# UNIT wait_seconds seconds
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
})
