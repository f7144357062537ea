import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Latch } from "effect"
import { TestClock } from "effect/testing"
import type { KubeError } from "../../src/kube/KubeError.ts"
import { run } from "../../src/runtime/Controller.ts"
import { after, awaitChange, type Next } from "../../src/runtime/Next.ts"
import { make } from "../../src/runtime/Workqueue.ts"
import { failure } from "../support/ScriptedKube.ts"

const lanes = { status: 4, submission: 2 }

/** A controller over `reconcile`; `ran` and `outcomes` fill while time passes. */
const start = Effect.fnUntraced(function* (
  reconcile: (key: string, turn: number) => Effect.Effect<Next, KubeError>,
  options: { readonly laneOf?: (key: string) => string } = {},
) {
  const queue = yield* make({ lanes: Object.keys(lanes), laneOf: options.laneOf })
  const ran: Array<string> = []
  const outcomes: Array<string> = []
  const fiber = yield* Effect.forkScoped(
    run({
      queue,
      reconcile: (key) =>
        Effect.suspend(() => {
          ran.push(key)
          return reconcile(key, ran.filter((it) => it === key).length)
        }),
      metrics: {
        reconciled: ({ outcome, reason }) => outcomes.push(reason === undefined ? outcome : `${outcome} ${reason}`),
      },
      lanes,
      deadlineSeconds: 60,
      drainSeconds: 10,
    }),
  )
  /** Lets every fiber run as far as it can without time passing. */
  const settle = Effect.repeat(TestClock.adjust(0), { times: 10 })
  yield* settle
  return { queue, ran, outcomes, fiber, settle }
})

describe("Controller", () => {
  it.effect("reconciles a key that was added once", () =>
    Effect.gen(function* () {
      const { queue, ran, outcomes } = yield* start(() => Effect.succeed(awaitChange))
      queue.add("a/1")
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(ran, ["a/1"])
      assert.deepStrictEqual(outcomes, ["success"])
    }),
  )

  it.effect("reconciles again when the reconcile asked for it", () =>
    Effect.gen(function* () {
      const { queue, ran, outcomes } = yield* start((_, turn) => Effect.succeed(turn === 1 ? after(30) : awaitChange))
      queue.add("a/1")
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(ran.length, 1)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(ran.length, 2)
      assert.deepStrictEqual(outcomes, ["requeue", "success"])
    }),
  )

  it.effect("retries a failed key with increasing delays until it succeeds", () =>
    Effect.gen(function* () {
      const { queue, ran, outcomes } = yield* start((_, turn) =>
        turn <= 3 ? Effect.fail(failure("Unavailable")) : Effect.succeed(awaitChange),
      )
      queue.add("a/1")
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(ran.length, 4)
      assert.deepStrictEqual(outcomes, ["error Unavailable", "error Unavailable", "error Unavailable", "success"])
    }),
  )

  it.effect("continues with other keys when one fails with a defect, and retries that one", () =>
    Effect.gen(function* () {
      const { queue, ran, outcomes } = yield* start((key, turn) =>
        key === "a/bad" && turn === 1 ? Effect.die(new Error("a bug")) : Effect.succeed(awaitChange),
      )
      queue.add("a/bad")
      queue.add("a/good")
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(ran, ["a/bad", "a/good", "a/bad"])
      assert.deepStrictEqual(outcomes, ["error Defect", "success", "success"])
    }),
  )

  it.effect("survives a reconcile that throws before it is an effect", () =>
    Effect.gen(function* () {
      const { queue, outcomes } = yield* start((_, turn) => {
        if (turn === 1) throw new Error("a bug")
        return Effect.succeed(awaitChange)
      })
      queue.add("a/1")
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(outcomes, ["error Defect", "success"])
    }),
  )

  it.effect("gives up a reconcile that hangs, after a minute", () =>
    Effect.gen(function* () {
      const { queue, ran, outcomes } = yield* start((_, turn) =>
        turn === 1 ? Effect.never : Effect.succeed(awaitChange),
      )
      queue.add("a/1")
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(outcomes, [])
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(ran.length, 2)
      assert.deepStrictEqual(outcomes, ["error Timeout", "success"])
    }),
  )

  it.effect("handles status work while all submission workers hang", () =>
    Effect.gen(function* () {
      const stuck = Latch.makeUnsafe(false)
      const { queue, ran, settle } = yield* start(
        (key) => (key.startsWith("submit/") ? Effect.as(stuck.await, awaitChange) : Effect.succeed(awaitChange)),
        { laneOf: (key) => (key.startsWith("submit/") ? "submission" : "status") },
      )
      for (let n = 0; n < 100; n++) queue.add(`submit/${n}`)
      queue.add("a/1")
      yield* settle
      assert.deepStrictEqual([...ran].sort(), ["a/1", "submit/0", "submit/1"])
      stuck.openUnsafe()
    }),
  )

  it.effect("has no more reconciles in flight than allowed", () =>
    Effect.gen(function* () {
      let [now, most] = [0, 0]
      const { queue, ran, settle } = yield* start(() =>
        Effect.sync(() => {
          most = Math.max(most, ++now)
        }).pipe(
          Effect.andThen(Effect.sleep("1 second")),
          Effect.andThen(
            Effect.sync(() => {
              now--
              return awaitChange
            }),
          ),
        ),
      )
      for (let n = 0; n < 10; n++) queue.add(`a/${n}`)
      yield* settle
      assert.strictEqual(ran.length, 4)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(ran.length, 10)
      assert.strictEqual(most, 4)
    }),
  )

  it.effect("lets reconciles in flight finish on shutdown, and starts no new ones", () =>
    Effect.gen(function* () {
      const { queue, ran, outcomes, fiber } = yield* start(() => Effect.as(Effect.sleep("8 seconds"), awaitChange))
      queue.add("a/1")
      yield* TestClock.adjust("1 second")
      const stopping = yield* Effect.forkChild(Fiber.interrupt(fiber))
      yield* TestClock.adjust(0)
      queue.add("a/2")
      yield* TestClock.adjust("8 seconds")
      yield* Fiber.join(stopping)
      assert.deepStrictEqual(ran, ["a/1"])
      assert.deepStrictEqual(outcomes, ["success"])
    }),
  )

  it.effect("interrupts what is not done ten seconds after shutdown began", () =>
    Effect.gen(function* () {
      const { queue, outcomes, fiber } = yield* start(() => Effect.never)
      queue.add("a/1")
      yield* TestClock.adjust("1 second")
      const stopping = yield* Effect.forkChild(Fiber.interrupt(fiber))
      yield* TestClock.adjust("9 seconds")
      assert.deepStrictEqual(outcomes, [])
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(stopping)
      assert.deepStrictEqual(outcomes, ["dropped"])
    }),
  )
})
