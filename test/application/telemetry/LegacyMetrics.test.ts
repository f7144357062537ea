import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { legacyBuckets } from "../../../src/application/telemetry/LegacyInstruments.ts"
import { application, Metrics, pod, scrape, scrapeText, status, withTelemetry } from "../../support/Scrape.ts"

const started = (seconds: number) => {
  const runningTime = new Date(Date.parse("2030-01-01T00:00:00Z") + seconds * 1000).toISOString()
  return status("RUNNING", {
    attempts: [{ number: 1, submissionID: "s", startTime: "2030-01-01T00:00:00Z", runningTime }],
  })
}

describe("legacy names", () => {
  it.effect.prop(
    "have the buckets of earlier operators, whatever the buckets of the instrument are",
    [Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400 })))],
    ([durations]) =>
      Effect.gen(function* () {
        const telemetry = yield* Metrics
        const team = (index: number) => ({ labels: { team: index % 2 === 0 ? "even" : "odd" } })
        durations.forEach((seconds, index) =>
          telemetry.applicationCommitted(
            status("SUBMITTED"),
            application("", { metadata: { ...team(index), namespace: `ns-${index % 3}` }, status: started(seconds) }),
          ),
        )
        const series = yield* scrape
        for (const parity of ["even", "odd"]) {
          const own = durations.filter((_, index) => team(index).labels.team === parity)
          const labels = `team="${parity}"`
          if (own.length === 0) continue
          for (const name of ["spark_app_start_latency_seconds", "spark_application_start_latency_seconds_histogram"]) {
            for (const bound of legacyBuckets) {
              const below = own.filter((seconds) => seconds <= bound).length
              assert.strictEqual(series.get(`${name}_bucket{${labels},le="${bound}"}`), below)
            }
            assert.strictEqual(series.get(`${name}_bucket{${labels},le="+Inf"}`), own.length)
            assert.strictEqual(series.get(`${name}_count{${labels}}`), own.length)
          }
          const sum = own.reduce((total, seconds) => total + seconds, 0)
          assert.strictEqual(series.get(`spark_app_start_latency_microseconds_sum{${labels}}`), sum * 1e6)
          assert.strictEqual(series.get(`spark_application_start_latency_seconds_sum{${labels}}`), sum)
        }
      }).pipe(withTelemetry({ labelKeys: ["team"] })),
    20_000,
  )

  it.effect("of the set pods are counted by application, whatever its stages did, under the prefix", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      const observe = (before: ReturnType<typeof pod> | undefined, after: ReturnType<typeof pod> | undefined) =>
        telemetry.podObserved({ before, after, initial: false }, 0)
      telemetry.applicationObserved(undefined, application("RUNNING"))
      observe(undefined, pod("Pending"))
      const counts = { active: 1, completed: 0, failed: 0, total: 1 }
      const progress = { jobs: counts, stages: counts, tasks: counts, executors: 1, description: undefined }
      telemetry.progressObserved(application("RUNNING"), { progress: { ...progress, batch: undefined }, movedAt: 0 })
      observe(pod("Pending"), pod("Running"))
      observe(undefined, pod("Running", { metadata: { uid: "p2" } }))
      observe(pod("Running"), undefined)
      const series = yield* scrape
      const own = '{namespace="ml",app_name="pi"}'
      assert.deepStrictEqual(
        [...series].filter(([name]) => name.startsWith("my_spark_pod_") && name.includes("{")),
        [
          [`my_spark_pod_creations_total${own}`, 2],
          [`my_spark_pod_updates_total${own}`, 1],
          [`my_spark_pod_deletions_total${own}`, 1],
        ],
      )
      assert.notInclude(yield* scrapeText, "spark_app_count")
      assert.include(yield* scrapeText, "# TYPE my_spark_pod_creations_total counter")
    }).pipe(withTelemetry({ legacy: ["pods"], prefix: "my_" })),
  )
})
