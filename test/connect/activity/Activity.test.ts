import { assert, describe, it } from "@effect/vitest"
import { isQuiet, ofJobs, ofSessions } from "../../../src/connect/activity/Activity.ts"

const readAt = Date.UTC(2030, 0, 1)
const session = (finishTimestamp: number) => ({ sessionId: "s", userId: "u", startTimestamp: 1, finishTimestamp })
const operation = (finishTimestamp: number, closeTimestamp = finishTimestamp) => ({
  operationId: "o",
  statement: "secret",
  finishTimestamp,
  closeTimestamp,
})

describe("the activity of a server", () => {
  it("by its sessions and operations, of which 0 is no end", () => {
    const activity = ofSessions([session(0), session(500)], [operation(0), operation(700, 900)], readAt)
    assert.deepStrictEqual(activity, {
      signal: "Sessions",
      sessions: { open: 1, total: 2 },
      running: 1,
      lastEndAt: 900,
      readAt,
    })
    assert.isFalse(isQuiet(activity))
    assert.isTrue(isQuiet(ofSessions([session(500)], [operation(700)], readAt)))
  })

  it("is not quiet while a session is open in which nothing runs", () => {
    assert.isFalse(isQuiet(ofSessions([session(0)], [operation(700)], readAt)))
  })

  it("by its jobs, where there are no sessions", () => {
    const jobs = [{ status: "RUNNING" }, { status: "SUCCEEDED", completionTime: "2026-11-21T02:00:00.000GMT" }]
    assert.deepStrictEqual(ofJobs(jobs, readAt), {
      signal: "Jobs",
      running: 1,
      lastEndAt: Date.UTC(2026, 10, 21, 2),
      readAt,
    })
    assert.isTrue(isQuiet(ofJobs([], readAt)))
  })

  it("of an invalid answer is that of an unused server", () => {
    for (const answer of [undefined, "x", [null, 1]]) {
      assert.isUndefined(ofSessions(answer, answer, readAt).lastEndAt)
      assert.isUndefined(ofJobs(answer, readAt).lastEndAt)
    }
  })
})
