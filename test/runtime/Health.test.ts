import { assert, describe, it } from "@effect/vitest"
import { type HealthFacts, healthOf } from "../../src/runtime/Health.ts"

const now = 1_800_000_000_000
const fine: HealthFacts = {
  now,
  watches: [
    { name: "watch pods", lastContact: now - 20_000, lastTick: now - 20_000, failures: 0, lastError: undefined },
  ],
  queues: [{ name: "SparkApplication", depth: 3, unfinishedSeconds: 1, longestSeconds: 0.5 }],
  eventLoopLagSeconds: 0.01,
  synced: true,
  problems: [],
}
const watch = (change: Partial<HealthFacts["watches"][number]>): HealthFacts => ({
  ...fine,
  watches: [{ ...fine.watches[0]!, ...change }],
})

describe("Health", () => {
  it("is healthy and ready when nothing is wrong", () => {
    assert.deepStrictEqual(healthOf(fine), { healthy: true, ready: true, reasons: [] })
  })

  it("is healthy but not ready before the caches are synced", () => {
    const { healthy, ready } = healthOf({ ...fine, synced: false })
    assert.deepStrictEqual([healthy, ready], [true, false])
  })

  it("is healthy but not ready, with the reason, while something in the cluster keeps it from its work", () => {
    const wrong = healthOf({ ...fine, problems: ["the definition lacks status.attempts"] })
    assert.deepStrictEqual(wrong, { healthy: true, ready: false, reasons: ["the definition lacks status.attempts"] })
  })

  it("does not ask for a restart while the API server is unavailable, but reports it", () => {
    const { healthy, ready, reasons } = healthOf(
      watch({ lastContact: now - 7_200_000, lastTick: now - 5_000, failures: 240, lastError: "connect ECONNREFUSED" }),
    )
    assert.deepStrictEqual([healthy, ready], [true, true])
    assert.match(reasons.join(), /watch pods failed 240 times in a row: connect ECONNREFUSED/)
  })

  it.each([
    ["a watch that stands still", watch({ lastTick: now - 1_000_000 })],
    ["a reconcile that never ends", { ...fine, queues: [{ ...fine.queues[0]!, longestSeconds: 400 }] }],
    ["an event loop that lags", { ...fine, eventLoopLagSeconds: 30 }],
  ])("asks for a restart for %s", (_, facts) => {
    const { healthy, reasons } = healthOf(facts)
    assert.isFalse(healthy)
    assert.strictEqual(reasons.length, 1)
  })
})
