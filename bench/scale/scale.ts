/**
 * `node bench/scale/scale.ts APPLICATIONS NAME=PID…`: creates this many applications in the cluster of $KUBECONFIG, plays their
 * drivers, waits until all have completed, and prints its measurements as one line of JSON (`Table.ts`). Started by `bench/scale/run`, which
 * describes the variables of the environment.
 */

import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Clock, Console, Data, Effect, Stream } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { Kube } from "../../src/kube/Kube.ts"
import * as KubeHttp from "../../src/kube/KubeHttp.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import { sparkPi } from "../SparkPi.ts"
import { playDrivers } from "./Drivers.ts"
import { cpuSeconds, peakMebibytes } from "./Processes.ts"
import { requests, since } from "./Requests.ts"
import { type Measured, percentiles } from "./Table.ts"

const [count = 0, ...processes] = process.argv.slice(2).map((argument, index) => {
  const [name = "", pid] = argument.split("=")
  return index === 0 ? Number(argument) : { name, pid: Number(pid) }
}) as [number, ...ReadonlyArray<{ readonly name: string; readonly pid: number }>]

/**
 * Created by `run`. Kubernetes' own controllers read every Service of a namespace whenever a pod in it changes; a single namespace would measure that.
 */
const namespaceOf = (index: number) => `team-${index % 50}`
const nameOf = (index: number) => `app-${index}`
/** Creations at the same time. */
const concurrency = 8
/** Created in each minute; 0: as fast as possible. */
const ratePerMinute = Number(process.env["RATE"] || 0)
/** Without nodes, drivers stay pending, and an application is done when it is SUBMITTED. */
const submissionOnly = process.env["UNTIL"] === "submitted"
const doneState = submissionOnly ? "SUBMITTED" : "COMPLETED"

const application = (name: string) => ({ metadata: { name }, spec: sparkPi(5) }) as unknown as SparkApplication

/** Seconds without a single application that completes, after which something must be wrong. */
const patience = 120

class Stuck extends Data.TaggedError("Stuck")<{ readonly message: string }> {}

const program = Effect.gen(function* () {
  const kube = yield* Kube
  const before = { cpu: processes.map(({ pid }) => cpuSeconds(pid)), requests: yield* requests }
  const times = yield* playDrivers
  const asked = new Map<string, number>()
  const done = new Map<string, number>()
  const failed = new Set<string>()
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(kube, sparkApplications, {}).events, (event) =>
      Effect.gen(function* () {
        if (event._tag !== "Applied") return
        const { name } = event.object.metadata
        const state = event.object.status?.applicationState.state
        if (state === "FAILED") failed.add(name)
        if (state === doneState && !done.has(name)) done.set(name, yield* Clock.currentTimeMillis)
      }),
    ),
  )
  const start = yield* Clock.currentTimeMillis
  yield* Effect.forkScoped(
    Effect.forEach(
      Array.from({ length: count }, (_, index) => index),
      (index) =>
        Effect.gen(function* () {
          if (ratePerMinute > 0) {
            const dueAt = start + (index / ratePerMinute) * 60_000
            yield* Effect.sleep(Math.max(0, dueAt - (yield* Clock.currentTimeMillis)))
          }
          const name = nameOf(index)
          asked.set(name, yield* Clock.currentTimeMillis)
          yield* kube.create(sparkApplications, namespaceOf(index), application(name))
        }),
      { concurrency, discard: true },
    ),
  )
  let [ended, lastEnd] = [0, start]
  for (let waited = 1; done.size < count; waited++) {
    yield* Effect.sleep("1 second")
    const now = yield* Clock.currentTimeMillis
    if (waited % 15 === 0) {
      yield* Console.error(
        `${asked.size} created, ${times.created.size} submitted, ${done.size} ${doneState} of ${count}`,
      )
    }
    if (done.size > ended) [ended, lastEnd] = [done.size, now]
    if (failed.size > 0) return yield* new Stuck({ message: `failed: ${[...failed].join(" ")}` })
    if (now - lastEnd > patience * 1000) {
      return yield* new Stuck({
        message: `none became ${doneState} within ${patience} s; ${done.size} of ${count} are`,
      })
    }
  }
  const seconds = ((yield* Clock.currentTimeMillis) - start) / 1000
  const between = (from: ReadonlyMap<string, number>, to: ReadonlyMap<string, number>) =>
    [...to].flatMap(([name, at]) => (from.has(name) ? [(at - from.get(name)!) / 1000] : []))
  const measured: Measured = {
    applications: count,
    doneState,
    ratePerMinute,
    seconds,
    creationToDriver: percentiles(between(asked, times.created)),
    ...(submissionOnly
      ? { creationToDone: percentiles(between(asked, done)) }
      : { endToDone: percentiles(between(times.ended, done)) }),
    cpuSeconds: processes.map(({ name, pid }, index) => [name, cpuSeconds(pid) - before.cpu[index]!]),
    peakMebibytes: peakMebibytes(processes[0]!.pid),
    requests: since(before.requests, yield* requests),
  }
  yield* Console.log(JSON.stringify(measured))
})

program.pipe(
  Effect.scoped,
  Effect.provide(KubeHttp.layer({ environment: process.env, concurrency: 128 })),
  NodeRuntime.runMain,
)
