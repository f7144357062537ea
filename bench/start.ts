/**
 * `node bench/start.ts [TREE] [RUNS]`: what the start of an operator costs, in CPU time and memory of its process. TREE is a checkout, or
 * the files of the image as `.ci/image-tree` makes them; default: this checkout. Each run starts an operator that connects over HTTP to an
 * embedded API server without objects. CPU time is read when `/readyz` succeeds, memory five seconds later. Prints the medians as a row in
 * Markdown (docs/performance.md). Linux only.
 */

import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, FileSystem } from "effect"
import { startCluster } from "../src/cli/local/EmbeddedCluster.ts"
import { cpuSeconds, peakMebibytes, residentMebibytes } from "./scale/Processes.ts"

const tree = resolve(process.argv[2] ?? join(import.meta.dirname, ".."))
const runs = Number(process.argv[3] ?? 7)

const wait = (millis: number) => new Promise((done) => setTimeout(done, millis))

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === "object" && address !== null ? address.port : 0
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  )

/** Seconds until ready, CPU seconds, resident and peak MiB. */
const measure = async (kubeconfig: string): Promise<ReadonlyArray<number>> => {
  const port = await freePort()
  const flags = [`--kubeconfig=${kubeconfig}`, `--health-probe-bind-address=127.0.0.1:${port}`]
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [join(tree, "src/main.ts"), "operator", ...flags, "--metrics-bind-address=127.0.0.1:0"],
    { stdio: "ignore" },
  )
  const pid = child.pid ?? 0
  while (!(await isReady(port))) await wait(20)
  const seconds = (performance.now() - began) / 1000
  const cpu = cpuSeconds(pid)
  await wait(5000)
  const row = [seconds, cpu, residentMebibytes(pid), peakMebibytes(pid)]
  child.kill("SIGTERM")
  await once(child, "exit")
  return row
}

const median = (numbers: ReadonlyArray<number>): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

const program = Effect.gen(function* () {
  const fileSystem = yield* FileSystem.FileSystem
  const directory = yield* fileSystem.makeTempDirectoryScoped({ directory: tmpdir() })
  const { kubeconfig } = yield* startCluster(0, directory)
  const rows: Array<ReadonlyArray<number>> = []
  for (let run = 0; run < runs; run++) rows.push(yield* Effect.promise(() => measure(kubeconfig)))
  const [seconds = 0, cpu = 0, resident = 0, peak = 0] = [0, 1, 2, 3].map((column) =>
    median(rows.map((row) => row[column] ?? 0)),
  )
  yield* Console.log(
    `| ${tree} | ${cpu.toFixed(2)} | ${seconds.toFixed(1)} | ${resident.toFixed(0)} | ${peak.toFixed(0)} |`,
  )
})

NodeRuntime.runMain(Effect.scoped(program).pipe(Effect.provide(NodeServices.layer)))
