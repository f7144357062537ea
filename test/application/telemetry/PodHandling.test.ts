import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as PodHandling from "../../../src/application/telemetry/PodHandling.ts"
import { awaitChange, type Next } from "../../../src/runtime/Next.ts"
import { pod } from "../../support/Scrape.ts"

const changed = { before: pod("Pending"), after: pod("Running"), initial: false }
const second = 1_000_000_000n

const make = () => {
  const handled: Array<string> = []
  const handling = PodHandling.make((event, seconds) => handled.push(`${event} ${seconds}`))
  /** A reconcile of `ml/a` that takes a second. */
  const reconcile = (outcome: Effect.Effect<Next, string> = Effect.succeed(awaitChange)) =>
    handling.handling("ml/a", Effect.andThen(Effect.sleep(1000), outcome))
  const run = (outcome?: Effect.Effect<Next, string>) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.exit(reconcile(outcome)), { startImmediately: true })
      yield* TestClock.adjust(1000)
      return fiber
    })
  return { handled, arrived: handling.arrived, run }
}

describe("how long a change of a pod takes to handle", () => {
  it.effect("is from its arrival to the end of the reconcile that began afterwards", () =>
    Effect.gen(function* () {
      const { handled, arrived, run } = make()
      yield* TestClock.adjust(5000)
      arrived("ml/a", { before: undefined, after: pod("Pending"), initial: false }, 3n * second)
      arrived("ml/a", changed, 4n * second)
      arrived("ml/b", changed, 4n * second)
      yield* run()
      yield* run()
      assert.deepStrictEqual(handled, ["created 3", "updated 2"])
    }),
  )

  it.effect("includes the reconciles that failed, and what arrived during one counts with the next", () =>
    Effect.gen(function* () {
      const { handled, arrived, run } = make()
      arrived("ml/a", changed, 0n)
      yield* run(Effect.fail("conflict"))
      arrived("ml/a", { ...changed, after: undefined }, 1n * second)
      yield* run(Effect.interrupt)
      assert.deepStrictEqual(handled, [])
      yield* run()
      assert.deepStrictEqual(handled, ["updated 3", "deleted 2"])
    }),
  )

  it.effect("is not measured for the first list, for an application that is gone, and without limit", () =>
    Effect.gen(function* () {
      const { handled, arrived, run } = make()
      arrived("ml/a", { ...changed, initial: true }, 0n)
      yield* run()
      arrived("ml/a", changed, 0n)
      yield* run(Effect.succeed({ _tag: "Gone" }))
      yield* run()
      assert.deepStrictEqual(handled, [])
      for (let n = 0; n < 1000; n++) arrived("ml/a", changed, 0n)
      yield* run()
      assert.strictEqual(handled.length, 100)
    }),
  )
})
