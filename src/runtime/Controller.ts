/**
 * Works through a queue: takes keys, reconciles each within a deadline, and decides from the outcome when the key comes
 * again. One bad key, failing or dying, never stops another.
 */

import { Cause, Clock, Effect, Exit, Fiber, FiberSet, Semaphore } from "effect"
import { KubeError } from "../kube/KubeError.ts"
import type { ReconcileMetrics } from "../telemetry/operator/RuntimeMetrics.ts"
import { retryAfter, retryAfterDefect } from "./Backoff.ts"
import type { Next } from "./Next.ts"
import type { Lane, Workqueue } from "./Workqueue.ts"

export interface ControllerOptions<R> {
  readonly queue: Workqueue
  /** Looks at the present state of the key and moves it a step. Must be safe to repeat and to interrupt. */
  readonly reconcile: (key: string) => Effect.Effect<Next, KubeError, R>
  readonly metrics: ReconcileMetrics
  /** Reconciles at one time, per lane. */
  readonly concurrency: Readonly<Record<Lane, number>>
  /** Seconds for one reconcile; longer is a failure with reason `Timeout`. Default 60. */
  readonly deadlineSeconds?: number
  /** Seconds that reconciles under way may go on after shutdown began. Default 10. */
  readonly drainSeconds?: number
}

/**
 * Runs until interrupted. Interruption takes no new keys, waits up to `drainSeconds` for the reconciles under way, and
 * interrupts the rest.
 */
export const run = <R>(options: ControllerOptions<R>): Effect.Effect<never, never, R> => {
  const { queue } = options
  const deadlineSeconds = options.deadlineSeconds ?? 60
  const drainSeconds = options.drainSeconds ?? 10

  const late = (key: string) =>
    Effect.fail(
      new KubeError({
        reason: "Timeout",
        request: `reconcile ${key}`,
        message: `not done within ${deadlineSeconds} s`,
      }),
    )

  /** Every outcome in one place: the queue's move, the metric and the span cannot disagree. */
  const settle = (key: string, exit: Exit.Exit<Next, KubeError>, seconds: number): Effect.Effect<void> => {
    const tell = (result: Omit<Parameters<ReconcileMetrics["reconciled"]>[0], "seconds">) => {
      options.metrics.reconciled({ ...result, seconds })
      return Effect.annotateCurrentSpan({ ...result })
    }
    if (Exit.isSuccess(exit)) {
      queue.succeeded(key)
      if (exit.value._tag === "After") queue.after(key, exit.value.seconds)
      return tell({ outcome: exit.value._tag === "After" ? "requeue" : "success" })
    }
    if (Cause.hasInterruptsOnly(exit.cause)) {
      // Shutdown, as a rule. Should anything else have interrupted it, the key must not be lost.
      queue.retry(key, (failures) => retryAfterDefect(failures, key))
      return tell({ outcome: "dropped" })
    }
    const error = exit.cause.reasons.find(Cause.isFailReason)?.error
    if (error !== undefined) {
      const pause = queue.retry(key, (failures) => retryAfter(error, failures, key))
      const told = tell({ outcome: "error", reason: error.reason })
      const log = error.reason === "Conflict" || error.reason === "NotFound" ? Effect.logDebug : Effect.logWarning
      return Effect.andThen(told, log("reconcile failed")).pipe(
        Effect.annotateLogs({
          key,
          reason: error.reason,
          request: error.request,
          error: error.message,
          nextTrySeconds: pause,
        }),
      )
    }
    const pause = queue.retry(key, (failures) => retryAfterDefect(failures, key))
    const told = tell({ outcome: "error", reason: "Defect" })
    return Effect.andThen(told, Effect.logError("reconcile died: this is a bug", exit.cause)).pipe(
      Effect.annotateLogs({ key, nextTrySeconds: pause }),
    )
  }

  const work = (key: string): Effect.Effect<void, never, R> =>
    Clock.clockWith((clock) => {
      const started = clock.monotonicTimeNanosUnsafe()
      return Effect.suspend(() => options.reconcile(key)).pipe(
        Effect.timeoutOrElse({ duration: deadlineSeconds * 1000, orElse: () => late(key) }),
        Effect.onExit((exit) => settle(key, exit, Number(clock.monotonicTimeNanosUnsafe() - started) / 1e9)),
        Effect.withSpan("reconcile", { kind: "consumer", attributes: { key } }, { captureStackTrace: false }),
        Effect.exit,
        Effect.ensuring(Effect.sync(() => queue.done(key))),
      )
    })

  return Effect.scoped(
    Effect.gen(function* () {
      const underWay = yield* FiberSet.make<void>()
      // In a fiber of its own: this one may be interrupted already, and then could not wait for a limited time.
      yield* Effect.addFinalizer(() =>
        FiberSet.awaitEmpty(underWay).pipe(
          Effect.timeoutOption(drainSeconds * 1000),
          Effect.forkDetach,
          Effect.flatMap(Fiber.await),
        ),
      )
      const dispatch = Effect.fnUntraced(function* (lane: Lane) {
        const permits = Semaphore.makeUnsafe(options.concurrency[lane])
        return yield* Effect.forever(
          Effect.uninterruptibleMask((restore) =>
            Effect.gen(function* () {
              yield* restore(permits.take(1))
              const key = yield* restore(queue.take(lane))
              yield* FiberSet.run(underWay, Effect.ensuring(Effect.interruptible(work(key)), permits.release(1)))
            }),
          ),
        )
      })
      return yield* Effect.raceFirst(dispatch("status"), dispatch("submission"))
    }),
  )
}
