import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { endReason } from "../../../src/spark/observe/PodEnd.ts"
import { application, Metrics, pod, scrape, scrapeText, withTelemetry } from "../../support/Scrape.ts"

const now = Date.parse("2030-01-01T00:00:03Z")
const ml = '{k8s_namespace_name="ml"}'
const ofApplication = '{k8s_namespace_name="ml",app_name="pi"}'
const inStage = (labels: string) => labels.replace("}", ',stage_state="none"}')
const ended = (role: string, reason: string) =>
  `spark_operator_pod_final_state_total{k8s_namespace_name="ml",role="${role}",reason="${reason}",stage_state="none"}`

const observe = (before: Pod | undefined, after: Pod | undefined, initial = false) =>
  Effect.map(Metrics, (telemetry) => telemetry.podObserved({ before, after, initial }, now))

const pending = pod("Pending")
const running = pod("Running")
const failed = pod("Failed", { status: { reason: "Evicted" } })

describe("pods", () => {
  it.effect("are counted per application when they are created, changed and deleted", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      telemetry.applicationObserved(undefined, application("SUBMITTED"))
      assert.strictEqual((yield* scrape).get(`spark_operator_pod_creations_total${ofApplication}`), 0)
      yield* observe(undefined, pending)
      yield* observe(pending, running)
      yield* observe(running, failed)
      yield* observe(failed, undefined)
      const series = yield* scrape
      assert.strictEqual(series.get(`spark_operator_pod_creations_total${ofApplication}`), 1)
      assert.strictEqual(series.get(`spark_operator_pod_updates_total${ofApplication}`), 2)
      assert.strictEqual(series.get(`spark_operator_pod_deletions_total${inStage(ofApplication)}`), 1)
      assert.strictEqual(series.get(ended("executor", "Evicted")), 1)
      assert.isUndefined(series.get(ended("executor", "Deleted")))
    }).pipe(withTelemetry()),
  )

  it.effect("of a deleted application have no series any longer, and later events count by namespace", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      telemetry.applicationObserved(undefined, application("RUNNING"))
      yield* observe(undefined, running)
      telemetry.applicationObserved(application("RUNNING"), undefined)
      yield* observe(running, undefined)
      assert.notInclude(yield* scrapeText, "app_name")
      assert.strictEqual((yield* scrape).get(`spark_operator_pod_deletions_total${inStage(ml)}`), 1)
    }).pipe(withTelemetry()),
  )

  it.effect("are counted under the current labels of their application, whichever was observed first", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      const of = (team: string) => application("RUNNING", { metadata: { labels: { team } } })
      const counted = Effect.map(scrape, (series) =>
        [...series].flatMap(([name, value]) =>
          name.startsWith("spark_executor_running{") && value !== 0
            ? [`${/team="(\w+)"/.exec(name)?.[1]} ${value}`]
            : [],
        ),
      )
      yield* observe(undefined, running)
      assert.deepStrictEqual(yield* counted, ["Unknown 1"])
      telemetry.applicationObserved(undefined, of("a"))
      assert.deepStrictEqual(yield* counted, ["a 1"])
      telemetry.applicationObserved(of("a"), of("b"))
      assert.deepStrictEqual(yield* counted, ["b 1"])
      telemetry.applicationObserved(of("b"), undefined)
      assert.deepStrictEqual(yield* counted, ["Unknown 1"])
      yield* observe(running, undefined)
      assert.deepStrictEqual(yield* counted, [])
    }).pipe(withTelemetry({ labelKeys: ["team"] })),
  )

  it.effect("have no series per application if those are disabled", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      telemetry.applicationObserved(undefined, application("RUNNING"))
      yield* observe(undefined, running)
      assert.notInclude(yield* scrapeText, "app_name")
      assert.strictEqual((yield* scrape).get(`spark_operator_pod_creations_total${ml}`), 1)
    }).pipe(withTelemetry({ perApplication: false })),
  )

  it.effect("of the first list set the gauge and count nothing", () =>
    Effect.gen(function* () {
      yield* observe(undefined, running, true)
      yield* observe(undefined, pod("Failed", { metadata: { uid: "p2" } }), true)
      const series = yield* scrape
      assert.strictEqual(series.get(`spark_executor_running${ml}`), 1)
      for (const [name, value] of series) if (name.startsWith("spark_operator_pod_")) assert.strictEqual(value, 0, name)
    }).pipe(withTelemetry()),
  )

  it.effect("that a repeated list contains again are not counted twice", () =>
    Effect.gen(function* () {
      yield* observe(undefined, running)
      yield* observe(undefined, running)
      yield* observe(running, running)
      const series = yield* scrape
      assert.strictEqual(series.get(`spark_operator_pod_creations_total${ml}`), 1)
      assert.strictEqual(series.get(`spark_operator_pod_updates_total${ml}`), 0)
      assert.strictEqual(series.get(`spark_executor_running${ml}`), 1)
    }).pipe(withTelemetry()),
  )

  it.effect("that are deleted while running are removed from the gauge, and end as Deleted", () =>
    Effect.gen(function* () {
      yield* observe(undefined, running)
      yield* observe(running, undefined)
      const series = yield* scrape
      assert.strictEqual(series.get(`spark_executor_running${ml}`), 0)
      assert.strictEqual(series.get(ended("executor", "Deleted")), 1)
    }).pipe(withTelemetry()),
  )

  it.effect("that are replaced by one of the same name count as two pods", () =>
    Effect.gen(function* () {
      yield* observe(undefined, running)
      yield* observe(running, pod("Running", { metadata: { uid: "p2" } }))
      const series = yield* scrape
      assert.strictEqual(series.get(`spark_executor_running${ml}`), 1)
      assert.strictEqual(series.get(`spark_operator_pod_creations_total${ml}`), 2)
      assert.strictEqual(series.get(`spark_operator_pod_deletions_total${inStage(ml)}`), 1)
    }).pipe(withTelemetry()),
  )

  it.effect("whose labels change while they run cause no drift; missing labels are taken from the application", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      telemetry.applicationObserved(undefined, application("RUNNING", { metadata: { labels: { team: "a" } } }))
      const relabelled = pod("Running", { metadata: { resourceVersion: "2", labels: { team: "b" } } })
      yield* observe(undefined, running)
      assert.strictEqual((yield* scrape).get('spark_executor_running_count{team="a"}'), 1)
      yield* observe(running, relabelled)
      yield* observe(relabelled, undefined)
      const series = yield* scrape
      assert.strictEqual(series.get('spark_executor_running_count{team="a"}'), 0)
      assert.strictEqual(series.get('spark_executor_running_count{team="b"}'), 0)
      assert.strictEqual(series.get('spark_operator_telemetry_faults_total{fault="negative_gauge"}'), 0)
    }).pipe(withTelemetry({ labelKeys: ["team"] })),
  )

  it.effect("have a latency by their own timestamps, recorded once per timestamp", () =>
    Effect.gen(function* () {
      const started = pod("Running", {
        status: {
          containerStatuses: [
            {
              name: "spark-kubernetes-executor",
              image: "",
              imageID: "",
              ready: true,
              restartCount: 0,
              state: { running: { startedAt: "2030-01-01T00:00:02Z" } },
            },
          ],
        },
      })
      const annotated = { ...started, metadata: { ...started.metadata, resourceVersion: "3" } }
      yield* observe(undefined, pending)
      yield* observe(pending, started)
      yield* observe(started, annotated)
      const series = yield* scrape
      assert.strictEqual(series.get('spark_operator_pod_event_latency_seconds_sum{event="created"}'), 3)
      assert.strictEqual(series.get('spark_operator_pod_event_latency_seconds_sum{event="updated"}'), 1)
      assert.strictEqual(series.get('spark_operator_pod_event_latency_seconds_count{event="updated"}'), 1)
    }).pipe(withTelemetry()),
  )
})

describe("why a pod ended", () => {
  const terminated = (name: string, reason: string, exitCode: number) => ({
    name,
    image: "",
    imageID: "",
    ready: false,
    restartCount: 0,
    state: { terminated: { reason, exitCode } },
  })
  const cases: ReadonlyArray<readonly [string, Pod, string | undefined]> = [
    ["runs", running, undefined],
    ["succeeded", pod("Succeeded"), "Completed"],
    ["was evicted", failed, "Evicted"],
    ["failed for an unknown reason", pod("Failed"), "Error"],
    [
      "ran out of memory next to a sidecar that also failed",
      pod("Failed", {
        status: {
          containerStatuses: [terminated("proxy", "Error", 1), terminated("spark-kubernetes-driver", "OOMKilled", 137)],
        },
      }),
      "OOMKilled",
    ],
    [
      "was preempted",
      pod("Failed", {
        status: {
          conditions: [{ type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" }],
          containerStatuses: [terminated("spark-kubernetes-executor", "Error", 143)],
        },
      }),
      "PreemptionByScheduler",
    ],
  ]
  it.each(cases)("a pod that %s", (_, of, reason) => {
    assert.strictEqual(endReason(of), reason)
  })
})
