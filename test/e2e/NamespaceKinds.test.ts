/** Schedules, Connect servers and health checks in namespaces that are selected by their labels. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { connects, sparkConnect } from "../support/ConnectBench.ts"
import { sample } from "../support/MetricsText.ts"
import { byTeam, namespacesOf } from "../support/NamespaceBench.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"
import { scheduled, schedulesOf } from "../support/Schedules.ts"

const here = { k8s_namespace_name: "default" }

interface WithConditions {
  readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string }>
}
const notice = ({ conditions }: WithConditions) => conditions?.find(({ type }) => type === "NamespaceSelected")?.status

describe("other kinds in namespaces by label", { timeout: 60_000 }, () => {
  it.effect("a schedule starts nothing while its namespace is not selected, and resumes without making up", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { label, events } = namespacesOf(world)
      const { apply, runsOf, statusOf } = schedulesOf(world)
      yield* label("default", { team: "a" })
      const operator = yield* world.startOperator(undefined, byTeam)
      yield* apply(
        scheduled("often", { "run-seconds": "2" }, { schedule: "@every 20s", successfulRunHistoryLimit: 10 }),
      )
      yield* pass(25)
      assert.strictEqual((yield* runsOf("often")).length, 1)
      yield* label("default", { team: null })
      yield* pass(90)
      assert.strictEqual((yield* runsOf("often")).length, 1)
      assert.strictEqual(notice(yield* statusOf("often")), "False")
      assert.deepStrictEqual(yield* events, ["default/often 1"])
      const { body } = yield* operator.telemetry.collect()
      assert.strictEqual(sample(body, "spark_schedule_state", here) ?? 0, 0)
      yield* label("default", { team: "a" })
      yield* pass(22)
      assert.isUndefined(notice(yield* statusOf("often")))
      const runs = yield* runsOf("often")
      assert.isAtLeast(runs.length, 2)
      assert.isAtMost(runs.length, 3, "at most the latest time that passed, and the next")
      const after = yield* operator.telemetry.collect()
      assert.strictEqual(sample(after.body, "spark_schedule_state", here), 1)
      assert.strictEqual(sample(after.body, "spark_schedule_started_total", here), runs.length)
    }),
  )

  it.effect("a Connect server runs on while its namespace is not selected; an edit waits until it is", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { label } = namespacesOf(world)
      const { apply, edit, until, server, statusOf } = connects(world)
      yield* label("default", { team: "a" })
      const operator = yield* world.startOperator(undefined, byTeam)
      yield* apply(sparkConnect("shared"))
      yield* until("shared", ({ state }) => state === "Ready")
      const uid = (yield* server("shared"))?.metadata?.uid
      yield* label("default", { team: "b" })
      yield* pass(5)
      assert.strictEqual(notice(yield* statusOf("shared")), "False")
      yield* edit("shared", { spec: { suspend: true } })
      yield* pass(30)
      assert.strictEqual((yield* server("shared"))?.metadata?.uid, uid)
      assert.strictEqual((yield* statusOf("shared")).state, "Ready")
      const { body } = yield* operator.telemetry.collect()
      assert.strictEqual(sample(body, "spark_connect_servers", here) ?? 0, 0)
      yield* label("default", { team: "a" })
      const suspended = yield* until("shared", ({ state }) => state === "Suspended")
      assert.isUndefined(notice(suspended))
      assert.isUndefined(yield* server("shared"))
      const after = yield* operator.telemetry.collect()
      assert.strictEqual(sample(after.body, "spark_connect_servers", here), 1)
    }),
  )

  it.effect("failed probes of pods are counted only while their namespace is selected, and none of before later", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { label } = namespacesOf(world)
      yield* label("default", { team: "a" })
      const operator = yield* world.startOperator(undefined, byTeam)
      const readiness = { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 }
      const healthChecks = { preset: "connect", driver: { readiness } } as const
      const script = { "run-seconds": "forever", "probe-fails": "readiness@8" }
      yield* world.apply(sparkPi("pi", script, { healthChecks }))
      yield* pass(6)
      yield* label("default", { team: null })
      yield* pass(30)
      const counted = Effect.map(operator.telemetry.collect(), ({ body }) =>
        sample(body, "spark_operator_probe_failures_total", here),
      )
      assert.strictEqual((yield* counted) ?? 0, 0)
      yield* label("default", { team: "a" })
      yield* pass(5)
      const later = (yield* counted) ?? 0
      assert.isAtLeast(later, 3)
      assert.isAtMost(later, 6)
    }),
  )
})
