/** How late the event loop runs timers: a process that does nothing else for seconds is stuck. */

import { Clock, Effect, type Scope } from "effect"

/** Measures in the scope, once a second; the function answers how late the last timer was, in seconds. */
export const measure: Effect.Effect<() => number, never, Scope.Scope> = Effect.gen(function* () {
  let late = 0
  const once = Effect.gen(function* () {
    const before = yield* Clock.currentTimeMillis
    yield* Effect.sleep(1000)
    late = Math.max(0, (yield* Clock.currentTimeMillis) - before - 1000) / 1000
  })
  yield* Effect.forkScoped(Effect.forever(once))
  return () => late
})
