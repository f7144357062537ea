/** Commands about schedules, against an operator on the embedded cluster. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { scheduledSparkApplications } from "../../../src/api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../../src/api/schedule/ScheduledSparkApplication.ts"
import type { ScheduledSparkApplicationSpec } from "../../../src/api/schedule/ScheduledSparkApplicationSpec.ts"
import { explain } from "../../../src/cli/plugin/inspect/Explain.ts"
import { status } from "../../../src/cli/plugin/inspect/Status.ts"
import { next } from "../../../src/cli/plugin/schedule/Next.ts"
import { trigger } from "../../../src/cli/plugin/schedule/Trigger.ts"
import { makeWorld, pass, sparkPi } from "../../support/OperatorBench.ts"
import { run } from "../../support/PluginBench.ts"

const started = Effect.fnUntraced(function* (spec: Partial<ScheduledSparkApplicationSpec> = {}) {
  const world = yield* makeWorld
  yield* world.startOperator()
  yield* world.kube.create(scheduledSparkApplications, "default", {
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "ScheduledSparkApplication",
    metadata: { name: "nightly", namespace: "default" },
    spec: {
      schedule: "0 3 * * *",
      timeZone: "Europe/Berlin",
      template: sparkPi("x", { "exit-code": "0", "log-lines": "hello" }).spec,
      ...spec,
    },
  } as unknown as ScheduledSparkApplication)
  yield* pass(2)
  return world
})

describe("trigger", () => {
  it.effect("starts a run, prints its log, and has its result as exit code", () =>
    Effect.gen(function* () {
      const world = yield* started()
      const ended = yield* run(world, trigger, "nightly", "--logs")
      assert.strictEqual(ended.code, 0)
      assert.match(
        ended.out,
        /^sparkapplication\.sparkoperator\.k8s\.io\/nightly-manual-[0-9a-f]{8} started\n(.*\n)*hello\n/,
      )
      assert.match(ended.err, /nightly-manual-[0-9a-f]{8} completed after/)
    }),
  )

  it.effect("says so when no operator answers", () =>
    Effect.gen(function* () {
      const world = yield* started({ suspend: true, timeZone: "Europe/Berln" })
      const ended = yield* run(world, trigger, "schedule/nightly", "--answer-timeout=5s")
      assert.strictEqual(ended.code, 1)
      assert.include(ended.err, "the operator has not started the run of nightly")
    }),
  )
})

describe("next", () => {
  it.effect("shows the next times in the zone of the schedule and in UTC", () =>
    Effect.gen(function* () {
      const world = yield* started()
      const ended = yield* run(world, next, "nightly", "--count=2")
      assert.deepStrictEqual(ended.out.split("\n"), [
        "TIME                           UTC                   IN",
        "Thu 1970-01-01T03:00:00+01:00  1970-01-01T02:00:00Z  119m",
        "Fri 1970-01-02T03:00:00+01:00  1970-01-02T02:00:00Z  25h",
        "",
      ])
      assert.strictEqual(ended.err, "")
      const times = JSON.parse((yield* run(world, next, "nightly", "-o", "json")).out)
      assert.strictEqual(times.length, 5)
    }),
  )

  it.effect("says what keeps runs from starting", () =>
    Effect.gen(function* () {
      const world = yield* started({ suspend: true })
      const ended = yield* run(world, next, "nightly")
      assert.strictEqual(ended.err, "nightly is suspended: no runs are started until it is resumed\n")
      const wrong = yield* started({ timeZone: "Europe/Berln" })
      const refused = yield* run(wrong, next, "nightly")
      assert.strictEqual(refused.code, 1)
      assert.match(refused.err, /^spec\.timeZone: /)
    }),
  )
})

describe("status and explain of a schedule", () => {
  it.effect("show its times and what is wrong with it", () =>
    Effect.gen(function* () {
      const world = yield* started()
      const { out } = yield* run(world, status, "schedule/nightly")
      assert.match(out, /^Name: +nightly\n/)
      assert.match(out, /\nSchedule: +0 3 \* \* \* \(Europe\/Berlin\)\n/)
      assert.match(out, /\nNext run: +1970-01-01T02:00:00Z\n/)
      assert.include((yield* run(world, explain, "schedule/nightly")).out, "All conditions are as they should be.")
      const wrong = yield* started({ timeZone: "Europe/Berln" })
      assert.match(
        (yield* run(wrong, explain, "schedule/nightly")).out,
        /^The spec is not valid\.\n {4}spec\.timeZone.*\n {2}→ Correct the fields/,
      )
      const failing = yield* started({ schedule: "@every 30s", template: sparkPi("x", { "exit-code": "1" }).spec })
      yield* pass(55)
      const found = (yield* run(failing, explain, "schedule/nightly")).out
      const [, name] = /^The last run, (\S+), has failed\.$/m.exec(found) ?? []
      assert.include(found, `→ See why: kubectl firesteel explain ${name} -n default\n`)
      assert.match((yield* run(failing, explain, name!)).out, /^It has failed/)
      const stopped = yield* started({ suspend: true })
      assert.match(
        (yield* run(stopped, explain, "schedule/nightly")).out,
        /^No runs are started, since \S+: Suspended: .*\n {2}→ Resume it: kubectl firesteel resume schedule\/nightly -n default\n$/,
      )
    }),
  )
})
