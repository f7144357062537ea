/**
 * Creates and deletes companion objects without keeping an application waiting. Mostly that takes milliseconds, and the decision that follows
 * has its outcome. But where hundreds of Services with addresses are created at once, each takes the API server seconds, and workers that wait
 * for them could not follow drivers meanwhile. So after a moment the work continues by itself, and the application is
 * reconciled again when it ends. The outcome is kept until a status has it.
 */

import { Effect, Fiber, Scope, Semaphore } from "effect"
import type { Kube } from "../../kube/Kube.ts"
import type { Changed } from "../../runtime/Kind.ts"
import type { Key } from "../../runtime/Store.ts"
import { type ChildrenOutcome, type ChildrenProgress, inProgress } from "../lifecycle/Observed.ts"

/** Seconds for which a worker waits. */
const moment = 0.2
/** Applications whose companion objects are worked on at the same time. */
const atOnce = 16

export interface ChildrenWork {
  /** Begins the work, and waits a moment for its outcome. To be called when none is in progress for this submission. */
  readonly begin: (
    key: Key,
    submissionId: string | undefined,
    work: Effect.Effect<ChildrenOutcome, never, Kube>,
  ) => Effect.Effect<void, never, Kube>
  /** What became of the last work for this submission, unless a status has it; undefined: there is none. */
  readonly of: (key: Key, submissionId: string | undefined) => ChildrenProgress | undefined
  /** The outcome is part of the status, or the application is gone. */
  readonly forget: (key: Key) => void
  /** `changed` is called with the key of an application whose work ended late. */
  readonly wakes: (changed: Changed) => void
}

interface Begun {
  readonly submissionId: string | undefined
  progress: ChildrenProgress
  isAwaited: boolean
}

/** Works on nothing yet; work that is in progress when the scope ends is interrupted, and begun again by the next operator. */
export const make: Effect.Effect<ChildrenWork, never, Scope.Scope> = Effect.gen(function* () {
  const scope = yield* Effect.scope
  const permits = Semaphore.makeUnsafe(atOnce)
  const begun = new Map<Key, Begun>()
  let wake: Changed = () => {}

  const ended = (key: Key, entry: Begun, outcome: ChildrenOutcome) => {
    entry.progress = outcome
    if (!entry.isAwaited && begun.get(key) === entry) wake(key)
  }

  return {
    begin: Effect.fnUntraced(function* (key, submissionId, work) {
      const entry: Begun = { submissionId, progress: inProgress, isAwaited: true }
      begun.set(key, entry)
      const fiber = yield* permits.withPermit(work).pipe(
        Effect.tap((outcome) => Effect.sync(() => ended(key, entry, outcome))),
        // Interrupted, or a bug: it may begin again.
        Effect.onError(() =>
          Effect.sync(() => {
            if (begun.get(key) === entry && begun.delete(key)) wake(key)
          }),
        ),
        Effect.forkIn(scope),
      )
      yield* Effect.timeoutOption(Fiber.await(fiber), moment * 1000)
      entry.isAwaited = false
    }),
    of: (key, submissionId) => {
      const entry = begun.get(key)
      return entry !== undefined && entry.submissionId === submissionId ? entry.progress : undefined
    },
    forget: (key) => void begun.delete(key),
    wakes: (changed) => {
      wake = changed
    },
  }
})
