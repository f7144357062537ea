import { assert, describe, it } from "@effect/vitest"
import type { KubeErrorReason } from "../../src/kube/KubeError.ts"
import { retryAfter, retryAfterDefect } from "../../src/runtime/Backoff.ts"
import { failure } from "../support/ScriptedKube.ts"

/** Reason → seconds before the first retry and before the hundredth, jitter left aside. */
const pauses: Record<KubeErrorReason, readonly [first: number, longest: number]> = {
  Conflict: [0.05, 5],
  AlreadyExists: [0.05, 5],
  NotFound: [0.05, 5],
  Gone: [0.05, 5],
  Throttled: [1, 60],
  Unavailable: [0.5, 60],
  Timeout: [0.5, 60],
  Transport: [0.5, 60],
  Decode: [0.5, 60],
  Forbidden: [5, 120],
  Invalid: [10, 300],
}

describe("Retry", () => {
  it.each(Object.entries(pauses))(
    "%s waits within a quarter of its first and its longest pause",
    (reason, expected) => {
      const error = failure(reason as KubeErrorReason)
      const pause = [retryAfter(error, 1, "a/1"), retryAfter(error, 100, "a/1")]
      for (const [index, seconds] of pause.entries()) {
        assert.isAtLeast(seconds, expected[index]! * 0.75)
        assert.isAtMost(seconds, expected[index]! * 1.25)
      }
    },
  )

  it("is never earlier than the server's Retry-After", () => {
    assert.isAtLeast(retryAfter(failure("Throttled", 20), 1, "a/1"), 20)
  })

  it("spreads keys that failed together", () => {
    const keys = Array.from({ length: 100 }, (_, n) => `a/${n}`)
    assert.isAbove(new Set(keys.map((key) => retryAfter(failure("Unavailable"), 3, key))).size, 80)
  })

  it("is the same for the same key and number of failures", () => {
    assert.strictEqual(retryAfterDefect(4, "a/1"), retryAfterDefect(4, "a/1"))
  })
})
