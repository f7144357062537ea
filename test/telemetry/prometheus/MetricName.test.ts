import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { prometheusName, type PrometheusType, validName } from "../../../src/telemetry/prometheus/MetricName.ts"

describe("names of metrics and labels", () => {
  it.prop("any text becomes a valid name, and a valid name stays as it is", [Schema.String], ([text]) => {
    const name = validName(text)
    return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && validName(name) === name
  })

  it("replaces only characters that Prometheus does not accept", () => {
    assert.strictEqual(validName("app-type"), "app_type")
    assert.strictEqual(validName("team.example.com/queue"), "team_example_com_queue")
    assert.strictEqual(validName("2nd"), "_2nd")
    assert.strictEqual(validName("a__b"), "a__b")
    assert.strictEqual(validName(""), "_")
  })

  const translations: ReadonlyArray<readonly [string, string, PrometheusType, string]> = [
    ["http.client.request.duration", "s", "histogram", "http_client_request_duration_seconds"],
    ["process.memory.usage", "By", "gauge", "process_memory_usage_bytes"],
    ["process.cpu.time", "s", "counter", "process_cpu_time_seconds_total"],
    ["spark.application.created", "{application}", "counter", "spark_application_created_total"],
    ["nodejs.eventloop.utilization", "1", "gauge", "nodejs_eventloop_utilization_ratio"],
    ["cache.hits", "1", "counter", "cache_hits_total"],
    ["wait.seconds", "s", "histogram", "wait_seconds"],
    ["requests_total", "", "counter", "requests_total"],
    ["odd..name--here", "", "gauge", "odd_name_here"],
  ]
  it.each(translations)("%s in %s as a %s is %s, as Prometheus' OTLP receiver has it", (name, unit, type, expected) => {
    assert.strictEqual(prometheusName(name, unit, type), expected)
  })
})
