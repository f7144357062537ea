import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ownTurns } from "../../../src/telemetry/meter/OwnTurn.ts"

describe("turns of the event loop", () => {
  it.effect("are given to one caller each", () =>
    Effect.promise(async () => {
      const turn = ownTurns()
      let number = 0
      let counting = setImmediate(function next() {
        number++
        counting = setImmediate(next)
      })
      const numberOfTurn = () => turn().then(() => number)
      const together = await Promise.all([numberOfTurn(), numberOfTurn(), numberOfTurn()])
      const later = await numberOfTurn()
      clearImmediate(counting)
      assert.strictEqual(new Set([...together, later]).size, 4)
    }),
  )
})
