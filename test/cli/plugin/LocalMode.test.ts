/** Every command of the plugin, as it is published and as a process, against local mode, which is a process as well. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { parse, stringify } from "yaml"
import { sparkPi } from "../../support/OperatorBench.ts"
import * as PluginProcess from "../../support/PluginProcess.ts"

const apiVersion = "sparkoperator.k8s.io/v1beta2"

/** What local mode starts with. */
const objects = [
  sparkPi("ends", { "log-lines": "Pi is roughly 3.14", "run-seconds": "1" }),
  sparkPi("runs", { "log-lines": "at work", "run-seconds": "1000" }),
  sparkPi("waits", { unschedulable: "0/3 nodes are available: 3 Insufficient memory." }),
  {
    apiVersion,
    kind: "ScheduledSparkApplication",
    metadata: { name: "nightly" },
    spec: {
      schedule: "0 3 * * *",
      timeZone: "Europe/Berlin",
      template: sparkPi("run", { "run-seconds": "1" }).spec,
    },
  },
  {
    apiVersion: "sparkoperator.k8s.io/v1alpha1",
    kind: "SparkConnect",
    metadata: { name: "notebooks" },
    spec: { sparkVersion: "4.0.1", image: "spark:4.0.1", server: {}, executor: { instances: 1 } },
  },
]

/** Local mode with these objects, until the test ends. */
class Local extends Context.Service<
  Local,
  { readonly kubeconfig: string; readonly directory: string; readonly options: PluginProcess.ProcessOptions }
>()("test/Local") {}

const localLayer = Layer.effect(
  Local,
  Effect.gen(function* () {
    const directory = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "firesteel-local-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true })),
    )
    mkdirSync(join(directory, "objects"))
    writeFileSync(join(directory, "objects/all.yaml"), objects.map((object) => stringify(object)).join("---\n"))
    const addresses = ["metrics", "health-probe", "console"].map((name) => `--${name}-bind-address=127.0.0.1:0`)
    const program = PluginProcess.bundle(join(directory, "dist"))
    const local = yield* PluginProcess.start(["local", "--api-port=0", "--examples=objects", ...addresses], {
      cwd: directory,
      program,
    })
    yield* local.until(/^runs +RUNNING/m)
    yield* local.until(/^ends +COMPLETED/m)
    yield* local.until(/^notebooks +Ready/m)
    const kubeconfig = join(directory, ".firesteel/kubeconfig")
    return { directory, kubeconfig, options: { cwd: directory, program, env: { KUBECONFIG: kubeconfig } } }
  }),
)

const firesteel = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(Local, ({ options }) => PluginProcess.run(args, options))

const ok = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
  const { code, out, err } = yield* firesteel(...args)
  assert.strictEqual(code, 0, `${args.join(" ")}: ${err}`)
  return out
})

const full = (kind: string, name: string) => `${kind}.sparkoperator.k8s.io/${name}`

layer(localLayer, { excludeTestServices: true, timeout: 60_000 })("the plugin on local mode", (it) => {
  describe.concurrent("", { timeout: 60_000 }, () => {
    it.effect("lists, with the output formats of kubectl, in the namespace and the context that are given", () =>
      Effect.gen(function* () {
        const { kubeconfig } = yield* Local
        const table = yield* ok("list")
        assert.match(table, /^NAME +STATE +ATTEMPT +EXECUTORS +PROGRESS +AGE +REASON$/m)
        assert.match(table, /^waits +SUBMITTED .*Unschedulable: 0\/3 nodes/m)
        assert.match(
          yield* ok("list", "-A", "-o", "wide"),
          /^NAMESPACE +NAME .*DRIVER .*\ndefault +ends +COMPLETED .*ends-driver/m,
        )
        const names = (yield* ok("list", "-o", "name")).trim().split("\n")
        assert.includeMembers(
          names,
          ["ends", "runs", "waits"].map((name) => full("sparkapplication", name)),
        )
        assert.strictEqual(
          (yield* firesteel("list", "-n", "elsewhere")).err,
          "No applications found in namespace elsewhere.\n",
        )
        const context = parse(readFileSync(kubeconfig, "utf8"))["current-context"]
        const flags = ["--kubeconfig", kubeconfig, "--context", context]
        const { kind, items } = JSON.parse(yield* ok("list", "connects", "-o", "json", ...flags))
        assert.deepStrictEqual([kind, items[0].metadata.name], ["List", "notebooks"])
        const missing = yield* firesteel("list", "--context", "nowhere")
        assert.strictEqual(missing.code, 1)
        assert.include(missing.err, "nowhere")
        const wrong = yield* firesteel("list", "-o", "xml")
        assert.strictEqual(wrong.code, 2)
      }),
    )

    it.effect("shows one object in detail, and explains why it does not run", () =>
      Effect.gen(function* () {
        assert.match(yield* ok("status", "runs"), /^State: +RUNNING for /m)
        const object = parse(yield* ok("status", "schedule/nightly", "-o", "yaml"))
        assert.deepStrictEqual([object.kind, object.metadata.name], ["ScheduledSparkApplication", "nightly"])
        assert.match(yield* ok("explain", "waits"), /^It waits, since \S+: Unschedulable: 0\/3 nodes.*\n {2}→ /m)
        assert.match(yield* ok("explain", "connect/notebooks"), /\S/)
      }),
    )

    it.effect("prints logs, opens the Spark UI of a run, and says what nothing listens for", () =>
      Effect.gen(function* () {
        assert.include(yield* ok("logs", "ends"), "Pi is roughly 3.14\n")
        yield* ok("logs", "runs", "--executor", "1", "--tail", "5")
        const { options } = yield* Local
        const ui = yield* PluginProcess.start(["ui", "runs", "--port", "0"], options)
        const [url] = yield* ui.until(/^http:\/\/localhost:\d+$/m)
        const page = yield* Effect.promise(async () => (await fetch(url)).text())
        assert.match(page, /<title>.*Spark/i)
        yield* ui.interrupt
        assert.strictEqual((yield* ui.ended).code, 0)

        assert.match(yield* ok("connect", "notebooks", "--print"), /sc:\/\//)
        const connect = yield* PluginProcess.start(["connect", "notebooks", "--port", "0"], options)
        const [, port] = yield* connect.until(/^sc:\/\/localhost:(\d+)$/m)
        yield* Effect.promise(() => fetch(`http://localhost:${port}`).catch(() => undefined))
        yield* connect.until(/^error forwarding port 15002 to pod notebooks-server: connection refused$/m)
      }),
    )

    it.effect(
      "runs a manifest, follows it and runs it again; Ctrl-C ends the command with 130, and the run continues",
      () =>
        Effect.gen(function* () {
          const { options } = yield* Local
          const input = stringify(sparkPi("quick", { "run-seconds": "0.5", "log-lines": "done quickly" }))
          const quick = yield* PluginProcess.run(["run", "-f", "-", "--logs"], { ...options, input })
          assert.strictEqual(quick.code, 0, quick.err)
          assert.include(quick.out, "done quickly\n")
          assert.match(quick.err, /^quick +COMPLETED .*\nquick completed after \d+ s$/m)
          assert.strictEqual(yield* ok("rerun", "quick", "--wait"), `${full("sparkapplication", "quick")} runs again\n`)
          assert.match(yield* ok("status", "quick"), /^2 +Succeeded/m)

          const long = yield* PluginProcess.start(["run", "-f", "-", "--wait"], {
            ...options,
            input: stringify(sparkPi("long", { "run-seconds": "1000" })),
          })
          yield* long.until(/^long +RUNNING/m)
          yield* long.interrupt
          const { code, err } = yield* long.ended
          assert.strictEqual(code, 130)
          assert.match(err, /\nThe run continues: firesteel status long -n default\n$/)
          assert.match(yield* ok("list"), /^long +RUNNING/m)
        }),
    )

    it.effect("suspends, resumes and triggers a schedule, and says when it runs next", () =>
      Effect.gen(function* () {
        assert.strictEqual(
          yield* ok("suspend", "schedule/nightly"),
          `${full("scheduledsparkapplication", "nightly")} suspended\n`,
        )
        assert.match(yield* ok("list", "schedules"), /^nightly +Suspended/im)
        assert.strictEqual(
          yield* ok("resume", "schedule/nightly"),
          `${full("scheduledsparkapplication", "nightly")} resumed\n`,
        )
        assert.match(
          yield* ok("trigger", "nightly"),
          /^sparkapplication\.sparkoperator\.k8s\.io\/nightly-\S+ started\n$/,
        )
        const [time] = JSON.parse(yield* ok("next", "nightly", "--count", "1", "-o", "json"))
        assert.match(time.localTime, /T03:00:00\+0[12]:00$/)
      }),
    )

    it.effect("makes an application of a command line of spark-submit, sums up costs and writes a report", () =>
      Effect.gen(function* () {
        const { directory } = yield* Local
        const line = [
          "--class",
          "org.example.Job",
          "--conf",
          "spark.kubernetes.container.image=spark:4.0.1",
          "local:///job.jar",
        ]
        assert.strictEqual(
          yield* ok("submit", "--apply", "--", ...line),
          `${full("sparkapplication", "job")} created\n`,
        )
        const [row] = JSON.parse(yield* ok("cost", "ends", "-o", "json"))
        assert.deepStrictEqual([row.of, row.applications], ["ends", 1])
        assert.isAbove(row.usage.cpuCoreSeconds, 0)
        yield* ok("report", "ends", "-f", "report.yaml")
        const report = parse(readFileSync(join(directory, "report.yaml"), "utf8"))
        assert.strictEqual(report.application.metadata.name, "ends")
        assert.include(Object.values(report.logs).join(), "Pi is roughly 3.14")
      }),
    )

    it.effect("renders, checks a migration, and completes without a cluster or with it", () =>
      Effect.gen(function* () {
        const { directory } = yield* Local
        writeFileSync(join(directory, "app.yaml"), stringify(sparkPi("app")))
        assert.include(yield* ok("render", "-f", "app.yaml"), "name: app-driver\n")
        assert.match(yield* ok("migrate", "check", "-f", "app.yaml"), /\S/)
        assert.match(yield* ok("completion", "bash"), /^complete -F _firesteel firesteel$/m)
        assert.strictEqual(yield* ok("__complete", "status", "schedule/n"), "schedule/nightly\n:4\n")
      }),
    )
  })
})
