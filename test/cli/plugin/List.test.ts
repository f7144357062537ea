import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { scheduledSparkApplications } from "../../../src/api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../../src/api/schedule/ScheduledSparkApplication.ts"
import { list } from "../../../src/cli/plugin/list/List.ts"
import { makeWorld, pass, sparkPi } from "../../support/OperatorBench.ts"
import { run } from "../../support/PluginBench.ts"

describe("list", () => {
  it.effect("shows applications with their state, in the namespace of the context or in all", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "1000" }))
      yield* world.apply(sparkPi("stuck", { waiting: "ImagePullBackOff" }))
      yield* pass(12)
      const { out, code } = yield* run(world, list)
      const [header = "", ...rows] = out.trimEnd().split("\n")
      assert.deepStrictEqual(header.split(/ {2,}/), [
        "NAME",
        "STATE",
        "ATTEMPT",
        "EXECUTORS",
        "PROGRESS",
        "AGE",
        "REASON",
      ])
      assert.match(rows[0]!, /^pi {2,}RUNNING {2,}1 {2,}2\/2 .*12s$/)
      assert.match(rows[1]!, /^stuck +SUBMITTED +1 .*12s +ImagePullBackOff/)
      assert.strictEqual(code, 0)
      assert.match((yield* run(world, list, "-A")).out, /^NAMESPACE +NAME .*\ndefault +pi /)
      const wide = (yield* run(world, list, "apps", "-o", "wide")).out
      assert.match(wide, /TYPE +VERSION +DRIVER/)
      assert.include(wide, "pi-driver")
    }),
  )

  it.effect("prints objects and names as kubectl does", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.apply(sparkPi("pi"))
      const names = yield* run(world, list, "-o", "name")
      assert.strictEqual(names.out, "sparkapplication.sparkoperator.k8s.io/pi\n")
      const json = JSON.parse((yield* run(world, list, "-o", "json")).out)
      assert.deepInclude(json, { apiVersion: "v1", kind: "List" })
      assert.deepInclude(json.items[0], { apiVersion: "sparkoperator.k8s.io/v1beta2", kind: "SparkApplication" })
      assert.match((yield* run(world, list, "-o", "yaml")).out, /^apiVersion: v1\nkind: List\nitems:\n {2}- apiVersion/)
      assert.strictEqual((yield* run(world, list, "-l", "team=x", "-o", "name")).out, "")
    }),
  )

  it.effect("shows schedules, and says where there are none", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      assert.deepStrictEqual(yield* run(world, list, "schedules", "--namespace=spark"), {
        code: 0,
        out: "",
        err: "No schedules found in namespace spark.\n",
      })
      yield* world.startOperator()
      const metadata = { name: "nightly", namespace: "default" }
      const spec = { schedule: "0 3 * * *", timeZone: "UTC", template: sparkPi("x").spec }
      const type = { apiVersion: "sparkoperator.k8s.io/v1beta2", kind: "ScheduledSparkApplication" }
      const nightly = { ...type, metadata, spec } as ScheduledSparkApplication
      yield* world.kube.create(scheduledSparkApplications, "default", nightly)
      yield* pass(2)
      assert.match((yield* run(world, list, "schedule")).out, /\nnightly +Scheduled +0 3 \* \* \* +\d{4}-/)
    }),
  )

  it.effect("reports every mistake in the command line, and does nothing", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const wrong = yield* run(world, list, "-o", "xml", "--al-namespaces")
      assert.strictEqual(wrong.code, 2)
      assert.deepStrictEqual(wrong.err.trimEnd().split("\n"), [
        "--al-namespaces: is not a flag of this command; did you mean --all-namespaces?",
        '-o: "xml" does not fit; use table, wide, json, yaml or name',
      ])
      assert.deepStrictEqual(yield* run(world, list, "schedles"), {
        code: 2,
        out: "",
        err: "schedles: is not a type; did you mean schedules?\n",
      })
      assert.include((yield* run(world, list, "apps", "more")).err, "more: is one too many")
    }),
  )
})
