/**
 * `node bench/schedules/schedules.ts SCHEDULES suspended|submitted NAME=PID…`: creates this many schedules in the cluster of $KUBECONFIG, all
 * for the same minute, waits until each has its run and its status says so, and prints the measurements as one line of JSON (`Table.ts`).
 * Started by `bench/schedules/run`.
 */

import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Clock, Console, Data, Effect, Stream } from "effect"
import { scheduledSparkApplications, sparkApplications } from "../../src/api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../src/api/schedule/ScheduledSparkApplication.ts"
import { Kube, type KubeApi } from "../../src/kube/Kube.ts"
import * as KubeHttp from "../../src/kube/KubeHttp.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import type { KubeObject, Resource } from "../../src/kube/Resource.ts"
import { cpuSeconds, peakMebibytes, residentMebibytes } from "../scale/Processes.ts"
import { requests, since } from "../scale/Requests.ts"
import { percentiles } from "../scale/Table.ts"
import { sparkPi } from "../SparkPi.ts"
import type { Measured } from "./Table.ts"

const [countText, mode, ...rest] = process.argv.slice(2)
const count = Number(countText)
const runs = mode === "submitted" ? "submitted" : "suspended"
const processes = rest.map((argument) => {
  const [name = "", pid] = argument.split("=")
  return { name, pid: Number(pid) }
})

/** Created by `run`. */
const namespaceOf = (index: number) => `team-${index % 50}`
/** Creations at the same time. */
const concurrency = 16
const minute = 60_000
/** Seconds without another run, after which something must be wrong. */
const patience = 120

class Stuck extends Data.TaggedError("Stuck")<{ readonly message: string }> {}

const scheduleFor = (name: string, due: number) => {
  const time = new Date(due)
  return {
    metadata: { name },
    spec: {
      schedule: `${time.getUTCMinutes()} ${time.getUTCHours()} ${time.getUTCDate()} ${time.getUTCMonth() + 1} *`,
      timeZone: "UTC",
      template: {
        suspend: runs === "suspended",
        ...sparkPi(5),
      },
    },
  } as unknown as ScheduledSparkApplication
}

/** Tells of every version of the objects of all namespaces, with the time at which it was seen, until the scope ends. */
const follow = <A extends KubeObject>(kube: KubeApi, resource: Resource<A>, see: (object: A, now: number) => void) =>
  Effect.forkScoped(
    Stream.runForEach(reflect(kube, resource, {}).events, (event) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        if (event._tag === "Listed") event.objects.forEach((object) => see(object, now))
        if (event._tag === "Applied") see(event.object, now)
      }),
    ),
  )

/** Waits until it holds; says what is there every quarter of a minute. */
const until = Effect.fnUntraced(function* (what: string, seen: () => number) {
  let [before, since] = [0, yield* Clock.currentTimeMillis]
  for (let waited = 1; seen() < count; waited++) {
    yield* Effect.sleep(250)
    const now = yield* Clock.currentTimeMillis
    if (seen() > before) [before, since] = [seen(), now]
    if (waited % 60 === 0) yield* Console.error(`${seen()} of ${count} ${what}`)
    if (now - since > patience * 1000) return yield* new Stuck({ message: `only ${seen()} of ${count} ${what}` })
  }
})

const program = Effect.gen(function* () {
  const kube = yield* Kube
  const started = yield* Clock.currentTimeMillis
  // Enough for the creations, for their statuses, and for a minute in which nothing happens.
  const due = Math.ceil((started + 2 * minute + count * 100) / minute) * minute
  const planned = new Set<string>()
  const told = new Map<string, number>()
  const created = new Map<string, number>()
  yield* follow(kube, scheduledSparkApplications, ({ metadata, status }, now) => {
    if (status?.nextRun) planned.add(metadata.name)
    if (status?.lastRunName && !told.has(metadata.name)) told.set(metadata.name, now)
  })
  yield* follow(kube, sparkApplications, ({ metadata }, now) => {
    if (!created.has(metadata.name)) created.set(metadata.name, now)
  })
  yield* Effect.forEach(
    Array.from({ length: count }, (_, index) => index),
    (index) => kube.create(scheduledSparkApplications, namespaceOf(index), scheduleFor(`schedule-${index}`, due)),
    { concurrency, discard: true },
  )
  yield* until("schedules are planned", () => planned.size)
  const operator = processes[0]!.pid
  const idleFrom = yield* Clock.currentTimeMillis
  if (idleFrom > due - minute / 2) return yield* new Stuck({ message: "the schedules were not ready in time" })
  const idleCpu = cpuSeconds(operator)
  yield* Effect.sleep(due - 1000 - idleFrom)
  const idle = ((cpuSeconds(operator) - idleCpu) / (due - 1000 - idleFrom)) * minute
  const before = { cpu: processes.map(({ pid }) => cpuSeconds(pid)), requests: yield* requests }
  const resident = residentMebibytes(operator)
  yield* Effect.sleep(1000)

  yield* until("runs exist", () => created.size)
  yield* until("statuses name their runs", () => told.size)
  const cpu = processes.map(({ name, pid }, index) => [name, cpuSeconds(pid) - before.cpu[index]!] as const)
  const asked = since(before.requests, yield* requests)
  yield* Effect.sleep("10 seconds")
  if (created.size !== count) return yield* new Stuck({ message: `${created.size} runs of ${count} schedules` })
  const seconds = (times: ReadonlyMap<string, number>) => [...times.values()].map((time) => (time - due) / 1000)
  const measured: Measured = {
    schedules: count,
    runs,
    idle,
    delay: percentiles(seconds(created)),
    lastRun: Math.max(...seconds(created)),
    lastStatus: Math.max(...seconds(told)),
    cpuSeconds: cpu,
    residentMebibytes: resident,
    peakMebibytes: peakMebibytes(operator),
    requests: asked,
  }
  yield* Console.log(JSON.stringify(measured))
})

program.pipe(
  Effect.scoped,
  Effect.provide(KubeHttp.layer({ environment: process.env, concurrency: 128 })),
  NodeRuntime.runMain,
)
