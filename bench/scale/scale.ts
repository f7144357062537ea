/**
 * `node bench/scale/scale.ts APPLICATIONS NAME=PID…`: creates so many applications in the cluster of $KUBECONFIG, plays their drivers, waits until
 * all have completed, and prints one table. Started by `bench/scale/run`.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Clock, Console, Effect, Layer, Stream } from "effect"
import type { SparkApplication } from "../../src/api/SparkApplication.ts"
import { Kube } from "../../src/kube/Kube.ts"
import { layer } from "../../src/kube/KubeHttp.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import { sparkApplications } from "../../src/kube/Resource.ts"
import { defaultTelemetrySettings, Telemetry } from "../../src/telemetry/Telemetry.ts"
import { type Sample, samples } from "../../test/support/MetricsText.ts"
import { playDrivers } from "./Drivers.ts"
import { cpuSeconds, peakMebibytes } from "./Processes.ts"

const [count = 0, ...processes] = process.argv.slice(2).map((argument, index) => {
  const [name = "", pid] = argument.split("=")
  return index === 0 ? Number(argument) : { name, pid: Number(pid) }
}) as [number, ...ReadonlyArray<{ readonly name: string; readonly pid: number }>]

const namespace = "default"
const nameOf = (index: number) => `app-${index}`
/** Creations at the same time. */
const concurrency = 8

const application = (name: string) =>
  ({
    metadata: { name },
    spec: {
      type: "Scala",
      sparkVersion: "4.1.4",
      image: "spark:4.1.4",
      mainClass: "org.apache.spark.examples.SparkPi",
      mainApplicationFile: "local:///opt/spark/examples/jars/spark-examples.jar",
      driver: { serviceAccount: "default" },
      executor: { instances: 5 },
    },
  }) as unknown as SparkApplication

const requests = Effect.map(
  Effect.promise(() => fetch("http://127.0.0.1:18080/metrics").then((answer) => answer.text())),
  (text) => samples(text).filter(({ name }) => name === "kubernetes_client_requests_total"),
)
const total = (of: ReadonlyArray<Sample>, key: string) =>
  of
    .filter(({ labels }) => `${labels["verb"]} ${labels["resource"]}` === key)
    .reduce((sum, { value }) => sum + value, 0)

const percentiles = (values: ReadonlyArray<number>) => {
  const sorted = [...values].sort((a, b) => a - b)
  return [0.5, 0.95, 0.99].map((q) => ((sorted[Math.ceil(q * sorted.length) - 1] ?? 0) / 1000).toFixed(2)).join(" / ")
}

const program = Effect.gen(function* () {
  const kube = yield* Kube
  const before = { cpu: processes.map(({ pid }) => cpuSeconds(pid)), requests: yield* requests }
  const times = yield* playDrivers(namespace)
  const asked = new Map<string, number>()
  const completed = new Map<string, number>()
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(kube, sparkApplications, { namespace }).events, (event) =>
      Effect.gen(function* () {
        if (event._tag !== "Applied" || event.object.status?.applicationState.state !== "COMPLETED") return
        const { name } = event.object.metadata
        if (!completed.has(name)) completed.set(name, yield* Clock.currentTimeMillis)
      }),
    ),
  )
  const start = yield* Clock.currentTimeMillis
  yield* Effect.forkScoped(
    Effect.forEach(
      Array.from({ length: count }, (_, index) => nameOf(index)),
      (name) =>
        Effect.gen(function* () {
          asked.set(name, yield* Clock.currentTimeMillis)
          yield* kube.create(sparkApplications, namespace, application(name))
        }),
      { concurrency, discard: true },
    ),
  )
  for (let waited = 0; completed.size < count; waited++) {
    yield* Effect.sleep("1 second")
    if (waited % 15 === 14) {
      yield* Console.error(
        `${asked.size} created, ${times.created.size} submitted, ${completed.size} completed of ${count}`,
      )
    }
  }
  const seconds = ((yield* Clock.currentTimeMillis) - start) / 1000
  const cpu = processes.map(({ pid }, index) => cpuSeconds(pid) - before.cpu[index]!)
  const after = yield* requests
  const between = (from: ReadonlyMap<string, number>, to: ReadonlyMap<string, number>) =>
    [...to].flatMap(([name, at]) => (from.has(name) ? [at - from.get(name)!] : []))
  const keys = [...new Set(after.map(({ labels }) => `${labels["verb"]} ${labels["resource"]}`))].sort()
  const each = keys.map((key) => [key, (total(after, key) - total(before.requests, key)) / count] as const)
  yield* Console.log(
    [
      `| ${count} applications | |`,
      "| --- | --- |",
      `| applications per minute | ${Math.round((count / seconds) * 60)} (${seconds.toFixed(1)} s in all) |`,
      `| seconds from creation to driver pod, p50 / p95 / p99 | ${percentiles(between(asked, times.created))} |`,
      `| seconds from the driver's end to COMPLETED, p50 / p95 / p99 | ${percentiles(between(times.ended, completed))} |`,
      ...processes.map(
        ({ name }, index) =>
          `| CPU seconds of ${name} | ${cpu[index]!.toFixed(1)} (${((cpu[index]! / count) * 1000).toFixed(0)} ms per application) |`,
      ),
      `| peak memory of the operator | ${peakMebibytes(processes[0]!.pid)} MiB |`,
      `| requests of the operator per application | ${each
        .filter(([, n]) => n >= 0.01)
        .map(([key, n]) => `${key} ${n.toFixed(2)}`)
        .join(", ")} |`,
      "",
    ].join("\n"),
  )
})

program.pipe(
  Effect.scoped,
  Effect.provide(
    Layer.provideMerge(layer({ concurrency: 128 }), Telemetry.layer({ ...defaultTelemetrySettings, legacy: [] })),
  ),
  NodeRuntime.runMain,
)
