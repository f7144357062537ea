import { assert, describe, it } from "@effect/vitest"
import { Effect, Queue } from "effect"
import { TestClock } from "effect/testing"
import * as ChangeFeed from "../../src/console/ChangeFeed.ts"
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

  it.effect("counts versions without listeners, so that pages that were kept are made again", () =>
    Effect.gen(function* () {
      const { feed, change } = yield* world
      const before = feed.versionOf("applications")
      change("applications", "default/app")
      assert.notStrictEqual(feed.versionOf("applications"), before)
      assert.strictEqual(feed.versionOf("connects"), 0)
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
