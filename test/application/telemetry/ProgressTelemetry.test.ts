import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { Progress } from "../../../src/spark/monitoring/DriverProgress.ts"
import { sample, samples } from "../../support/MetricsText.ts"
import { application, Metrics, pod, scrapeText, withTelemetry } from "../../support/Scrape.ts"

const progress = (n: number, more: Partial<Progress> = {}): Progress => ({
  jobs: { active: 1, completed: n, failed: 0 },
  stages: { active: 1, completed: 2 * n, failed: 1 },
  tasks: { active: 4, completed: 10 * n, failed: 3, total: 100 },
  executors: n,
  description: undefined,
  batch: undefined,
  ...more,
})

const named = (name: string, labels: Record<string, string> = {}, namespace = "ml") =>
  application("RUNNING", { metadata: { name, uid: name, namespace, labels }, status: { submissionID: `${name}-1` } })

const observed = (app: ReturnType<typeof named>, read: Progress, movedAt = 0) =>
  Effect.map(Metrics, (telemetry) => telemetry.progressObserved(app, { progress: read, movedAt }))

const metric = (name: string, labels: Record<string, string> = {}) =>
  Effect.map(scrapeText, (text) => sample(text, name, labels))

describe("progress of all applications", () => {
  it.effect("is the sum of the newest readings, also after many of them", () =>
    Effect.gen(function* () {
      for (let n = 0; n <= 5; n++) yield* observed(named("a"), progress(n))
      for (let n = 7; n >= 2; n--) yield* observed(named("b"), progress(n))
      assert.strictEqual(yield* metric("spark_job_state", { state: "completed" }), 7)
      assert.strictEqual(yield* metric("spark_stage_state", { state: "completed" }), 14)
      assert.strictEqual(yield* metric("spark_stage_state", { state: "failed" }), 2)
      assert.strictEqual(yield* metric("spark_task_state", { state: "active" }), 8)
      assert.strictEqual(yield* metric("spark_executor_active"), 7)
      assert.strictEqual(yield* metric("spark_operator_telemetry_faults_total"), 0)
    }).pipe(withTelemetry()),
  )

  it.effect("includes the oldest micro-batch of each namespace, as long as there is one", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(100_000)
      yield* observed(named("a"), progress(1, { batch: { id: 1, at: 90_000 } }))
      yield* observed(named("b"), progress(1, { batch: { id: 9, at: 40_000 } }))
      yield* observed(named("c", {}, "other"), progress(1))
      const ages = samples(yield* scrapeText).filter(({ name }) => name === "spark_streaming_batch_age_seconds")
      assert.deepStrictEqual(
        ages.map(({ labels, value }) => [labels["k8s_namespace_name"], value]),
        [["ml", 60]],
      )
      const telemetry = yield* Metrics
      telemetry.progressEnded("ml/b")
      assert.strictEqual(yield* metric("spark_streaming_batch_age_seconds"), 10)
      telemetry.progressEnded("ml/a")
      assert.isUndefined(yield* metric("spark_streaming_batch_age_seconds"))
    }).pipe(withTelemetry()),
  )
})

describe("progress of one application", () => {
  it.effect("has series of its own until its run ends", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(60_000)
      yield* observed(named("a"), progress(4), 45_000)
      const own = { k8s_namespace_name: "ml", app_name: "a" }
      assert.strictEqual(yield* metric("spark_application_progress_ratio", own), 0.4)
      assert.strictEqual(yield* metric("spark_application_progress_age_seconds", own), 15)
      assert.strictEqual(yield* metric("spark_application_stages", { ...own, state: "completed" }), 8)
      assert.strictEqual(yield* metric("spark_application_executors", own), 4)
      const telemetry = yield* Metrics
      telemetry.progressEnded("ml/a")
      telemetry.progressEnded("ml/a")
      assert.notInclude(yield* scrapeText, 'app_name="a"')
      assert.strictEqual(yield* metric("spark_task_state"), 0)
      assert.strictEqual(yield* metric("spark_operator_telemetry_faults_total"), 0)
    }).pipe(withTelemetry()),
  )

  it.effect("is removed with an application that is deleted while it runs", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      telemetry.applicationObserved(undefined, named("a"))
      yield* observed(named("a"), progress(4))
      telemetry.applicationObserved(named("a"), undefined)
      assert.notInclude(yield* scrapeText, 'app_name="a"')
      assert.strictEqual(yield* metric("spark_executor_active"), 0)
    }).pipe(withTelemetry()),
  )

  it.effect("has series for a limited number of applications at a time; the sums include all", () =>
    Effect.gen(function* () {
      const own = Effect.map(scrapeText, (text) =>
        samples(text).flatMap(({ name, labels }) => (name === "spark_application_executors" ? labels["app_name"] : [])),
      )
      for (const name of ["a", "b", "c"]) yield* observed(named(name), progress(1))
      assert.deepStrictEqual(yield* own, ["a", "b"])
      assert.strictEqual(yield* metric("spark_executor_active"), 3)
      const telemetry = yield* Metrics
      telemetry.progressEnded("ml/a")
      yield* observed(named("c"), progress(1))
      assert.deepStrictEqual(yield* own, ["b", "c"])
    }).pipe(withTelemetry({ progressLimit: 2 })),
  )

  it.effect("has no series if those per application are disabled", () =>
    Effect.gen(function* () {
      yield* observed(named("a"), progress(4))
      assert.notInclude(yield* scrapeText, "app_name")
      assert.strictEqual(yield* metric("spark_executor_active"), 4)
    }).pipe(withTelemetry({ perApplication: false })),
  )
})

describe("telemetry of pods", () => {
  const labels = (name: string) => ({ "sparkoperator.k8s.io/app-name": name })

  it.effect("has the state of the application's stages, starting at zero", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      telemetry.applicationObserved(undefined, named("pi"))
      const see = (uid: string, phase = "Running") =>
        telemetry.podObserved({ before: undefined, after: pod(phase, { metadata: { uid } }), initial: false }, 0)
      see("p1")
      yield* observed(named("pi"), progress(4))
      const deleted = (stage_state: string) =>
        metric("spark_operator_pod_deletions_total", { app_name: "pi", stage_state })
      assert.strictEqual(yield* deleted("active"), 0, "the series is there before the first event")
      telemetry.podObserved(
        { before: pod("Running", { metadata: { uid: "p1" } }), after: undefined, initial: false },
        0,
      )
      see("p3", "Failed")
      assert.strictEqual(yield* deleted("none"), 0)
      assert.strictEqual(yield* deleted("active"), 1)
      const ended = (stage_state: string) => metric("spark_operator_pod_final_state_total", { stage_state })
      assert.strictEqual(yield* ended("active"), 2)
      telemetry.progressEnded("ml/pi")
      see("p4", "Failed")
      assert.strictEqual(yield* ended("active"), 3, "pods that go after the end of the run still tell what it did last")
    }).pipe(withTelemetry()),
  )

  it.effect("starts without a state of the stages in the next run", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      telemetry.applicationObserved(undefined, named("pi"))
      yield* observed(named("pi"), progress(4))
      const next = { ...named("pi"), status: { ...named("pi").status!, submissionID: "pi-2" } }
      telemetry.applicationObserved(named("pi"), next)
      telemetry.podObserved(
        { before: undefined, after: pod("Failed", { metadata: { labels: labels("pi") } }), initial: false },
        0,
      )
      assert.strictEqual(yield* metric("spark_operator_pod_final_state_total", { stage_state: "none" }), 1)
    }).pipe(withTelemetry()),
  )
})
