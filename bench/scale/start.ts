/**
 * `node bench/scale/start.ts APPLICATIONS CHECKOUT…`: ensures that this many applications run in the cluster of $KUBECONFIG, then starts the
 * operator of each checkout $RUNS times in turns, and prints what each start took as one line of JSON (`StartTable.ts`). Started by
 * `bench/scale/start`.
 */

import { readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Clock, Console, Data, Effect } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { Kube } from "../../src/kube/Kube.ts"
import * as KubeHttp from "../../src/kube/KubeHttp.ts"
import { sample } from "../../test/support/MetricsText.ts"
import * as OperatorProcess from "./OperatorProcess.ts"
import { cpuSeconds, peakMebibytes, residentMebibytes } from "./Processes.ts"
import { requests } from "./Requests.ts"
import { copy, makeOriginal, nameOf, type Original } from "./Seed.ts"
import type { MeasuredStart } from "./StartTable.ts"

const [count = 0, ...checkouts] = process.argv
  .slice(2)
  .map((argument, at) => (at === 0 ? Number(argument) : argument)) as [number, ...ReadonlyArray<string>]
const runs = Number(process.env["RUNS"] ?? 3)
/** With `LATER=60`, memory is read again this many seconds after the queue has settled. */
const laterSeconds = Number(process.env["LATER"] ?? 0)
const log = join(process.env["RUN"] ?? tmpdir(), "operator.log")
const root = join(import.meta.dirname, "../..")

/** The options that the image of a checkout gives Node.js. */
const nodeOptions = (checkout: string): ReadonlyArray<string> => {
  const given = process.env["NODE_FLAGS"]
  if (given !== undefined) return given.split(" ").filter(Boolean)
  const entrypoint = /^ENTRYPOINT (.*)$/m.exec(readFileSync(join(checkout, "Dockerfile"), "utf8"))?.[1] ?? "[]"
  return (JSON.parse(entrypoint) as ReadonlyArray<string>).filter((word) => word.startsWith("--"))
}

/** Applications that are copied at the same time. */
const concurrency = 96

const seed = Effect.gen(function* () {
  const kube = yield* Kube
  const { items } = yield* kube.list(sparkApplications, {})
  const known = new Set(items.map(({ metadata }) => metadata.name))
  const saved = join(process.env["RUN"] ?? tmpdir(), "original.json")
  if (known.size === 0) {
    const original = yield* Effect.scoped(Effect.andThen(OperatorProcess.start({ checkout: root, log }), makeOriginal))
    writeFileSync(saved, JSON.stringify(original))
  }
  const original = JSON.parse(readFileSync(saved, "utf8")) as Original
  const missing = Array.from({ length: count }, (_, index) => index).filter(
    (index) => !known.has(nameOf(index)) && index > 0,
  )
  yield* Effect.forEach(
    missing,
    (index, at) =>
      Effect.andThen(
        copy(original, index),
        at % 1000 === 999 ? Console.error(`${at + 1} of ${missing.length} applications copied`) : Effect.void,
      ),
    { concurrency, discard: true },
  )
})

class Restless extends Data.TaggedError("Restless")<{ readonly message: string }> {}

/** A process that used less CPU time than this, in half a second, has nothing to do. */
const idleSeconds = 0.05

const metrics = Effect.promise(() =>
  fetch(`http://127.0.0.1:${process.env["FIRESTEEL_METRICS_PORT"]}/metrics`).then((answer) => answer.text()),
)

/**
 * When the operator last did something, in epoch milliseconds, its CPU seconds until then, and its memory. Asking it for its metrics all the
 * time would be work that it does not have otherwise; so they are only read when it rests, to see whether it is done.
 */
const awaitSettled = Effect.fnUntraced(function* (pid: number) {
  const now = Effect.map(Clock.currentTimeMillis, (at) => ({ at, cpu: cpuSeconds(pid) }))
  let rested = [yield* now]
  for (let waited = 0; waited < 120 * 20; waited++) {
    yield* Effect.sleep("50 millis")
    rested.push(yield* now)
    while (rested.at(-1)!.cpu - rested[0]!.cpu > idleSeconds) rested.shift()
    const since = rested[0]!
    if (rested.at(-1)!.at - since.at < 500) continue
    const memory = { resident: residentMebibytes(pid), peak: peakMebibytes(pid) }
    const text = yield* metrics
    const done = sample(text, "workqueue_queue_duration_seconds_count") ?? 0
    const depth = sample(text, "workqueue_depth") ?? 0
    if (done >= count && depth === 0) return { ...since, ...memory }
    rested = [yield* now]
  }
  return yield* new Restless({ message: `the work queue did not settle; see ${log}` })
})

const measure = Effect.fnUntraced(function* (checkout: string): Effect.fn.Return<MeasuredStart, Restless, never> {
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const began = yield* Clock.currentTimeMillis
      const pid = yield* OperatorProcess.start({ checkout, log, node: nodeOptions(checkout) })
      while (!(yield* OperatorProcess.isReady)) yield* Effect.sleep("100 millis")
      const ready = ((yield* Clock.currentTimeMillis) - began) / 1000
      const { at, cpu, resident, peak } = yield* awaitSettled(pid)
      const sent = yield* requests
      yield* Effect.sleep(laterSeconds * 1000)
      return {
        checkout,
        applications: count,
        ready,
        settled: (at - began) / 1000,
        cpuSeconds: cpu,
        residentMebibytes: resident,
        peakMebibytes: peak,
        laterMebibytes: laterSeconds === 0 ? undefined : residentMebibytes(pid),
        requests: [...sent].toSorted(([a], [b]) => a.localeCompare(b)),
      }
    }),
  )
})

const program = Effect.gen(function* () {
  yield* seed
  for (let run = 0; run < runs; run++) {
    for (const checkout of checkouts) yield* Console.log(JSON.stringify(yield* measure(checkout)))
  }
})

program.pipe(
  Effect.scoped,
  Effect.provide(KubeHttp.layer({ environment: process.env, concurrency: 256 })),
  NodeRuntime.runMain,
)
