/**
 * Works through a queue: takes keys, reconciles each within a deadline, and decides from the outcome when the key is reconciled
 * again. One bad key, failing or dying, never stops another.
 */

import { Cause, Clock, Effect, Exit, FiberSet, Semaphore } from "effect"
import { boundedFinalizer } from "../kube/BoundedFinalizer.ts"
import { isStale, KubeError } from "../kube/KubeError.ts"
import type { ReconcileMetrics } from "../telemetry/operator/RuntimeMetrics.ts"
import { retryAfter, retryAfterDefect } from "./Backoff.ts"
import type { Next } from "./Next.ts"
import type { Workqueue } from "./Workqueue.ts"

export interface ControllerOptions<R> {
  readonly queue: Workqueue
  /** Reads the present state of the key and moves it a step. Must be safe to repeat and to interrupt. */
  readonly reconcile: (key: string) => Effect.Effect<Next, KubeError, R>
  readonly metrics: ReconcileMetrics
  /** Workers by lane of the queue. */
  readonly lanes: Readonly<Record<string, number>>
  /** Seconds for one reconcile; longer is a failure with reason `Timeout`. Default 60. */
  readonly deadlineSeconds?: number
  /** Seconds that reconciles in progress may take after shutdown began. Default 10. */
  readonly drainSeconds?: number
}

/**
 * Runs until interrupted. Interruption takes no new keys, waits up to `drainSeconds` for the reconciles in progress, and
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
    const record = (result: Omit<Parameters<ReconcileMetrics["reconciled"]>[0], "seconds">) => {
      options.metrics.reconciled({ ...result, seconds })
      return Effect.annotateCurrentSpan({ ...result })
    }
    if (Exit.isSuccess(exit)) {
      queue.succeeded(key)
      if (exit.value._tag === "After") queue.after(key, exit.value.seconds)
      return record({ outcome: exit.value._tag === "After" ? "requeue" : "success" })
    }
    if (Cause.hasInterruptsOnly(exit.cause)) {
      // Shutdown, as a rule. Should anything else have interrupted it, the key must not be lost.
      queue.retry(key, (failures) => retryAfterDefect(failures, key))
      return record({ outcome: "dropped" })
    }
    const error = exit.cause.reasons.find(Cause.isFailReason)?.error
    if (error !== undefined) {
      const pause = queue.retry(key, (failures) => retryAfter(error, failures, key))
      const recorded = record({ outcome: "error", reason: error.reason })
      const log = isStale(error) ? Effect.logDebug : Effect.logWarning
      return Effect.andThen(recorded, log("reconcile failed")).pipe(
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
    const recorded = record({ outcome: "error", reason: "Defect" })
    return Effect.andThen(recorded, Effect.logError("reconcile died: this is a bug", exit.cause)).pipe(
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
      const inProgress = yield* FiberSet.make<void>()
      yield* Effect.addFinalizer(() => boundedFinalizer(FiberSet.awaitEmpty(inProgress), drainSeconds))
      const dispatch = Effect.fnUntraced(function* ([lane, workers]: readonly [string, number]) {
        const permits = Semaphore.makeUnsafe(workers)
        return yield* Effect.forever(
          Effect.uninterruptibleMask((restore) =>
            Effect.gen(function* () {
              yield* restore(permits.take(1))
              const key = yield* restore(queue.take(lane))
              yield* FiberSet.run(inProgress, Effect.ensuring(Effect.interruptible(work(key)), permits.release(1)))
            }),
          ),
        )
      })
      const dispatching = Effect.forEach(Object.entries(options.lanes), dispatch, {
        concurrency: "unbounded",
        discard: true,
      })
      return yield* Effect.andThen(dispatching, Effect.never)
    }),
  )
}
