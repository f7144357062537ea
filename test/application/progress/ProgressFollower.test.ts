/** Drivers that answer well, slowly, never or nonsense, in virtual time. */

import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Random } from "effect"
import { TestClock } from "effect/testing"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../../src/api/application/SparkApplicationStatus.ts"
import { progressStatus } from "../../../src/application/lifecycle/running/ProgressStatus.ts"
import { make, type ProgressOptions } from "../../../src/application/progress/ProgressFollower.ts"
import { Kube, type PodAnswer, type PodPort } from "../../../src/kube/Kube.ts"
import { KubeError } from "../../../src/kube/KubeError.ts"
import * as Store from "../../../src/runtime/Store.ts"
import { sample } from "../../support/MetricsText.ts"
import { Metrics, withTelemetry } from "../../support/Scrape.ts"

type Ui = (pod: PodPort, path: string) => Effect.Effect<PodAnswer, KubeError>

const job = (done: number) => ({
  jobId: 0,
  status: "RUNNING",
  numTasks: 100,
  numActiveTasks: 2,
  numCompletedTasks: done,
  numCompletedIndices: done,
  numActiveStages: 1,
})

const answer = (body: unknown, length = 1000): PodAnswer => ({ body, length })
const failing = (status: number | undefined, message: string) =>
  Effect.fail(new KubeError({ reason: "Unavailable", request: "proxy", message, ...(status ? { status } : {}) }))

/** A driver that does one task more a second. */
const busy: Ui = (_, path) =>
  Effect.map(Clock.currentTimeMillis, (now) =>
    answer(path.endsWith("/jobs") ? [job(Math.min(99, Math.floor(now / 1000)))] : [{ id: "driver" }, { id: "1" }]),
  )

/** A driver in which nothing ever moves. */
const idle: Ui = (_, path) => Effect.succeed(answer(path.endsWith("/jobs") ? [job(7)] : []))

const stopped = Effect.fnUntraced(function* (ui: Ui, options: Partial<ProgressOptions> = {}) {
  const applications = Store.make<SparkApplication>()
  const pods = Store.make<Pod>()
  const asked: Array<{ readonly at: number; readonly pod: PodPort; readonly path: string }> = []
  const changed: Array<string> = []
  const kube = {
    podProxy: (pod: PodPort, path: string) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        asked.push({ at: now / 1000, pod, path })
        return ui(pod, path)
      }),
  } as unknown as typeof Kube.Service
  const follower = yield* make(
    { applications, pods },
    { access: "proxy", shortest: 5, rate: 20, concurrency: 16, ...options },
    yield* Metrics,
  ).pipe(Random.withSeed("progress"))
  const run = Effect.forkScoped(
    Effect.provideService(
      follower.run((key) => changed.push(key)),
      Kube,
      kube,
    ),
  )
  let version = 0
  const start = Effect.fnUntraced(function* (
    name: string,
    more: { readonly conf?: Record<string, string>; readonly attempt?: number; readonly startedAt?: number } = {},
    status: Partial<SparkApplicationStatus> = {},
  ) {
    const submissionID = `${name}-${more.attempt ?? 1}`
    applications.put({
      metadata: { name, namespace: "default", uid: name, resourceVersion: `${++version}` },
      spec: { sparkConf: more.conf ?? {} },
      status: { applicationState: { state: "RUNNING" }, driverInfo: {}, submissionID, ...status },
    } as unknown as SparkApplication)
    const startedAt = new Date(more.startedAt ?? (yield* Clock.currentTimeMillis)).toISOString()
    pods.put({
      metadata: {
        name: `${name}-driver`,
        namespace: "default",
        uid: submissionID,
        resourceVersion: `${++version}`,
        labels: { "sparkoperator.k8s.io/submission-id": submissionID, "spark-app-selector": `spark-${submissionID}` },
        ownerReferences: [{ apiVersion: "", kind: "", name, uid: name }],
      },
      status: {
        phase: "Running",
        containerStatuses: [{ name: "spark-kubernetes-driver", state: { running: { startedAt } } }],
      },
    } as unknown as Pod)
    follower.consider(`default/${name}`)
  })
  const end = (name: string) => {
    const pod = pods.get(`default/${name}-driver`)
    pods.put({
      ...pod,
      metadata: { ...pod?.metadata, resourceVersion: `${++version}` },
      status: { phase: "Succeeded" },
    })
    follower.consider(`default/${name}`)
  }
  const reads = () => asked.filter(({ path }) => path.endsWith("/jobs"))
  const outcome = Effect.fnUntraced(function* (of: string) {
    const telemetry = yield* Metrics
    return sample((yield* telemetry.collect()).body, "spark_operator_progress_reads_total", { outcome: of })
  })
  return { run, follower, start, end, reads, asked, changed, outcome }
})

const world = Effect.fnUntraced(function* (ui: Ui, options: Partial<ProgressOptions> = {}) {
  const it = yield* stopped(ui, options)
  yield* it.run
  return it
})

/** In steps, so that workers keep up. */
const pass = (seconds: number) =>
  Effect.forEach(Array.from({ length: seconds * 2 }), () => TestClock.adjust("500 millis"), { discard: true })

describe("the progress of a running driver", () => {
  it.effect("is read every 5 seconds at first and less often later, and whenever the status is about to change", () =>
    Effect.gen(function* () {
      const { follower, start, reads, changed } = yield* world(busy)
      yield* start("pi")
      yield* pass(60)
      const first = reads().length
      assert.isAtLeast(first, 10)
      assert.isAtMost(first, 14)
      assert.strictEqual(changed.length, first)
      assert.isAbove(follower.read("default/pi", "pi-1")?.progress.tasks.completed ?? 0, 50)
      assert.isUndefined(follower.read("default/pi", "pi-2"), "what one run said is nothing about the next")
      yield* pass(1000)
      const before = reads().length
      yield* pass(600)
      assert.closeTo(reads().length - before, 10, 2)
    }).pipe(withTelemetry()),
  )

  it.effect("that does not change is read less and less often, without status writes", () =>
    Effect.gen(function* () {
      const { follower, start, reads, changed } = yield* world(idle)
      yield* start("pi")
      yield* pass(300)
      const before = reads().length
      yield* pass(600)
      assert.closeTo(reads().length - before, 10, 2)
      assert.deepStrictEqual(changed, ["default/pi"])
      assert.isBelow(follower.read("default/pi", "pi-1")?.movedAt ?? Number.NaN, 10_000)
    }).pipe(withTelemetry()),
  )

  it.effect("is requested at the address of the UI in the configuration, by Spark's own application id", () =>
    Effect.gen(function* () {
      const { start, asked } = yield* world(busy)
      yield* start("plain", { conf: { "spark.ui.port": "4050", "spark.ui.proxyBase": "/team/plain" } })
      yield* start("secret", { conf: { "spark.ssl.ui.enabled": "true" } })
      yield* start("none", { conf: { "spark.ui.enabled": "false" } })
      yield* pass(6)
      const seen = asked.map(({ pod, path }) => `${pod.secure ? "https" : "http"} ${pod.name}:${pod.port}${path}`)
      assert.sameMembers(
        [...new Set(seen)],
        [
          "http plain-driver:4050/api/v1/applications/spark-plain-1/jobs",
          "http plain-driver:4050/api/v1/applications/spark-plain-1/allexecutors",
          "https secret-driver:4440/api/v1/applications/spark-secret-1/jobs",
          "https secret-driver:4440/api/v1/applications/spark-secret-1/allexecutors",
        ],
      )
    }).pipe(withTelemetry()),
  )

  it.effect("is not read after the end of the run, and starts from scratch with the next attempt", () =>
    Effect.gen(function* () {
      const { follower, start, end, reads } = yield* world(busy)
      yield* start("pi")
      yield* pass(20)
      end("pi")
      const before = reads().length
      yield* pass(120)
      assert.strictEqual(reads().length, before)
      assert.isUndefined(follower.read("default/pi", "pi-1"))
      yield* start("pi", { attempt: 2 })
      yield* pass(20)
      assert.isAbove(reads().length, before)
      assert.isDefined(follower.read("default/pi", "pi-2"))
    }).pipe(withTelemetry()),
  )

  it.effect("keeps the time of the last change that an earlier operator observed", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000_000)
      const progress = progressStatus({
        movedAt: 400_000,
        readAt: 400_000,
        progress: {
          jobs: { active: 1, completed: 0, failed: 0 },
          stages: { active: 1, completed: 0, failed: 0 },
          tasks: { active: 2, completed: 7, failed: 0, total: 100 },
          executors: 0,
          description: undefined,
          batch: undefined,
        },
      })
      const { follower, start } = yield* world(idle)
      yield* start("pi", {}, { progress })
      yield* pass(10)
      assert.strictEqual(follower.read("default/pi", "pi-1")?.movedAt, 400_000)
    }).pipe(withTelemetry()),
  )
})

describe("a driver whose progress cannot be read", () => {
  it.effect("because it takes two minutes to start is read soon afterwards", () =>
    Effect.gen(function* () {
      const late: Ui = (pod, path) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          now < 120_000 ? failing(undefined, "connection refused") : busy(pod, path),
        )
      const { follower, start } = yield* world(late)
      yield* start("pi")
      yield* pass(120)
      assert.isUndefined(follower.read("default/pi", "pi-1"))
      yield* pass(17)
      assert.isDefined(follower.read("default/pi", "pi-1"))
    }).pipe(withTelemetry()),
  )

  const troubles: ReadonlyArray<readonly [string, Ui, string]> = [
    ["hangs", () => Effect.never, "timeout"],
    ["answers after a minute", (pod, path) => Effect.delay(busy(pod, path), "1 minute"), "timeout"],
    ["is behind a proxy that answers 503", () => failing(503, "upstream connect error"), "unreachable"],
    ["answers 500", () => failing(500, "oops"), "status"],
    ["answers something else than a list", () => Effect.succeed(answer({ error: "no such app" })), "invalid"],
    [
      "answers too much",
      () => Effect.fail(new KubeError({ reason: "Transport", request: "", message: "the answer is too long" })),
      "invalid",
    ],
    ["breaks the operator's code", () => Effect.die("boom"), "invalid"],
    ["has jobs but no executors", (pod, path) => (path.endsWith("jobs") ? busy(pod, path) : Effect.never), "timeout"],
  ]
  for (const [which, ui, outcome] of troubles) {
    it.effect(`since it ${which} is asked more rarely, counted as ${outcome}, and changes no status`, () =>
      Effect.gen(function* () {
        const { follower, start, reads, changed, outcome: counted } = yield* world(ui)
        yield* start("pi")
        yield* pass(120)
        const early = reads().length
        assert.isAtLeast(early, 5)
        yield* pass(3600)
        const later = reads().length
        assert.isAtMost(later - early, 32, "every eighth of its age")
        yield* pass(3600)
        assert.isAtMost(reads().length - later, 13, "every five minutes")
        assert.deepStrictEqual(changed, [])
        assert.isUndefined(follower.read("default/pi", "pi-1"))
        assert.strictEqual(yield* counted(outcome), reads().length)
        assert.strictEqual(yield* counted("success"), 0)
      }).pipe(withTelemetry()),
    )
  }

  it.effect("keeps its last progress meanwhile, and is read again when it responds", () =>
    Effect.gen(function* () {
      let well = true
      const { follower, start, changed } = yield* world((pod, path) => (well ? busy(pod, path) : Effect.never))
      yield* start("pi")
      yield* pass(30)
      const said = follower.read("default/pi", "pi-1")
      well = false
      yield* pass(600)
      assert.strictEqual(follower.read("default/pi", "pi-1"), said)
      const before = changed.length
      well = true
      yield* pass(340)
      assert.isAbove(changed.length, before)
    }).pipe(withTelemetry()),
  )

  it.effect("does not delay the reading of others", () =>
    Effect.gen(function* () {
      const { start, reads } = yield* world((pod, path) =>
        pod.name.startsWith("slow") ? Effect.never : busy(pod, path),
      )
      for (let n = 0; n < 15; n++) yield* start(`slow${n}`)
      yield* start("good")
      yield* pass(60)
      assert.isAtLeast(reads().filter(({ pod }) => pod.name === "good-driver").length, 9)
    }).pipe(withTelemetry()),
  )

  it.effect("without an address is read through the API server, if both ways are allowed", () =>
    Effect.gen(function* () {
      const { follower, start, outcome } = yield* world(busy, { access: "auto" })
      yield* start("pi")
      yield* pass(30)
      assert.strictEqual(yield* outcome("unreachable"), 1, "one try at the pod itself")
      assert.isDefined(follower.read("default/pi", "pi-1"))
      yield* start("other")
      yield* pass(30)
      assert.strictEqual(yield* outcome("unreachable"), 1, "what works for one is tried first for the next")
    }).pipe(withTelemetry()),
  )
})

describe("many applications", () => {
  it.effect("are read in turn, with at most a given number of readings per second, also right after a start", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(3_600_000)
      const { run, start, reads } = yield* stopped(busy, { rate: 2 })
      for (let n = 0; n < 240; n++) yield* start(`app${n}`, { startedAt: 0 })
      yield* run
      yield* pass(480)
      const perMinute = Array.from({ length: 8 }, (_, minute) => {
        const from = 3600 + 60 * minute
        return reads().filter(({ at }) => at >= from && at < from + 60).length
      })
      for (const readings of perMinute) assert.closeTo(readings, 120, 30)
      assert.strictEqual(new Set(reads().map(({ pod }) => pod.name)).size, 240, "all are read")
    }).pipe(withTelemetry()),
  )
})
