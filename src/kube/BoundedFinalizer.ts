/** A finalizer that waits for a limited time. */

import { Effect, Fiber } from "effect"

/**
 * Runs `work` for at most `seconds`, then interrupts it. In a fiber of its own: a finalizer often runs in a fiber that is interrupted
 * already, in which no timeout can end anything. Defects of `work` are dropped.
 */
export const boundedFinalizer = <A, R>(
  work: Effect.Effect<A, never, R>,
  seconds: number,
): Effect.Effect<void, never, R> =>
  work.pipe(Effect.timeoutOption(seconds * 1000), Effect.forkDetach, Effect.flatMap(Fiber.await), Effect.asVoid)
