import { assert, describe, it } from "@effect/vitest"
import { Effect, Queue } from "effect"
import { TestClock } from "effect/testing"
import * as ChangeFeed from "../../src/console/ChangeFeed.ts"
import * as KeptViews from "../../src/console/KeptViews.ts"
import type { Listener } from "../../src/console/Sources.ts"

const world = Effect.gen(function* () {
  let change: Listener = () => {}
  const feed = yield* ChangeFeed.make({
    onChange: (listener) => {
      change = listener
      return () => {}
    },
  })
  return { feed, change: (...args: Parameters<Listener>) => change(...args) }
})

describe("the feed of changes", () => {
  it.effect("gathers half a second of changes, for every listener", () =>
    Effect.gen(function* () {
      const { feed, change } = yield* world
      const [first, second] = [yield* feed.listen, yield* feed.listen]
      for (let again = 0; again < 1000; again++) change("applications", `default/app-${again % 3}`)
      change("schedules", "default/nightly")
      yield* TestClock.adjust("600 millis")
      for (const listener of [first, second]) {
        const changes = yield* Queue.take(listener)
        assert.deepStrictEqual(
          [...(changes.get("applications") ?? [])],
          ["default/app-0", "default/app-1", "default/app-2"],
        )
        assert.deepStrictEqual([...(changes.get("schedules") ?? [])], ["default/nightly"])
        assert.strictEqual(yield* Queue.size(listener), 0)
      }
      change("applications", "default/later")
      yield* TestClock.adjust("600 millis")
      assert.deepStrictEqual([...((yield* Queue.take(first)).get("applications") ?? [])], ["default/later"])
    }),
  )

  it.effect("counts its reports, also without listeners, so that views that were kept are made again", () =>
    Effect.gen(function* () {
      const { feed, change } = yield* world
      const kept = KeptViews.make<number>(feed)
      let made = 0
      const view = () => kept("page", () => ++made)
      assert.deepStrictEqual([view(), view()], [1, 1])
      change("applications", "default/app")
      yield* TestClock.adjust("600 millis")
      assert.deepStrictEqual([view(), view()], [2, 2])
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(view(), 2)
    }),
  )

  it.effect("tells those who come between a change and its report of it: the view that they got may be older", () =>
    Effect.gen(function* () {
      const { feed, change } = yield* world
      change("applications", "default/app")
      const listener = yield* feed.listen
      yield* TestClock.adjust("600 millis")
      assert.deepStrictEqual([...((yield* Queue.take(listener)).get("applications") ?? [])], ["default/app"])
    }),
  )

  it.effect("forgets listeners that have left", () =>
    Effect.gen(function* () {
      const { feed, change } = yield* world
      const left = yield* Effect.scoped(feed.listen)
      change("applications", "default/app")
      yield* TestClock.adjust("600 millis")
      assert.strictEqual(Queue.sizeUnsafe(left), 0)
    }),
  )
})
