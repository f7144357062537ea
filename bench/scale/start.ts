/**
 * `node bench/scale/start.ts APPLICATIONS CHECKOUT…`: ensures that this many applications run in the cluster of $KUBECONFIG, then starts the
 * operator of each checkout $RUNS times in turns, and prints what each start took as one line of JSON (`StartTable.ts`). Started by
 * `bench/scale/start`.
 */

import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Clock, Console, Effect } from "effect"
import * as KubeHttp from "../../src/kube/KubeHttp.ts"
import * as OperatorProcess from "./OperatorProcess.ts"
import { residentMebibytes } from "./Processes.ts"
import { requests } from "./Requests.ts"
import { seed } from "./Seed.ts"
import { awaitSettled, type Restless } from "./Settled.ts"
import type { MeasuredStart } from "./StartTable.ts"

const [count = 0, ...checkouts] = process.argv
  .slice(2)
  .map((argument, at) => (at === 0 ? Number(argument) : argument)) as [number, ...ReadonlyArray<string>]
const runs = Number(process.env["RUNS"] ?? 3)
/** With `LATER=60`, memory is read again this many seconds after the queue has settled. */
const laterSeconds = Number(process.env["LATER"] ?? 0)

/** The options that the image of a checkout gives Node.js. */
const nodeOptions = (checkout: string): ReadonlyArray<string> => {
  const given = process.env["NODE_FLAGS"]
  if (given !== undefined) return given.split(" ").filter(Boolean)
  const entrypoint = /^ENTRYPOINT (.*)$/m.exec(readFileSync(join(checkout, "Dockerfile"), "utf8"))?.[1] ?? "[]"
  return (JSON.parse(entrypoint) as ReadonlyArray<string>).filter((word) => word.startsWith("--"))
}

const measure = Effect.fnUntraced(function* (checkout: string): Effect.fn.Return<MeasuredStart, Restless, never> {
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const began = yield* Clock.currentTimeMillis
      const pid = yield* OperatorProcess.start({ checkout, node: nodeOptions(checkout) })
      while (!(yield* OperatorProcess.isReady)) yield* Effect.sleep("100 millis")
      const ready = ((yield* Clock.currentTimeMillis) - began) / 1000
      const { at, cpu, resident, peak } = yield* awaitSettled(pid, count)
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
  yield* seed(count)
  for (let run = 0; run < runs; run++) {
    for (const checkout of checkouts) yield* Console.log(JSON.stringify(yield* measure(checkout)))
  }
})

program.pipe(
  Effect.scoped,
  Effect.provide(KubeHttp.layer({ environment: process.env, concurrency: 256 })),
  NodeRuntime.runMain,
)
