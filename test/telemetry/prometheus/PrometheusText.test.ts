import { assert, describe, it } from "@effect/vitest"
import { ValueType } from "@opentelemetry/api"
import { AggregationTemporality, DataPointType, type MetricData } from "@opentelemetry/sdk-metrics"
import {
  gaugeOf,
  histogramOf,
  prometheusMetric,
  type PrometheusMetric,
  targetInfo,
} from "../../../src/telemetry/prometheus/PrometheusMetrics.ts"
import { render } from "../../../src/telemetry/prometheus/PrometheusText.ts"

const counter = (name: string, unit: string, description: string, value: number): MetricData => ({
  descriptor: { name, unit, description, valueType: ValueType.DOUBLE },
  aggregationTemporality: AggregationTemporality.CUMULATIVE,
  dataPointType: DataPointType.SUM,
  isMonotonic: true,
  dataPoints: [{ attributes: {}, value, startTime: [0, 0], endTime: [0, 0] }],
})

const waiting = (points: number): MetricData => {
  const made = histogramOf(
    "wait",
    "Waiting",
    Array.from({ length: points }, (_, at) => ({
      attributes: { q: String.fromCharCode(97 + (at % 26)) + (at < 26 ? "" : at) },
      sum: 7.5,
      count: 3,
      counts: [1, 1, 0, 1],
    })),
    [0.5, 1, 5],
  )
  return { ...made, descriptor: { ...made.descriptor, unit: "s" } }
}

const metrics: ReadonlyArray<PrometheusMetric> = [
  targetInfo({ "service.name": "firesteel", "a-b": "x", "a.b": "y" }),
  prometheusMetric(counter("pods", "{pod}", 'Pods, by "name"\nand \\', 3)),
  { metric: gaugeOf("spark_app_count", "Old", [{ attributes: { a: "1" }, value: 0 }]), type: "counter" },
  prometheusMetric(counter("cpu", "s", "Time", 0.5)),
  prometheusMetric(gaugeOf("nothing", "No samples", [])),
  prometheusMetric(waiting(1)),
  {
    metric: histogramOf("old_seconds", "Summed", [{ attributes: {}, sum: 2, count: 4, counts: [4] }]),
    type: "summary",
  },
]

const text = (of: Iterable<PrometheusMetric>) => [...render(of)].join("")

describe("the text for Prometheus", () => {
  it("is 0.0.4, byte for byte", () => {
    assert.strictEqual(
      text(metrics),
      `# HELP target_info Target metadata
# TYPE target_info gauge
target_info{service_name="firesteel",a_b="x;y"} 1
# HELP pods_total Pods, by "name"\\nand \\\\
# TYPE pods_total counter
pods_total 3
# HELP spark_app_count Old
# TYPE spark_app_count counter
spark_app_count{a="1"} 0
# HELP cpu_seconds_total Time
# UNIT cpu_seconds_total seconds
# TYPE cpu_seconds_total counter
cpu_seconds_total 0.5
# HELP wait_seconds Waiting
# UNIT wait_seconds seconds
# TYPE wait_seconds histogram
wait_seconds_count{q="a"} 3
wait_seconds_sum{q="a"} 7.5
wait_seconds_bucket{q="a",le="0.5"} 1
wait_seconds_bucket{q="a",le="1"} 2
wait_seconds_bucket{q="a",le="5"} 2
wait_seconds_bucket{q="a",le="+Inf"} 3
# HELP old_seconds Summed
# TYPE old_seconds summary
old_seconds_count 4
old_seconds_sum 2
`,
    )
  })

  it("is the same in slices as in one piece, with one header", () => {
    const slices = [...render([prometheusMetric(waiting(120))])]
    assert.isAbove(slices.length, 2)
    const whole = Array.from({ length: 120 }, (_, at) => {
      const { dataPoints, ...metric } = waiting(120)
      return text([prometheusMetric({ ...metric, dataPoints: [dataPoints[at]!] } as MetricData)])
    })
    const lines = (it: string) => it.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    assert.deepStrictEqual(lines(slices.join("")), whole.flatMap(lines))
    assert.strictEqual(slices.join("").match(/^# TYPE/gm)?.length, 1)
  })

  it("escapes values, makes keys valid and joins those that become the same", () => {
    const value = (attributes: Record<string, string>) =>
      text([{ metric: gaugeOf("a", "A", [{ attributes, value: 1 }]) }]).split("\n")[2]
    assert.strictEqual(value({ "k8s.namespace.name": 'a"\\\n' }), 'a{k8s_namespace_name="a\\"\\\\\\n"} 1')
    assert.include(text([targetInfo({ "app-type": "x", app_type: "y" })]), 'target_info{app_type="x;y"} 1')
  })

  it("writes numbers as Prometheus reads them", () => {
    const value = (value: number) => text([{ metric: gaugeOf("a", "A", [{ attributes: {}, value }]) }]).split("\n")[2]
    assert.deepStrictEqual([Infinity, -Infinity, Number.NaN, 1e-7, 1e21, 0].map(value), [
      "a +Inf",
      "a -Inf",
      "a NaN",
      "a 1e-7",
      "a 1e+21",
      "a 0",
    ])
  })
})
