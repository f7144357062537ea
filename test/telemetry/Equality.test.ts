/** After any random history `/metrics` and the last request over OTLP have the same points: names, labels and values. */

import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../src/api/application/SparkApplicationStatus.ts"
import type { SeenPod } from "../../src/spark/observe/PodPast.ts"
import { prometheusName, validName } from "../../src/telemetry/prometheus/MetricName.ts"
import { samples } from "../support/MetricsText.ts"
import { type OtlpPoint, otlpPoints } from "../support/otlp/OtlpPoints.ts"
import { application, Metrics, pod, scrapeText, withTelemetry } from "../support/Scrape.ts"

/** A Collector on loopback that keeps the last request. */
const collector = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly last: () => Buffer; readonly close: () => void }>((resume) => {
    let last = Buffer.alloc(0)
    const server = createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const body = Buffer.concat(chunks)
        last = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body
        response.end()
      })
    })
    server.listen(0, "127.0.0.1", () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      resume(Effect.succeed({ url, last: () => last, close: () => server.close() }))
    })
  }),
  ({ close }) => Effect.sync(close),
)

const step = Schema.Struct({
  what: Schema.Literals(["application", "pod", "progress", "end", "probe", "work", "scrape", "time"]),
  app: Schema.Literals(["a", "b", "c"]),
  namespace: Schema.Literals(["ml", "etl"]),
  team: Schema.Literals(["red", "blue"]),
  state: Schema.Literals(["", "SUBMITTED", "RUNNING", "FAILING", "FAILED", "COMPLETED", "PENDING_RERUN", "deleted"]),
  phase: Schema.Literals(["Pending", "Running", "Failed", "deleted"]),
  seconds: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4000 })),
})

const at = (seconds: number) => `2030-01-01T${new Date(seconds * 1000).toISOString().slice(11, 19)}Z`

const statusOf = ({ state, seconds }: typeof step.Type): Partial<SparkApplicationStatus> => ({
  submissionID: `s${seconds % 3}`,
  usage: {
    cpuCoreSeconds: seconds / 10,
    memoryGibSeconds: seconds * 1.375,
    gpuSeconds: seconds % 2,
    executorSeconds: seconds,
    estimatedCost: { [seconds % 2 === 0 ? "EUR" : "USD"]: seconds / 7 },
    complete: true,
  },
  attempts: [
    {
      number: 1,
      submissionID: `s${seconds % 3}`,
      startTime: at(1),
      submittedTime: at(2),
      runningTime: at(4),
      ...(["FAILING", "FAILED"].includes(state) && {
        finishTime: at(seconds + 5),
        result: "Failed" as const,
        failure: "OOMKilled" as const,
      }),
      ...(state === "COMPLETED" && { finishTime: at(seconds + 5), result: "Succeeded" as const }),
    },
  ],
})

/** Reports a history as the kind does: every object with what was known of it before. */
const live = (steps: ReadonlyArray<typeof step.Type>) =>
  Effect.gen(function* () {
    const telemetry = yield* Metrics
    const applications = new Map<string, SparkApplication>()
    const pods = new Map<string, SeenPod>()
    for (const one of steps) {
      const { app, namespace, team, state, phase, seconds } = one
      const key = `${namespace}/${app}`
      const metadata = { name: app, namespace, uid: key, labels: { team } }
      const before = applications.get(key)
      if (one.what === "application") {
        const after = state === "deleted" ? undefined : application(state, { metadata, status: statusOf(one) })
        telemetry.applicationObserved(before, after)
        if (after === undefined) applications.delete(key)
        else {
          telemetry.applicationCommitted(before?.status, after)
          applications.set(key, after)
        }
      } else if (one.what === "pod") {
        const known = pods.get(key)
        const labels = {
          "sparkoperator.k8s.io/app-name": app,
          "sparkoperator.k8s.io/submission-id": "s",
          "spark-exec-id": "1",
        }
        const role = seconds % 2 === 0 ? "driver" : "executor"
        const conditions = [{ type: "PodScheduled", status: "True", lastTransitionTime: at(1) }]
        const reserved = { milliCores: seconds, bytes: seconds * 7, gpus: seconds % 3, node: undefined, edited: false }
        const next = {
          ...pod(phase, {
            metadata: { name: key, namespace, uid: `${key}-pod`, labels, resourceVersion: `${seconds}` },
            role,
            status: { conditions },
          }),
          reserved,
        }
        telemetry.podObserved(
          { before: known, after: phase === "deleted" ? undefined : next, initial: false },
          seconds * 1000,
        )
        if (phase === "deleted") pods.delete(key)
        else pods.set(key, next)
        telemetry.podHandled("updated", seconds / 1e6)
      } else if (one.what === "progress") {
        const counts = { active: seconds % 3, completed: seconds, failed: seconds % 2, total: seconds + 5 }
        const progress = { jobs: counts, stages: counts, tasks: counts, executors: 2, description: undefined }
        const batch = seconds % 2 === 0 ? undefined : { id: 1, at: 0 }
        telemetry.progressObserved(application("RUNNING", { metadata }), {
          progress: { ...progress, batch },
          movedAt: 0,
        })
        telemetry.progressRead({ access: "direct", outcome: "success", seconds: seconds / 1000 })
      } else if (one.what === "end") telemetry.progressEnded(key)
      else if (one.what === "probe")
        telemetry.probeFailed({ namespace, role: "driver", probe: "liveness", preset: undefined }, 1)
      else if (one.what === "work") {
        telemetry.kube.kubeRequest({ verb: "get", resource: "pods", code: "200", seconds: seconds / 7000 })
        telemetry.runtime.reconciled({ outcome: "success", seconds: seconds / 3000 })
        telemetry.runtime.workqueue("queue").added()
      } else if (one.what === "scrape") yield* telemetry.collect()
      else yield* TestClock.adjust(seconds)
    }
  })

const line = (name: string, labels: Readonly<Record<string, string>>, value: number): string =>
  `${name}${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))} ${value}`

/** The samples that Prometheus makes of a point. */
const samplesOf = ({ name, unit, type, attributes, value }: OtlpPoint): ReadonlyArray<string> => {
  const series = prometheusName(name, unit, type)
  const labels = Object.fromEntries(Object.entries(attributes).map(([key, text]) => [validName(key), text]))
  if (typeof value === "number") return [line(series, labels, value)]
  const { bounds, counts, sum, count } = value
  const upTo = (index: number) => counts.slice(0, index + 1).reduce((total, it) => total + it, 0)
  return [
    line(`${series}_count`, labels, count),
    line(`${series}_sum`, labels, sum),
    ...[...bounds.map(String), "+Inf"].map((le, index) => line(`${series}_bucket`, { ...labels, le }, upTo(index))),
  ]
}

/** Different at every reading. */
const ofProcess = /^(target_info|process_|nodejs_|v8js_)/

describe("/metrics and OTLP", () => {
  it.effect.prop(
    "have the same points after any history",
    [Schema.Array(step)],
    ([steps]) =>
      Effect.gen(function* () {
        const { url, last } = yield* collector
        const environment = { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url }
        const text = yield* Effect.andThen(live(steps), scrapeText).pipe(
          withTelemetry({ environment, process: undefined, legacy: [], labelKeys: ["team"] }),
        )
        const scraped = samples(text).map(({ name, labels, value }) => line(name, labels, value))
        const pushed = otlpPoints(last()).flatMap(samplesOf)
        const counting = (lines: ReadonlyArray<string>) => lines.filter((it) => !ofProcess.test(it)).sort()
        assert.isAbove(counting(pushed).length, 100)
        assert.deepStrictEqual(counting(pushed), counting(scraped))
      }).pipe(Effect.scoped),
    20_000,
  )
})
