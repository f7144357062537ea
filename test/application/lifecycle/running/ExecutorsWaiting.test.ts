/** Which reason of which executor is the one that an application waits for. */

import { assert, describe, it } from "@effect/vitest"
import { executorsWaiting } from "../../../../src/application/lifecycle/running/ExecutorsWaiting.ts"
import { executor, now } from "../../../support/Situations.ts"

const noRoom = { reason: "Unschedulable", message: "0/3 nodes are available" }
const pending = (id: number, seconds: number, more: object = {}) =>
  executor(id, { state: "PENDING", createdAt: now - seconds * 1000, startedAt: undefined, waiting: noRoom, ...more })

describe("why executors do not start", () => {
  it("is the reason of the one with the lowest number that has waited for ten seconds", () => {
    const { waiting, recheckAt } = executorsWaiting([pending(12, 30), pending(2, 10), pending(1, 9)], now)
    assert.deepStrictEqual(waiting, { reason: "Unschedulable", message: "executor pi-exec-2: 0/3 nodes are available" })
    assert.strictEqual(recheckAt, now + 1000, "the next one is due then")
  })

  it("is not that of executors that run, end or are being deleted, and nothing while they start as usual", () => {
    const others = [
      executor(1, { waiting: noRoom }),
      pending(2, 60, { deleting: true }),
      pending(3, 60, { waiting: undefined }),
    ]
    assert.deepStrictEqual(executorsWaiting(others, now), { waiting: undefined, recheckAt: undefined })
  })

  it("is asked for again when Events may name it, and not before ten seconds have passed", () => {
    const starting = (seconds: number, recheckAt: number) =>
      executorsWaiting([pending(1, seconds, { waiting: undefined, recheckAt })], now).recheckAt
    assert.strictEqual(starting(2, now + 3000), now + 8000)
    assert.strictEqual(starting(9, now + 4000), now + 4000)
  })
})
