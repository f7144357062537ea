import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Attempt } from "../../../src/api/application/SparkApplicationStatus.ts"
import { legacyInstruments } from "../../../src/application/telemetry/LegacyInstruments.ts"
import { instrument, instrumentNames, seriesName } from "../../../src/Instruments.ts"
import { application, Metrics, pod, scrape, scrapeText, status, withTelemetry } from "../../support/Scrape.ts"

const types = (text: string) =>
  new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name!, type!]))

const ml = '{k8s_namespace_name="ml"}'
const finished: Attempt = {
  number: 1,
  submissionID: "s1",
  startTime: "2030-01-01T00:00:01Z",
  submittedTime: "2030-01-01T00:00:04Z",
  runningTime: "2030-01-01T00:00:10Z",
  finishTime: "2030-01-01T00:01:10Z",
  result: "Failed",
}

describe("before the first application", () => {
  it.effect("every instrument exists, except histograms and those of running applications", () =>
    Effect.gen(function* () {
      const found = types(yield* scrapeText)
      // The SDK has no histogram before its first value.
      const lasting = instrumentNames.filter((name) => !["produced-gauge", "histogram"].includes(instrument(name).kind))
      const missing = [...lasting.map(seriesName), "target_info"].filter((name) => !found.has(name))
      assert.deepStrictEqual(missing, [])
    }).pipe(withTelemetry()),
  )

  it.effect("everything that counts applications, pods or work is zero", () =>
    Effect.gen(function* () {
      const counting = [...(yield* scrape)].filter(([series]) => !/^(target_info|process_|nodejs_|v8js_)/.test(series))
      assert.isAbove(counting.length, 100)
      assert.deepStrictEqual(
        counting.filter(([, value]) => value !== 0),
        [],
      )
    }).pipe(withTelemetry()),
  )

  it.effect("no name is used twice, not even with the suffixes of histograms and summaries", () =>
    Effect.gen(function* () {
      const text = yield* scrapeText
      const names = [...types(text)].flatMap(([name, type]) => {
        if (type === "histogram") return [`${name}_bucket`, `${name}_sum`, `${name}_count`]
        return type === "summary" ? [`${name}_sum`, `${name}_count`] : [name]
      })
      const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
      assert.strictEqual(new Set(names).size, names.length)
      assert.strictEqual(new Set(series.map((line) => line.slice(0, line.lastIndexOf(" ")))).size, series.length)
    }).pipe(withTelemetry({ labelKeys: ["app-type", "namespace", "app_type", "k8s.namespace.name"] })),
  )

  it.effect("namespaces that are watched by name have their zeros", () =>
    Effect.gen(function* () {
      const series = yield* scrape
      assert.strictEqual(series.get(`spark_application_succeeded_total${ml}`), 0)
      assert.strictEqual(series.get(`spark_application_failed_total${ml}`), 0)
      const outOfMemory = '{k8s_namespace_name="ml",reason="OOMKilled"}'
      assert.strictEqual(series.get(`spark_application_attempt_failed_total${outOfMemory}`), 0)
    }).pipe(withTelemetry({ namespaces: ["ml"] })),
  )
})

describe("names of earlier operators", () => {
  const v1 = [
    ["spark_app_count", "counter"],
    ["spark_app_submit_count", "counter"],
    ["spark_app_success_count", "counter"],
    ["spark_app_failure_count", "counter"],
    ["spark_app_failed_submission_count", "counter"],
    ["spark_app_running_count", "gauge"],
    ["spark_app_success_execution_time_microseconds", "summary"],
    ["spark_app_failure_execution_time_microseconds", "summary"],
    ["spark_app_start_latency_microseconds", "summary"],
    ["spark_app_start_latency_seconds", "histogram"],
    ["spark_app_executor_running_count", "gauge"],
    ["spark_app_executor_success_count", "counter"],
    ["spark_app_executor_failure_count", "counter"],
    ["spark_application_controller_depth", "gauge"],
    ["spark_application_controller_adds", "counter"],
    ["spark_application_controller_latency", "summary"],
    ["spark_application_controller_work_duration", "summary"],
    ["spark_application_controller_retries", "counter"],
    ["spark_application_controller_unfinished_work_seconds", "gauge"],
    ["spark_application_controller_longest_running_processor_microseconds", "gauge"],
  ] as const
  const v2 = [
    ["spark_application_count", "counter"],
    ["spark_application_submit_count", "counter"],
    ["spark_application_failed_submission_count", "counter"],
    ["spark_application_running_count", "gauge"],
    ["spark_application_success_count", "counter"],
    ["spark_application_failure_count", "counter"],
    ["spark_application_success_execution_time_seconds", "summary"],
    ["spark_application_failure_execution_time_seconds", "summary"],
    ["spark_application_submit_latency_seconds", "summary"],
    ["spark_application_submit_latency_seconds_histogram", "histogram"],
    ["spark_application_start_latency_seconds", "summary"],
    ["spark_application_start_latency_seconds_histogram", "histogram"],
    ["spark_executor_running_count", "gauge"],
    ["spark_executor_success_count", "counter"],
    ["spark_executor_failure_count", "counter"],
  ] as const
  const legacyTypes = Effect.map(scrapeText, (text) => {
    const own = new Set<string>([...instrumentNames.map(seriesName), "target_info"])
    return [...types(text)].filter(([name]) => !own.has(name)).sort()
  })

  it.effect("both sets exist, with the same names and types", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* legacyTypes, [...v1, ...v2].map(([name, type]) => [name, type]).sort() as never)
    }).pipe(withTelemetry()),
  )

  for (const [set, names] of [
    ["v1", v1],
    ["v2", v2],
  ] as const) {
    it.effect(`${set} can be enabled alone`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* legacyTypes, names.map(([name, type]) => [name, type]).sort() as never)
      }).pipe(withTelemetry({ legacy: [set] })),
    )
  }

  it.effect("have the configured prefix, also for the work queue, and only the configured labels", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      telemetry.runtime.workqueue("spark-application-controller").added()
      const labels = { "app-type": "Python" }
      telemetry.applicationCommitted(undefined, application("", { metadata: { labels } }))
      const series = yield* scrape
      assert.strictEqual(series.get("my_op_spark_application_controller_adds"), 1)
      assert.strictEqual(series.get('my_op_spark_app_count{app_type="Python",namespace="ml",team="Unknown"}'), 1)
      assert.strictEqual(
        series.get('my_op_spark_application_count{app_type="Python",namespace="ml",team="Unknown"}'),
        1,
      )
    }).pipe(withTelemetry({ prefix: "my-op_", labelKeys: ["app-type", "namespace", "team"] })),
  )

  it.effect("v1 counts every run, in microseconds, and v2 the end of the application, in seconds", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      const commit = (previous: ReturnType<typeof status>, next: ReturnType<typeof status>) =>
        telemetry.applicationCommitted(previous, application("", { status: next }))
      const running = status("RUNNING", { submissionID: "s1" })
      const failing = status("FAILING", { submissionID: "s1", attempts: [finished] })
      commit(running, failing)
      const once = yield* scrape
      assert.strictEqual(once.get("spark_app_failure_count"), 1)
      assert.strictEqual(once.get("spark_app_failure_execution_time_microseconds_sum"), 60_000_000)
      assert.strictEqual(once.get("spark_application_failure_count"), 0)
      commit(failing, { ...failing, applicationState: { state: "FAILED" } })
      const twice = yield* scrape
      assert.strictEqual(twice.get("spark_app_failure_count"), 1)
      assert.strictEqual(twice.get("spark_application_failure_count"), 1)
      assert.strictEqual(twice.get("spark_application_failure_execution_time_seconds_sum"), 60)
      assert.strictEqual(twice.get("spark_application_success_execution_time_seconds_count"), 0)
    }).pipe(withTelemetry()),
  )

  it("are in the reference table once each", () => {
    const names = legacyInstruments.map(({ name }) => name)
    assert.strictEqual(new Set(names).size, names.length)
  })
})

describe("gauges of applications", () => {
  const running = application("RUNNING", { metadata: { labels: { team: "a" } } })
  const at = (team: string) => `{k8s_namespace_name="ml",team="${team}"}`
  const noFaults = Effect.gen(function* () {
    assert.strictEqual((yield* scrape).get('spark_operator_telemetry_faults_total{fault="negative_gauge"}'), 0)
  })

  it.effect("an edit of labels while running causes no drift", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      const edited = application("RUNNING", { metadata: { labels: { team: "b" } } })
      telemetry.applicationObserved(undefined, running)
      telemetry.applicationObserved(running, edited)
      const moved = yield* scrape
      assert.strictEqual(moved.get(`spark_application_running${at("a")}`), 0)
      assert.strictEqual(moved.get(`spark_application_running${at("b")}`), 1)
      assert.strictEqual(moved.get('spark_app_running_count{team="a"}'), 0)
      assert.strictEqual(moved.get('spark_app_running_count{team="b"}'), 1)
      telemetry.applicationObserved(edited, application("COMPLETED", { metadata: { labels: { team: "c" } } }))
      const over = yield* scrape
      for (const [series, value] of over)
        if (series.startsWith("spark_application_running")) assert.strictEqual(value, 0)
      assert.strictEqual(over.get('spark_application_state{k8s_namespace_name="ml",team="c",state="COMPLETED"}'), 1)
      yield* noFaults
    }).pipe(withTelemetry({ labelKeys: ["team"] })),
  )

  it.effect("an application that is deleted while running is subtracted", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      telemetry.applicationObserved(undefined, running)
      telemetry.applicationObserved(running, undefined)
      telemetry.applicationObserved(running, undefined)
      const series = yield* scrape
      assert.strictEqual(series.get(`spark_application_running${ml}`), 0)
      assert.strictEqual(series.get('spark_application_state{k8s_namespace_name="ml",state="RUNNING"}'), 0)
      yield* noFaults
    }).pipe(withTelemetry()),
  )

  it.effect("a repeated list changes neither gauges nor counters", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      telemetry.applicationObserved(undefined, running)
      const before = yield* scrapeText
      telemetry.applicationObserved(undefined, running)
      telemetry.applicationObserved(running, running)
      const counting = (text: string) => text.split("\n").filter((line) => line.startsWith("spark_"))
      assert.deepStrictEqual(counting(yield* scrapeText), counting(before))
      assert.include(before, `spark_application_running${ml} 1`)
      assert.include(before, `spark_application_created_total${ml} 0`)
    }).pipe(withTelemetry()),
  )

  it.effect("too many values of a label share __other__, and that is counted", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      for (let run = 0; run < 150; run++) {
        const metadata = { uid: `u${run}`, name: `pi-${run}`, labels: { run: String(run) } }
        telemetry.applicationObserved(undefined, application("RUNNING", { metadata }))
      }
      const series = yield* scrape
      assert.strictEqual(series.get('spark_application_running{k8s_namespace_name="ml",run="__other__"}'), 50)
      assert.strictEqual(series.get('spark_operator_telemetry_faults_total{fault="attribute_overflow"}'), 50)
    }).pipe(withTelemetry({ labelKeys: ["run"] })),
  )
})

describe("the rest of the operator", () => {
  it.effect("durations of a run are recorded by result, from its timestamps", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      const failing = status("FAILING", { attempts: [finished] })
      telemetry.applicationCommitted(status("SUBMITTED"), application("", { status: failing }))
      const series = yield* scrape
      const name = "spark_application_execution_duration_seconds"
      assert.strictEqual(series.get(`${name}_sum{k8s_namespace_name="ml",result="Failed"}`), 60)
      assert.strictEqual(series.get(`${name}_bucket{k8s_namespace_name="ml",result="Failed",le="45"}`), 0)
      assert.strictEqual(series.get(`${name}_bucket{k8s_namespace_name="ml",result="Failed",le="90"}`), 1)
      assert.isUndefined(series.get(`${name}_count{k8s_namespace_name="ml",result="Succeeded"}`))
      assert.strictEqual(series.get(`spark_application_submit_duration_seconds_sum${ml}`), 4)
      assert.strictEqual(series.get(`spark_application_start_duration_seconds_sum${ml}`), 10)
    }).pipe(withTelemetry({ applicationBuckets: [45, 90] })),
  )

  it.effect("reconciles, requests and watches are counted", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      telemetry.runtime.reconciled({ outcome: "error", reason: "Conflict", seconds: 0.2 })
      telemetry.kube.kubeRequest({ verb: "patch", resource: "sparkapplications", code: "409", seconds: 0.03 })
      telemetry.kube.kubeRequest({ verb: "watch", resource: "pods", code: "200", seconds: 600 })
      telemetry.kube.kubeWatch("gone", "pods")
      const series = yield* scrape
      assert.strictEqual(series.get('spark_operator_reconciles_total{outcome="error",reason="Conflict"}'), 1)
      assert.strictEqual(series.get('spark_operator_reconcile_duration_seconds_sum{outcome="error"}'), 0.2)
      assert.strictEqual(
        series.get('kubernetes_client_requests_total{verb="patch",resource="sparkapplications",code="409"}'),
        1,
      )
      assert.strictEqual(
        series.get('kubernetes_client_request_duration_seconds_count{verb="patch",resource="sparkapplications"}'),
        1,
      )
      assert.isUndefined(series.get('kubernetes_client_request_duration_seconds_count{verb="watch",resource="pods"}'))
      assert.strictEqual(series.get('kubernetes_client_watch_lifecycle_total{event="gone",resource="pods"}'), 1)
    }).pipe(withTelemetry()),
  )

  it.effect("a queue that is registered twice is one queue", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      const name = "spark_application_controller"
      telemetry.runtime.workqueue("spark-application-controller").added()
      telemetry.runtime.workqueue(name).added()
      telemetry.runtime.workqueue(name).retried()
      telemetry.runtime.workqueue(name).started(0.5)
      telemetry.runtime.workqueue(name).finished(2)
      telemetry.runtime.workqueue(name).observe(() => ({ depth: 7, unfinishedSeconds: 3, longestSeconds: 2 }))
      const series = yield* scrape
      const labels = `{name="${name}"}`
      assert.strictEqual(series.get(`workqueue_adds_total${labels}`), 2)
      assert.strictEqual(series.get(`workqueue_retries_total${labels}`), 1)
      assert.strictEqual(series.get(`workqueue_depth${labels}`), 7)
      assert.strictEqual(series.get(`workqueue_queue_duration_seconds_sum${labels}`), 0.5)
      assert.strictEqual(series.get(`workqueue_work_duration_seconds_sum${labels}`), 2)
      assert.strictEqual(series.get(`workqueue_unfinished_work_seconds${labels}`), 3)
      assert.strictEqual(series.get("spark_application_controller_adds"), 2)
      assert.strictEqual(series.get("spark_application_controller_depth"), 7)
      assert.strictEqual(series.get("spark_application_controller_longest_running_processor_microseconds"), 2_000_000)
    }).pipe(withTelemetry()),
  )

  it.effect("two instances in one process are independent", () =>
    Effect.gen(function* () {
      const first = yield* Metrics
      first.runtime.reconciled({ outcome: "success", seconds: 1 })
      const second = yield* scrape.pipe(withTelemetry())
      assert.strictEqual(second.get('spark_operator_reconciles_total{outcome="success"}'), 0)
    }).pipe(withTelemetry()),
  )

  it.effect("no uid and no name of a pod ever becomes a label", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      const named = { uid: "uid-of-pod", name: "name-of-pod" }
      telemetry.applicationObserved(undefined, application("RUNNING", { metadata: { uid: "uid-of-app" } }))
      telemetry.podObserved({ before: undefined, after: pod("Running", { metadata: named }), initial: false }, 0)
      assert.notMatch(yield* scrapeText, /uid-of|name-of/)
    }).pipe(withTelemetry()),
  )
})
