import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { make as makeQueue, type Workqueue, type WorkqueueOptions } from "../../src/runtime/Workqueue.ts"
import type { WorkqueueReading } from "../../src/telemetry/operator/RuntimeMetrics.ts"

type Lane = "status" | "submission"

const make = (options: WorkqueueOptions = {}) => makeQueue({ lanes: ["status", "submission"], ...options })

const never = "nothing to take"

/** The next key, or `never` when there is none now. */
const takeNow = (queue: Workqueue, lane: Lane = "status") =>
  Effect.raceFirst(queue.take(lane), Effect.as(Effect.repeat(Effect.yieldNow, { times: 5 }), never))

const takeAll = Effect.fnUntraced(function* (queue: Workqueue, lane: Lane = "status") {
  const keys: Array<string> = []
  for (let key = yield* takeNow(queue, lane); key !== never; key = yield* takeNow(queue, lane)) {
    keys.push(key)
    queue.done(key)
  }
  return keys
})

describe("Workqueue", () => {
  it.effect("returns a key once, however often it was added", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      for (const key of ["a/1", "a/1", "a/2", "a/1"]) queue.add(key)
      assert.deepStrictEqual(yield* takeAll(queue), ["a/1", "a/2"])
    }),
  )

  it.effect("never gives a key to two workers, and returns it again if it was added meanwhile", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      queue.add("a/1")
      assert.strictEqual(yield* takeNow(queue), "a/1")
      queue.add("a/1")
      queue.add("a/1")
      assert.strictEqual(yield* takeNow(queue), never)
      queue.done("a/1")
      assert.deepStrictEqual(yield* takeAll(queue), ["a/1"])
    }),
  )

  it.effect("keeps a key with one worker across lanes", () =>
    Effect.gen(function* () {
      let lane: Lane = "submission"
      const queue = yield* make({ laneOf: () => lane })
      queue.add("a/1")
      assert.strictEqual(yield* takeNow(queue, "submission"), "a/1")
      lane = "status"
      queue.add("a/1")
      assert.strictEqual(yield* takeNow(queue, "status"), never)
      queue.done("a/1")
      assert.strictEqual(yield* takeNow(queue, "status"), "a/1")
    }),
  )

  it.effect("returns status work while submissions wait, and moves a key that became status work", () =>
    Effect.gen(function* () {
      const status = new Set(["a/9"])
      const queue = yield* make({ laneOf: (key) => (status.has(key) ? "status" : "submission") })
      for (const key of ["a/1", "a/2", "a/9"]) queue.add(key)
      status.add("a/2")
      queue.add("a/2")
      assert.deepStrictEqual(yield* takeAll(queue, "status"), ["a/9", "a/2"])
      assert.deepStrictEqual(yield* takeAll(queue, "submission"), ["a/1"])
    }),
  )

  it.effect("pauses submissions while there is much status work, and resumes them when it is done", () =>
    Effect.gen(function* () {
      const queue = yield* make({ laneOf: (key) => (key.startsWith("new/") ? "submission" : "status") })
      queue.add("new/1")
      for (let index = 0; index <= 20; index++) queue.add(`old/${index}`)
      const submitter = yield* Effect.forkChild(queue.take("submission"))
      yield* Effect.yieldNow
      assert.isUndefined(submitter.pollUnsafe())
      assert.strictEqual(yield* takeNow(queue), "old/0")
      assert.strictEqual(yield* Fiber.join(submitter), "new/1")
    }),
  )

  it.effect("takes namespaces in turn when one of them has very many keys", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      for (let n = 0; n < 1000; n++) queue.add(`flood/${n}`)
      queue.add("calm/1")
      queue.add("calm/2")
      const order = yield* takeAll(queue)
      assert.deepStrictEqual(order.slice(0, 5), ["flood/0", "calm/1", "flood/1", "calm/2", "flood/2"])
      assert.strictEqual(order.length, 1002)
    }),
  )

  it.effect("wakes a waiting worker", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      const worker = yield* Effect.forkChild(queue.take("status"))
      yield* Effect.yieldNow
      queue.add("a/1")
      yield* Effect.yieldNow
      yield* TestClock.adjust(0)
      assert.isDefined(worker.pollUnsafe())
    }),
  )

  it.effect("returns a delayed key when it is due, the earliest of several first", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      queue.after("a/1", 60)
      queue.after("a/1", 10)
      queue.after("a/1", 30)
      queue.after("a/2", 5)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* takeAll(queue), ["a/2"])
      yield* TestClock.adjust("4900 millis")
      assert.deepStrictEqual(yield* takeAll(queue), [])
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(yield* takeAll(queue), ["a/1"])
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(yield* takeAll(queue), [])
    }),
  )

  it.effect("returns a changed key at once, which cancels its pending delay", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      queue.add("a/1")
      yield* takeNow(queue)
      queue.retry("a/1", () => 30)
      queue.done("a/1")
      assert.deepStrictEqual(yield* takeAll(queue), [])
      queue.add("a/1")
      assert.deepStrictEqual(yield* takeAll(queue), ["a/1"])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* takeAll(queue), [])
    }),
  )

  it.effect("counts failures in a row across changes, and resets them on success", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      const counts: Array<number> = []
      const fail = Effect.fnUntraced(function* () {
        queue.add("a/1")
        yield* takeNow(queue)
        queue.retry("a/1", (failures) => {
          counts.push(failures)
          return 30
        })
        queue.done("a/1")
      })
      yield* fail()
      yield* fail()
      queue.add("a/1")
      yield* takeNow(queue)
      queue.succeeded("a/1")
      queue.done("a/1")
      yield* fail()
      assert.deepStrictEqual(counts, [1, 2, 1])
    }),
  )

  it.effect("stays in order with many delays that are cancelled again and again", () =>
    Effect.gen(function* () {
      const queue = yield* make()
      for (let round = 0; round < 5000; round++) {
        queue.after("a/busy", 100_000)
        queue.add("a/busy")
        yield* queue.take("status")
        queue.done("a/busy")
      }
      for (let n = 0; n < 100; n++) queue.after(`a/${n}`, 1 + ((n * 37) % 100))
      yield* TestClock.adjust("1000 seconds")
      const order = yield* takeAll(queue)
      assert.deepStrictEqual(
        order,
        Array.from({ length: 100 }, (_, n) => n)
          .sort((a, b) => ((a * 37) % 100) - ((b * 37) % 100))
          .map((n) => `a/${n}`),
      )
    }),
  )

  it.effect("reports what was added, how long it waited and how long the work takes", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      let read: () => WorkqueueReading = () => assert.fail("not observed")
      const queue = yield* make({
        metrics: {
          added: () => told.push("added"),
          retried: () => told.push("retried"),
          started: (seconds) => told.push(`waited ${seconds}`),
          finished: (seconds) => told.push(`worked ${seconds}`),
          observe: (reading) => {
            read = reading
          },
        },
      })
      queue.add("a/1")
      queue.add("a/2")
      assert.strictEqual(read().depth, 2)
      yield* TestClock.adjust("3 seconds")
      yield* queue.take("status")
      yield* TestClock.adjust("2 seconds")
      yield* queue.take("status")
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(read(), { depth: 0, unfinishedSeconds: 4, longestSeconds: 3 })
      queue.retry("a/1", () => 1)
      queue.done("a/1")
      assert.deepStrictEqual(told, ["added", "added", "waited 3", "waited 5", "retried", "worked 3"])
    }),
  )
})
