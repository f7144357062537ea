/**
 * `node bench/scale/watched.ts APPLICATIONS`: ensures that this many applications run in the cluster of $KUBECONFIG, starts an operator with the console,
 * and submits more applications at a steady rate, in turns with and without ten viewers of the console. Prints a table in Markdown. Started by
 * `bench/scale/watched`.
 */

import { join } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Clock, Console, Effect } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { Kube } from "../../src/kube/Kube.ts"
import * as KubeHttp from "../../src/kube/KubeHttp.ts"
import { sparkPi } from "../SparkPi.ts"
import * as OperatorProcess from "./OperatorProcess.ts"
import { cpuSeconds } from "./Processes.ts"
import { reconciles } from "./Requests.ts"
import { seed } from "./Seed.ts"
import { awaitSettled } from "./Settled.ts"
import { watchConsole } from "./Viewers.ts"

const count = Number(process.argv[2])
const rounds = 4
const submissions = 150
const secondsOfRound = 30
/** After a round: until drivers that stay pending are reported as waiting. */
const secondsOfRest = 15

const application = (name: string) => ({ metadata: { name }, spec: sparkPi(1) }) as unknown as SparkApplication

const measure = Effect.fnUntraced(function* (pid: number, round: number, viewers: number) {
  const kube = yield* Kube
  const { answers } = yield* watchConsole(viewers)
  yield* Effect.sleep("2 seconds")
  const before = { ...(yield* reconciles), cpu: cpuSeconds(pid) }
  const start = yield* Clock.currentTimeMillis
  for (let index = 0; index < submissions; index++) {
    const due = start + (index / submissions) * secondsOfRound * 1000
    yield* Effect.sleep(Math.max(0, due - (yield* Clock.currentTimeMillis)))
    yield* kube.create(sparkApplications, `team-${index % 50}`, application(`more-${round}-${viewers}-${index}`))
  }
  yield* Effect.sleep(`${secondsOfRest} seconds`)
  const after = { ...(yield* reconciles), cpu: cpuSeconds(pid) }
  const reconciled = after.count - before.count
  const millis = ((after.seconds - before.seconds) / reconciled) * 1000
  const { count: answered, seconds } = yield* answers
  const cells = [
    viewers,
    reconciled,
    millis.toFixed(2),
    (after.cpu - before.cpu).toFixed(1),
    answered,
    viewers === 0 ? "" : seconds.map((one) => (one * 1000).toFixed(0)).join(" / "),
  ]
  yield* Console.log(`| ${cells.join(" | ")} |`)
}, Effect.scoped)

const program = Effect.gen(function* () {
  yield* seed(count)
  const flags = [`--console-bind-address=127.0.0.1:${process.env["FIRESTEEL_CONSOLE_PORT"]}`]
  const pid = yield* OperatorProcess.start({ checkout: join(import.meta.dirname, "../.."), flags })
  yield* awaitSettled(pid, count)
  yield* Console.log(
    "| viewers | reconciles | ms of a reconcile, mean | CPU s of the operator | answers to viewers | ms until an answer, p50 / p95 / p99 |",
  )
  yield* Console.log("| ---: | ---: | ---: | ---: | ---: | ---: |")
  for (let round = 0; round < rounds; round++) {
    // The one that comes first finds fewer applications.
    for (const viewers of round % 2 === 0 ? [0, 10] : [10, 0]) yield* measure(pid, round, viewers)
  }
})

program.pipe(
  Effect.scoped,
  Effect.provide(KubeHttp.layer({ environment: process.env, concurrency: 256 })),
  NodeRuntime.runMain,
)
