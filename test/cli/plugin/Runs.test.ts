/** Commands that start, stop and wait for runs, against an operator on the embedded cluster. */

import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { stringify } from "yaml"
import { logs } from "../../../src/cli/plugin/inspect/Logs.ts"
import { rerun } from "../../../src/cli/plugin/run/Rerun.ts"
import { run as runVerb } from "../../../src/cli/plugin/run/Run.ts"
import { resume, suspend } from "../../../src/cli/plugin/run/Suspend.ts"
import { makeWorld, pass, sparkPi } from "../../support/OperatorBench.ts"
import { run, start } from "../../support/PluginBench.ts"

const manifest = (...objects: ReadonlyArray<object>): string => {
  const file = join(mkdtempSync(join(tmpdir(), "firesteel-")), "app.yaml")
  writeFileSync(file, objects.map((object) => stringify(object)).join("---\n"))
  return file
}

const started = Effect.gen(function* () {
  const world = yield* makeWorld
  yield* world.startOperator()
  return world
})

describe("run", () => {
  it.effect("waits for the end, prints the driver's log, and its exit code is the result", () =>
    Effect.gen(function* () {
      const world = yield* started
      const good = manifest(sparkPi("good", { "log-lines": "Pi is roughly 3.14" }))
      const ended = yield* run(world, runVerb, "-f", good, "--logs")
      assert.strictEqual(ended.code, 0)
      assert.match(ended.out, /^sparkapplication\.sparkoperator\.k8s\.io\/good created\n/)
      assert.include(ended.out, "Pi is roughly 3.14\n")
      const states = ended.err.split("\n").map((line) => line.split(/ +/)[1])
      assert.includeMembers(states, ["NEW", "SUBMITTED", "RUNNING", "COMPLETED"])
      assert.match(ended.err, /good completed after \d+ s\n$/)

      const bad = yield* run(world, runVerb, "-f", manifest(sparkPi("bad", { "exit-code": "3" })), "--wait")
      assert.strictEqual(bad.code, 1)
      assert.match(bad.err, /bad +FAILED.*\nbad failed after \d+ s\n$/)
    }),
  )

  it.effect("prints the log of each attempt", () =>
    Effect.gen(function* () {
      const world = yield* started
      const spec = { restartPolicy: { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } } as const
      const file = manifest(sparkPi("again", { "exit-code": "1, 0", "log-lines": "here I am" }, spec))
      const { code, out } = yield* run(world, runVerb, "-f", file, "--logs")
      assert.deepStrictEqual([code, out.match(/here I am/g)?.length], [0, 2])
    }),
  )

  it.effect("ends without a result when the time is over, or on Ctrl-C, and the run continues", () =>
    Effect.gen(function* () {
      const world = yield* started
      const file = manifest(sparkPi("long", { "run-seconds": "1000" }))
      const late = yield* run(world, runVerb, "-f", file, "--wait", "--timeout=20s")
      assert.strictEqual(late.code, 1)
      assert.match(late.err, /\nlong has not ended within 20 s\n$/)
      const other = manifest(sparkPi("other", { "run-seconds": "1000" }))
      const { fiber, printed } = yield* start(world, runVerb, "-f", other, "--wait")
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 200)))
      yield* pass(10)
      yield* Fiber.interrupt(fiber)
      assert.match(printed.err, /The run continues: kubectl firesteel status other -n default\n$/)
      assert.strictEqual(yield* world.stateOf("long"), "RUNNING")
      assert.strictEqual(yield* world.stateOf("other"), "RUNNING")
    }),
  )

  it.effect("refuses what it cannot run before anything is created", () =>
    Effect.gen(function* () {
      const world = yield* started
      const mixed = manifest(sparkPi("a"), { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } })
      const refused = yield* run(world, runVerb, "-f", mixed)
      assert.strictEqual(refused.code, 2)
      assert.include(refused.err, "is a ConfigMap; this command runs SparkApplications, create the rest with kubectl")
      assert.deepStrictEqual(yield* world.applications, [])
      assert.strictEqual((yield* run(world, runVerb)).err, "--file: is required: a manifest, or - for standard input\n")
      yield* world.apply(sparkPi("a"))
      const exists = yield* run(world, runVerb, "-f", manifest(sparkPi("a")))
      assert.strictEqual(exists.code, 1)
      assert.include(exists.err, 'run it again with "kubectl firesteel rerun a -n default"')
      const second = yield* run(world, runVerb, "-f", manifest(sparkPi("b"), sparkPi("a")), "--wait")
      assert.deepStrictEqual([second.code, second.out], [1, "sparkapplication.sparkoperator.k8s.io/b created\n"])
    }),
  )
})

describe("rerun", () => {
  it.effect("runs an application that has ended again, and waits for that run, not for the last one", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.apply(sparkPi("pi", { "exit-code": "1, 0" }))
      yield* pass(15)
      assert.strictEqual(yield* world.stateOf("pi"), "FAILED")
      const ended = yield* run(world, rerun, "pi", "--wait")
      assert.deepStrictEqual([ended.code, ended.out], [0, "sparkapplication.sparkoperator.k8s.io/pi runs again\n"])
      assert.strictEqual((yield* world.reported("pi")).status.attempts?.length, 2)
    }),
  )

  it.effect("stops a run that has not ended only if that is asked for", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.apply(sparkPi("pi", { "run-seconds": "1000, 1" }))
      yield* pass(10)
      const refused = yield* run(world, rerun, "pi")
      assert.deepStrictEqual(refused, {
        code: 1,
        out: "",
        err: "pi has not ended (RUNNING): --force stops the run and starts another\n",
      })
      assert.strictEqual((yield* run(world, rerun, "pi", "--force", "--wait")).code, 0)
      const missing = yield* run(world, rerun, "nobody")
      assert.strictEqual(missing.code, 1)
      assert.include(missing.err, '"nobody" not found (namespace default)')
    }),
  )
})

describe("suspend and resume", () => {
  it.effect("stop and start applications", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.apply(sparkPi("pi", { "run-seconds": "1000" }))
      yield* pass(10)
      assert.include((yield* run(world, suspend, "pi")).out, "/pi suspended\n")
      yield* pass(5)
      assert.strictEqual(yield* world.stateOf("pi"), "SUSPENDED")
      assert.include((yield* run(world, suspend, "app/pi")).out, "/pi is suspended already\n")
      assert.include((yield* run(world, rerun, "pi")).err, '"kubectl firesteel resume pi" runs it')
      assert.include((yield* run(world, resume, "pi")).out, "/pi resumed\n")
      yield* pass(10)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      assert.include(
        (yield* run(world, suspend, "pod/pi")).err,
        "pod/pi: is not a type; use application, schedule, connect, history",
      )
    }),
  )
})

describe("logs", () => {
  it.effect("are those of the driver of the newest attempt; followed, they wait for its start", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.apply(sparkPi("pi", { "pull-seconds": "20", "log-lines": "one\ntwo" }))
      yield* pass(2)
      const { out } = yield* run(world, logs, "pi", "-f")
      assert.match(
        out,
        /INFO SparkContext: Running Spark version 4\.0\.4\n(.*\n)*one\ntwo\n(.*\n)*.*Successfully stopped SparkContext\n$/,
      )
      const tail = yield* run(world, logs, "pi", "--tail=1", "--timestamps")
      assert.match(tail.out, /^1970-\d\d-\d\dT\S+ .*Successfully stopped SparkContext\n$/)
    }),
  )

  it.effect("are waited for, with -f, also before the application is started", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.apply({ ...sparkPi("late"), spec: { ...sparkPi("late").spec, suspend: true } })
      yield* pass(5)
      const { fiber, printed } = yield* start(world, logs, "late", "-f")
      yield* pass(5)
      yield* run(world, resume, "late")
      yield* pass(20)
      yield* Fiber.join(fiber)
      assert.include(printed.out, "Successfully stopped SparkContext\n")
    }),
  )

  it.effect("of what does not exist say so", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.apply(sparkPi("pi", { "exit-code": "1", "run-seconds": "1" }))
      yield* pass(15)
      assert.include(
        (yield* run(world, logs, "pi", "--executor", "7")).err,
        "the pod of executor 7 of attempt 1 does not exist, or no longer",
      )
      assert.include((yield* run(world, logs, "pi", "--attempt=4")).err, "pi has no attempt 4; the status has 1")
      yield* world.apply({ ...sparkPi("waits"), spec: { ...sparkPi("waits").spec, suspend: true } })
      const early = yield* run(world, logs, "waits")
      assert.deepStrictEqual([early.code, early.out], [1, ""])
      assert.include(early.err, 'waits has not been started yet; "kubectl firesteel explain waits" says why')
    }),
  )
})
