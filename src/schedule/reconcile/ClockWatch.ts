/**
 * Notices when the clock is set. Timers run by the monotonic clock, which does not jump, so a schedule would wake up at the wrong time of
 * day after the clock was set, or after the machine was suspended: then all are reconciled.
 */

import { Clock, Effect } from "effect"

/** Seconds between two comparisons: a schedule is at most this late after a jump. */
const interval = 10
/** Milliseconds of difference that count as a jump. Slewing by NTP is at most 0.5 ms per second. */
const tolerance = 1_000

/** Calls `jumped` after every jump, forever. */
export const watchClock = (jumped: () => void): Effect.Effect<never> =>
  Clock.clockWith((clock) => {
    const difference = () => clock.currentTimeMillisUnsafe() - Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
    let known = difference()
    const compare = Effect.sync(() => {
      const now = difference()
      const jump = Math.abs(now - known) > tolerance
      known = now
      if (jump) jumped()
    })
    return Effect.forever(Effect.andThen(Effect.sleep(`${interval} seconds`), compare))
  })
