/**
 * `node bench/start.ts [TREE…]`: what the start of an operator costs, in CPU time and memory of its process. A TREE is a checkout, or the
 * files of the image as `.ci/image-tree` makes them; default: this checkout. Each run starts an operator that connects over HTTP to an
 * embedded API server without objects; CPU time is read when `/readyz` succeeds, memory five seconds later. There are eleven rounds, in
 * each of which every tree has its turn, so that other work on the machine affects all alike. Prints a table of medians in Markdown
 * (docs/performance.md). Linux only.
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

const given = process.argv.slice(2)
const trees = (given.length === 0 ? [join(import.meta.dirname, "..")] : given).map((tree) => resolve(tree))
const rounds = 11

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
const measure = async (tree: string, kubeconfig: string): Promise<ReadonlyArray<number>> => {
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
  const measured = trees.map((tree) => ({ tree, rows: [] as Array<ReadonlyArray<number>> }))
  for (let round = 0; round < rounds; round++) {
    for (const { tree, rows } of measured) rows.push(yield* Effect.promise(() => measure(tree, kubeconfig)))
  }
  yield* Console.log(
    "| tree | s until ready | CPU s until ready | resident MiB | peak MiB |\n| --- | ---: | ---: | ---: | ---: |",
  )
  for (const { tree, rows } of measured) {
    const cells = [1, 2, 0, 0].map((digits, column) => median(rows.map((row) => row[column] ?? 0)).toFixed(digits))
    yield* Console.log(`| ${tree} | ${cells.join(" | ")} |`)
  }
})

NodeRuntime.runMain(Effect.scoped(program).pipe(Effect.provide(NodeServices.layer)))
