/** The commands of the plugin, as it is published and as processes, on real drivers: runs and their results, logs, the Spark UI and a Connect server over port-forwards. */

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { resource } from "../../../src/kube/Resource.ts"
import * as PluginProcess from "../../support/PluginProcess.ts"
import { python, sparkPi } from "../support/Applications.ts"
import { startNotebook } from "../support/ConnectClient.ts"
import { connectsOf } from "../support/Connects.ts"
import { newest, unreachableRegistry } from "../support/Environment.ts"
import { schedulesOf } from "../support/Schedules.ts"
import { ClusterLayer, eventually, makeWorld, type World } from "../support/World.ts"

const quotas = resource("", "v1", "resourcequotas", "ResourceQuota")

/** The program. */
class Plugin extends Context.Service<Plugin, PluginProcess.ProcessOptions>()("test/Plugin") {}

const pluginLayer = Layer.effect(
  Plugin,
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "firesteel-"))),
      (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true })),
    ),
    (directory) => ({ program: PluginProcess.bundle(directory) }),
  ),
)

/** The program in the namespace of the test. */
const pluginOf = Effect.fnUntraced(function* ({ namespace }: World) {
  const options = yield* Plugin
  const line = (args: ReadonlyArray<string>) => {
    const [verb = "", ...rest] = args
    return [verb, "-n", namespace, ...rest]
  }
  const run = (...args: ReadonlyArray<string>) => PluginProcess.run(line(args), options)
  return {
    run,
    start: (...args: ReadonlyArray<string>) => PluginProcess.start(line(args), options),
    /** `run -f -` with this manifest. */
    runOf: (application: SparkApplication, ...flags: ReadonlyArray<string>) =>
      PluginProcess.start(line(["run", "-f", "-", ...flags]), { ...options, input: JSON.stringify(application) }),
    /** Standard output of a command that must succeed. */
    ok: Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
      const { code, out, err } = yield* run(...args)
      assert.strictEqual(code, 0, `${args.join(" ")}: ${err}`)
      return out
    }),
    /** Until a command prints what matches. */
    eventually: (pattern: RegExp, ...args: ReadonlyArray<string>) =>
      eventually(
        Effect.map(run(...args), ({ out }) => (pattern.test(out) ? out : undefined)),
        30,
        Effect.map(run(...args), ({ out, err }) => `${args.join(" ")} does not match ${pattern}: ${out}${err}`),
      ),
  }
})

const get = (url: string) =>
  Effect.promise(async () => {
    const response = await fetch(url)
    return { status: response.status, text: await response.text() }
  })

/** The Spark UI at this address: its page of executors, what that page loads, and the REST API behind it. */
const showsSparkUi = Effect.fnUntraced(function* (url: string) {
  const page = yield* get(`${url}/executors/`)
  assert.strictEqual(page.status, 200)
  assert.include(page.text, "<title>")
  const scripts = [...page.text.matchAll(/src="(\/static\/[^"]+)"/g)].map(([, path]) => path!)
  assert.isAbove(scripts.length, 5)
  // At once, as a browser: each connection is a forward of its own.
  const replies = yield* Effect.forEach(scripts, (path) => get(url + path), { concurrency: 6 })
  for (const { status, text } of replies) {
    assert.strictEqual(status, 200)
    assert.isAbove(text.length, 100)
  }
  const [application] = JSON.parse((yield* get(`${url}/api/v1/applications`)).text)
  const executors = JSON.parse((yield* get(`${url}/api/v1/applications/${application.id}/executors`)).text)
  assert.includeMembers(
    executors.map(({ id }: { readonly id: string }) => id),
    ["driver", "1"],
  )
})

layer(Layer.merge(ClusterLayer, pluginLayer), { excludeTestServices: true })("the plugin on a real cluster", (it) => {
  describe.concurrent("", () => {
    it.effect("runs an application, with its logs and its Spark UI while it runs, and its result as exit code", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("plugin")
        const plugin = yield* pluginOf(world)
        const pi = yield* plugin.runOf(python("pi", ["work"]), "--logs")
        yield* pi.until(/^sparkapplication\.sparkoperator\.k8s\.io\/pi created$/m)
        yield* pi.until(/\/pi +RUNNING +attempt 1 +executors 1\/1/m)

        const followed = yield* plugin.start("logs", "pi", "-f", "--tail", "1")
        yield* followed.until(/\n/)
        const task = /^\d{4}-\S+Z .*Running task 0\.0 in stage/m
        const executor = yield* plugin.eventually(task, "logs", "pi", "--executor", "1", "--timestamps")
        assert.notInclude(executor, "SparkContext: Running Spark version")
        assert.include(yield* plugin.ok("logs", "app/pi", "--attempt", "1"), "SparkContext: Running Spark version")
        assert.strictEqual((yield* plugin.ok("logs", "pi", "--tail", "2")).split("\n").length, 3)
        const none = yield* plugin.run("logs", "pi", "--attempt", "4")
        assert.deepStrictEqual([none.code, none.err], [2, "--attempt: pi has no attempt 4; the status has 1\n"])

        const ui = yield* plugin.start("ui", "pi", "--port", "0")
        const [, url = ""] = yield* ui.until(/^(http:\/\/localhost:\d+)$/m)
        yield* showsSparkUi(url)
        yield* ui.interrupt
        assert.strictEqual((yield* ui.ended).code, 0)

        assert.match(yield* plugin.ok("list"), /^pi +RUNNING +1 +1\/1 /m)
        assert.match(yield* plugin.ok("status", "pi"), /^Executors: +1 running$/m)
        assert.match(yield* plugin.ok("explain", "pi"), /^It is RUNNING for \S+; nothing keeps it from running\.$/m)

        yield* world.finish("pi")
        const ended = yield* pi.ended
        assert.strictEqual(ended.code, 0)
        assert.match(ended.err, /\/pi +COMPLETED .*\npi completed after \d+ s$/m)
        assert.include(ended.out, "SparkContext: Running Spark version")
        assert.include(ended.out, "SparkContext: Successfully stopped SparkContext")
        const { code, out } = yield* followed.ended
        assert.strictEqual(code, 0)
        assert.include(out, "SparkContext: Successfully stopped SparkContext")
        assert.match(yield* plugin.run("ui", "pi").pipe(Effect.map(({ err }) => err)), /^pi does not run \(COMPLETED\)/)
        assert.match(yield* plugin.ok("cost"), /^pi +0\.\d\d /m)
        const report = yield* plugin.ok("report", "pi", "--tail", "5")
        assert.match(report, /^logs:\n {2}pi-driver\/spark-kubernetes-driver: /m)
      }),
    )

    it.effect("says that a run has failed and why, and runs it again", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("plugin-fails")
        const plugin = yield* pluginOf(world)
        const fails = yield* Effect.flatMap(plugin.runOf(python("fails", ["raise"]), "--wait"), ({ ended }) => ended)
        assert.strictEqual(fails.code, 1, fails.err)
        assert.match(fails.err, /\/fails +FAILED .*\nfails failed after \d+ s$/m)
        assert.include(yield* plugin.ok("logs", "fails"), "ValueError: the user's code failed")
        const why = yield* plugin.ok("explain", "fails")
        assert.match(why, /^It has failed, and is not tried again\.\n {4}attempt 1: .*\(exit code 1\)$/m)
        assert.match(why, /^ {2}→ The program ended with an error\. .* logs fails -n plugin-fails-\w+$/m)
        const again = yield* plugin.start("rerun", "fails", "--wait")
        yield* again.until(/\/fails +\S+ +attempt 2/m)
        yield* again.interrupt
        const { code, out, err } = yield* again.ended
        assert.deepStrictEqual([code, out], [130, "sparkapplication.sparkoperator.k8s.io/fails runs again\n"])
        assert.match(err, /^The run continues: firesteel status fails -n plugin-fails-\w+$/m)
      }),
    )

    it.effect("creates the application that equals a command line of spark-submit, and waits for its end", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("plugin-submit")
        const plugin = yield* pluginOf(world)
        const { image, version } = newest
        const { mainClass, mainApplicationFile, driver } = sparkPi("pi").spec
        const conf = {
          "spark.kubernetes.container.image": image,
          "spark.kubernetes.authenticate.driver.serviceAccountName": "spark",
          "spark.kubernetes.driver.request.cores": "100m",
          "spark.kubernetes.executor.request.cores": "100m",
          "spark.kubernetes.driverEnv.JDK_JAVA_OPTIONS": driver.env![0]!.value!,
          "spark.executorEnv.JDK_JAVA_OPTIONS": driver.env![0]!.value!,
        }
        const flags = {
          "--master": "k8s://https://example.com",
          "--deploy-mode": "cluster",
          "--name": "from-script",
          "--class": mainClass!,
          "--num-executors": "1",
          "--driver-memory": "512m",
          "--executor-memory": "512m",
        }
        const line = [
          "/opt/spark/bin/spark-submit",
          ...Object.entries(flags).flat(),
          ...Object.entries(conf).flatMap(([key, value]) => ["--conf", `${key}=${value}`]),
          mainApplicationFile!,
          "2",
        ]
        const submit = plugin.run("submit", "--apply", "--logs", "--spark-version", version, "--", ...line)
        const { code, out, err } = yield* submit
        assert.strictEqual(code, 0, err)
        assert.match(out, /^sparkapplication\.sparkoperator\.k8s\.io\/from-script created\n/)
        assert.match(out, /^Pi is roughly 3\.1/m)
        assert.strictEqual((yield* world.pods("spark-role=driver")).length, 1)
      }),
    )

    it.effect("explains what a real scheduler, kubelet and quota report, and suspends and resumes", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("plugin-waits")
        const plugin = yield* pluginOf(world)
        yield* world.apply(python("image", ["hold", "1", "1"], { image: `${unreachableRegistry}/spark:1` }))
        yield* world.apply(python("large", ["hold", "1", "1"], { driver: { coreRequest: "999" } }))
        const large = yield* plugin.eventually(/^It waits, since/m, "explain", "large")
        assert.match(large, /^It waits, since \S+: .*Unschedulable.*Insufficient cpu/m)
        assert.match(large, /^ {2}→ The message says what the nodes lack\./m)
        assert.match(large, /^ {4}\S+ ago, pod\/large-driver: FailedScheduling: /m)
        const image = yield* plugin.eventually(
          /^It waits, since \S+: \w*(ErrImagePull|ImagePullBackOff)/m,
          "explain",
          "image",
        )
        assert.include(image, `${unreachableRegistry}/spark:1`)
        assert.match(image, /^ {2}→ Check the name and the tag of spec\.image/m)

        const quota = { metadata: { name: "two-pods" }, spec: { hard: { pods: "2" } } }
        yield* Effect.orDie(world.kube.create(quotas, world.namespace, quota))
        yield* eventually(
          Effect.map(Effect.orDie(world.kube.get(quotas, world.namespace, "two-pods")), (it) =>
            "used" in ((it as { readonly status?: object }).status ?? {}) ? true : undefined,
          ),
          20,
          Effect.succeed("the quota is not counted"),
        )
        const retries = {
          type: "OnFailure",
          onSubmissionFailureRetries: 9,
          onSubmissionFailureRetryInterval: 60,
        } as const
        yield* world.apply(python("third", ["hold", "1", "1"], { restartPolicy: retries }))
        const third = yield* plugin.eventually(/^It is tried again at/m, "explain", "third")
        assert.match(third, /^ {4}attempt 1: .*exceeded quota: two-pods/m)
        assert.match(third, /^A quota of the namespace plugin-waits-\w+ is used up\.$/m)
        assert.match(third, /^ {4}two-pods: pods: 2 of 2 used$/m)
        assert.match(third, /kubectl describe resourcequota -n plugin-waits-/)

        const suspended = yield* plugin.ok("suspend", "image", "large", "third")
        assert.strictEqual(suspended.match(/^sparkapplication\.sparkoperator\.k8s\.io\/\w+ suspended$/gm)?.length, 3)
        yield* world.untilState("third", "SUSPENDED", 30)
        assert.match(yield* plugin.ok("explain", "third"), /^It is suspended \(spec\.suspend is true\)\.$/m)

        // Now there is room for the driver, and none for its executor: only Spark's log and the quota say so.
        const one = { type: "merge", body: { spec: { hard: { pods: "1" } } } } as const
        yield* Effect.orDie(world.kube.patch(quotas, world.namespace, "two-pods", one))
        yield* Effect.forEach(["image", "large"], (name) => world.untilState(name, "SUSPENDED", 30))
        yield* plugin.ok("resume", "third")
        yield* world.untilState("third", "RUNNING")
        yield* plugin.eventually(
          /^A quota of the namespace .* used up\.\n {4}two-pods: pods: 1 of 1 used$/m,
          "explain",
          "third",
        )
      }),
    )

    it.effect("triggers a schedule, and says when it runs next", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("plugin-schedule")
        const plugin = yield* pluginOf(world)
        const schedules = yield* schedulesOf(world)
        yield* schedules.apply("nightly", python("run", ["hold", "1", "1"], { driver: { coreRequest: "999" } }), {
          schedule: "0 3 * * *",
          timeZone: "Europe/Berlin",
          suspend: true,
        })
        const times = JSON.parse(yield* plugin.ok("next", "nightly", "--count", "2", "-o", "json"))
        assert.match(times[1].localTime, /T03:00:00\+0[12]:00$/)
        assert.match(
          yield* plugin.ok("trigger", "nightly"),
          /^sparkapplication\.sparkoperator\.k8s\.io\/nightly-\S+ started$/m,
        )
        assert.match(yield* plugin.ok("list", "schedules", "-o", "wide"), /^nightly .*Europe\/Berlin/m)
        assert.match(
          yield* plugin.ok("explain", "schedule/nightly"),
          /^No runs are started, since \S+: Suspended: spec\.suspend is true.*\n {2}→ Resume it: /m,
        )
        yield* schedules.remove("nightly")
      }),
    )

    it.effect("forwards a port to a Connect server, and prints its token", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("plugin-connect")
        const plugin = yield* pluginOf(world)
        const connects = connectsOf(world)
        yield* connects.apply("notebooks", { auth: { mode: "Token" } })
        const [connect, notebook] = yield* Effect.all(
          [plugin.start("connect", "notebooks", "--port", "0"), startNotebook],
          {
            concurrency: 2,
          },
        )
        const [url] = yield* connect.until(/^sc:\/\/localhost:\d+\/;token=\S+$/m)
        assert.include(connect.printed.err, "Waiting until notebooks is ready.\n")
        assert.strictEqual(yield* notebook.open("mine", url), newest.version)
        assert.strictEqual(yield* notebook.count("mine", 100), 100)
        const refused = yield* Effect.flip(notebook.open("other", url.replace(/token=.*/, "token=wrong")))
        assert.include(refused.message, "UNAUTHENTICATED")

        const ui = yield* plugin.start("ui", "connect/notebooks", "--port", "0")
        const [address] = yield* ui.until(/^http:\/\/localhost:\d+$/m)
        yield* showsSparkUi(address)
        assert.include(yield* plugin.ok("logs", "connect/notebooks"), "SparkContext: Running Spark version")
        assert.include(yield* plugin.ok("logs", "connect/notebooks", "--executor", "1"), "Executor")
        assert.match(yield* plugin.ok("list", "connects"), /^notebooks +Ready /m)
        assert.match(yield* plugin.ok("status", "connect/notebooks"), /^From \S.*sc:\/\//m)
        const ways = yield* plugin.ok("connect", "notebooks", "--print")
        assert.include(ways, "<token>")
        assert.notInclude(ways, /token=(\S+)/.exec(url)![1]!)
        yield* connect.interrupt
        assert.strictEqual((yield* connect.ended).code, 0)
        assert.deepStrictEqual(connect.printed.err.split("\n").slice(1), ["Forwarding until Ctrl-C.", ""])
      }),
    )
  })
})
