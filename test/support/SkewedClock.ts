/** The clock of one process, set forwards or back while real time, by which its timers run, goes on. */

import { Clock, Effect } from "effect"
import type { TestClock } from "effect/testing"

/** Runs the effect, and everything that it starts, with a clock that is ahead by `skew()` milliseconds. */
export const withSkew = <A, E, R>(effect: Effect.Effect<A, E, R>, skew: () => number): Effect.Effect<A, E, R> =>
  Clock.clockWith((clock) => {
    const base = clock as TestClock.TestClock
    const millis = () => base.currentTimeMillisUnsafe() + skew()
    const nanos = () => base.currentTimeNanosUnsafe() + BigInt(skew()) * 1_000_000n
    const skewed: TestClock.TestClock = {
      ...base,
      currentTimeMillisUnsafe: millis,
      currentTimeMillis: Effect.sync(millis),
      currentTimeNanosUnsafe: nanos,
      currentTimeNanos: Effect.sync(nanos),
    }
    return Effect.provideService(effect, Clock.Clock, skewed)
  })
