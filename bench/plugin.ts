/**
 * `node bench/plugin.ts`: how long `kubectl firesteel list` takes, as published (`tools/bundle.ts`) and from the sources, against an embedded API server
 * without applications. Twenty runs each, in turns. Prints a table of medians in Markdown (docs/performance.md).
 */

import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Clock, Console, Effect } from "effect"
import { crds } from "../src/api/Crds.ts"
import { createManifest } from "../src/cli/local/LocalManifests.ts"
import * as ApiServer from "../src/local/apiserver/http/ApiServer.ts"
import { percentiles } from "./scale/Table.ts"

const root = join(import.meta.dirname, "..")
const runs = 20

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "firesteel-plugin-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true })),
)

const node = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}) =>
  Effect.promise(() => promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } }))

const program = Effect.gen(function* () {
  const work = yield* directory
  yield* node([join(root, "tools/bundle.ts"), join(work, "dist")])
  const { cluster, kubeconfig } = yield* ApiServer.start({})
  for (const crd of crds) yield* createManifest(cluster, crd)
  const env = { KUBECONFIG: join(work, "kubeconfig") }
  writeFileSync(env.KUBECONFIG, kubeconfig)
  const report = join(work, "cpu.cjs")
  writeFileSync(report, "process.on('exit', () => process.stderr.write(`\\n${process.cpuUsage().user / 1000}`))")

  const ways = [
    {
      name: "the published package",
      main: join(work, "dist/lib/main.js"),
      wall: [] as Array<number>,
      cpu: [] as Array<number>,
    },
    { name: "the sources", main: join(root, "src/main.ts"), wall: [], cpu: [] },
  ]
  for (let run = 0; run < runs; run++) {
    for (const { main, wall, cpu } of ways) {
      const started = yield* Clock.monotonicTimeNanos
      const { stderr } = yield* node(["--require", report, main, "list", "-A"], env)
      wall.push(Number((yield* Clock.monotonicTimeNanos) - started) / 1e6)
      cpu.push(Number(stderr.split("\n").at(-1)))
    }
  }
  yield* Console.log("| `list -A` of | ms | ms of CPU in user mode |\n| --- | ---: | ---: |")
  for (const { name, wall, cpu } of ways) {
    yield* Console.log(`| ${name} | ${percentiles(wall)[0].toFixed(0)} | ${percentiles(cpu)[0].toFixed(0)} |`)
  }
})

program.pipe(Effect.scoped, NodeRuntime.runMain)
