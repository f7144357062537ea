/** The time to live of applications that never ran, that were edited into an invalid spec, or that another operator has finished. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { SparkApplicationSpec } from "../../src/api/application/SparkApplication.ts"
import type { ApplicationStateType } from "../../src/api/application/SparkApplicationStatus.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const exists = (world: World, name: string) =>
  Effect.map(world.applications, (all) => all.some(({ metadata }) => metadata.name === name))

const edit = (world: World, name: string, spec: Partial<SparkApplicationSpec>) =>
  Effect.orDie(world.kube.patch(sparkApplications, "default", name, { type: "merge", body: { spec } }))

const refused = { sparkVersion: "1.6.0" } as const

describe("the time to live", { timeout: 30_000 }, () => {
  it.effect("of an application whose spec is refused is its own", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("odd", {}, { ...refused, timeToLiveSeconds: 5 }))
      yield* pass(4)
      assert.strictEqual(yield* world.stateOf("odd"), "FAILED")
      yield* pass(3)
      assert.isFalse(yield* exists(world, "odd"))
    }),
  )

  it.effect("of an application whose spec is refused is not the operator's default if it has its own", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, ["--default-time-to-live=5s"])
      yield* world.apply(sparkPi("kept", {}, { ...refused, timeToLiveSeconds: 3600 }))
      yield* world.apply(sparkPi("plain", {}, refused))
      yield* pass(10)
      assert.isTrue(yield* exists(world, "kept"))
      assert.isFalse(yield* exists(world, "plain"))
    }),
  )

  it.effect("still counts after an edit into a spec that cannot be submitted", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, ["--default-time-to-live=6s"])
      yield* world.apply(sparkPi("pi", { "run-seconds": "1" }, { timeToLiveSeconds: 20 }))
      yield* pass(4)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      yield* edit(world, "pi", refused)
      yield* pass(12)
      assert.isTrue(yield* exists(world, "pi"), "its own is longer than the default")
      yield* pass(8)
      assert.isFalse(yield* exists(world, "pi"))
    }),
  )

  it.effect("can be added to an application whose spec is refused", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("odd", {}, refused))
      yield* pass(5)
      yield* edit(world, "odd", { timeToLiveSeconds: 3 })
      yield* pass(2)
      assert.isFalse(yield* exists(world, "odd"))
    }),
  )

  it.effect.each<ApplicationStateType>(["COMPLETED", "FAILED", "SUCCEEDING", "FAILING"])(
    "of an application that another operator left %s without a time of its end begins with its adoption",
    (state) =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        yield* world.apply(sparkPi("left", {}, { timeToLiveSeconds: 5 }))
        const status = { applicationState: { state }, driverInfo: {}, terminationTime: null }
        const body = { status }
        yield* Effect.orDie(
          world.kube.patch(sparkApplications, "default", "left", { type: "merge", subresource: "status", body }),
        )
        yield* pass(20)
        yield* world.startOperator()
        yield* pass(3)
        assert.isString((yield* world.reported("left")).status.terminationTime)
        yield* pass(5)
        assert.isFalse(yield* exists(world, "left"))
      }),
  )

  it.effect(
    "of an application that an earlier version adopted without a time of its end begins with that of its attempt",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        const operator = yield* world.startOperator()
        yield* world.apply(sparkPi("old", { "run-seconds": "1" }))
        yield* pass(5)
        yield* operator.stop
        const body = { status: { terminationTime: null } }
        yield* Effect.orDie(
          world.kube.patch(sparkApplications, "default", "old", { type: "merge", subresource: "status", body }),
        )
        yield* edit(world, "old", { timeToLiveSeconds: 5 })
        yield* pass(10)
        yield* world.startOperator()
        yield* pass(2)
        assert.isFalse(yield* exists(world, "old"))
      }),
  )

  it.effect("is not the only control that counts without a valid spec: deadlines end a run that continues", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }, { deadlines: { runningSeconds: 20 } }))
      yield* pass(4)
      yield* edit(world, "pi", refused)
      yield* pass(4)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      yield* pass(16)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.match(
        status.applicationState.errorMessage ?? "",
        /did not finish within 20 s \(spec\.deadlines\.runningSeconds\)/,
      )
    }),
  )
})
