/**
 * Between a batch processor of the SDK and OpenTelemetry's exporter, the one hand-written part of the exports. The exporter retries a batch
 * for at most its timeout (10 s), over gRPC not at all, and then the batch is lost. Spans lost, at 10 per second, while a backend is away
 * (`bench/telemetry/outage.ts`):
 *
 *     away for               5 s       20 s        60 s
 *     SDK alone, HTTP    0 of 537   46 of 674   418 of 1060
 *     SDK alone, gRPC   46 of 534  238 of 681   818 of 1058
 *     with this file         none       none        none
 *
 * So a batch is retried for minutes here, everything that is lost is counted, and a failure is logged once, and once more when it is over.
 */

import { Clock, Effect, FiberSet, Latch, Random, type Scope } from "effect"
import { boundedFinalizer } from "../../kube/BoundedFinalizer.ts"
import { type DropReason, type ExportCounts, outcomes } from "./ExportCounts.ts"
import * as ExportLog from "./ExportLog.ts"
import { type ExportResult, noAnswer, type Verdict, verdictOf } from "./ExportResult.ts"
import { type OtlpBatching, type OtlpTarget, withoutSecrets } from "./OtlpEnvironment.ts"

/** What span exporters and log exporters of OpenTelemetry have in common. */
export interface BatchExporter<A> {
  readonly export: (batch: Array<A>, done: (result: ExportResult) => void) => void
  readonly shutdown: () => Promise<void>
}

export interface DeliveryOptions<A> {
  readonly signal: "traces" | "logs"
  readonly target: OtlpTarget
  readonly batching: OtlpBatching
  readonly exporter: BatchExporter<A>
  readonly counts: ExportCounts
}

export interface Delivery<A> {
  /** For the batch processor, which exports to it. */
  readonly processorOptions: {
    readonly exporter: BatchExporter<A> & { readonly forceFlush: () => Promise<void> }
    readonly maxQueueSize: number
    readonly maxExportBatchSize: number
    /** Milliseconds. */
    readonly scheduledDelayMillis: number
    readonly exportTimeoutMillis: number
  }
  /** Passes a record to the processor by `push`, if there is room for it. */
  readonly pushing: (push: () => void) => void
  /** Shuts the processor down: exports what is left, for at most five seconds; what comes afterwards is dropped. */
  readonly close: (shutdown: () => Promise<void>) => Effect.Effect<void>
}

/** Milliseconds; before the first, OpenTelemetry's exporter has already retried for some seconds over HTTP. */
const firstPause = 1_000
const longestPause = 30_000
/** How long `close` waits; only briefly for a backend that has not answered before. */
const flushSeconds = 5
const flushSecondsWhileAway = 1
/** Beyond the timeout, for a backend that answers byte by byte: OpenTelemetry's exporter would wait forever. */
const grace = 1_000
/** Milliseconds between two warnings about a full queue while the backend accepts exports. */
const warningPause = 60_000

/** Works in the scope; `close` belongs before its end. */
export const make = Effect.fnUntraced(function* <A>({
  signal,
  target,
  batching: { queueSize, batchSize, delay, patience },
  exporter,
  counts,
}: DeliveryOptions<A>): Effect.fn.Return<Delivery<A>, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const log = ExportLog.make(target)
  const deliveries = yield* FiberSet.make<void>()
  const fork = yield* FiberSet.runtime(deliveries)<never>()
  const ending = Latch.makeUnsafe()
  let queued = 0
  let inFlight = 0
  let closing = false
  let closed = false
  let lost = 0
  let lostAtEnd = 0
  let quietUntil = 0

  const drop = (reason: DropReason, count: number) => {
    if (count === 0) return
    lost += count
    if (reason === "shutdown") lostAtEnd += count
    counts.dropped(signal, reason, count)
  }

  const attempt = Effect.fnUntraced(function* (batch: Array<A>) {
    const verdict = yield* Effect.callback<Verdict>((resume) =>
      exporter.export(batch, (result) => resume(Effect.succeed(verdictOf(result, target.timeout)))),
    ).pipe(
      Effect.timeoutOrElse({
        duration: target.timeout + grace,
        orElse: () => Effect.succeed(noAnswer(target.timeout)),
      }),
      Effect.catchDefect((defect) => Effect.succeed<Verdict>({ _tag: "Refused", reason: String(defect) })),
    )
    counts.exported(signal, outcomes[verdict._tag])
    yield* log.ended(verdict, { dropped: lost })
    if (verdict._tag === "Accepted") lost = 0
    return verdict
  })

  const deliver = Effect.fnUntraced(function* (batch: Array<A>, done: (result: ExportResult) => void) {
    const deadline = clock.currentTimeMillisUnsafe() + patience
    let verdict = yield* attempt(batch)
    for (let pause = firstPause; verdict._tag === "Busy"; pause = Math.min(longestPause, 2 * pause)) {
      if (closing || clock.currentTimeMillisUnsafe() + pause >= deadline) break
      // Not all operators at the same moment.
      yield* Effect.timeoutOption(ending.await, pause * (0.5 + (yield* Random.next) / 2))
      verdict = yield* attempt(batch)
    }
    if (verdict._tag === "Busy") drop(closing ? "shutdown" : "unanswered", batch.length)
    if (verdict._tag === "Refused") drop("rejected", batch.length)
    if (verdict._tag === "Partial") drop("rejected", Math.min(batch.length, verdict.rejected))
    inFlight -= batch.length
    done({ code: 0 })
  }, Effect.withTracerEnabled(false))

  const queueFull = () => {
    drop("queue_full", 1)
    const now = clock.currentTimeMillisUnsafe()
    if (log.isFailing() || now < quietUntil) return
    quietUntil = now + warningPause
    fork(Effect.logWarning(`${signal} are dropped: too many at once`, { queueSize }))
  }

  return {
    processorOptions: {
      exporter: {
        export: (batch, done) => {
          queued -= batch.length
          inFlight += batch.length
          fork(deliver(batch, done))
        },
        forceFlush: async () => {},
        shutdown: () => exporter.shutdown(),
      },
      maxQueueSize: queueSize,
      maxExportBatchSize: batchSize,
      scheduledDelayMillis: delay,
      // Never reached: the processor waits as long as a batch is retried here.
      exportTimeoutMillis: patience + target.timeout + 2 * grace,
    },
    pushing: (push) => {
      if (closed) return drop("shutdown", 1)
      if (queued >= queueSize) return queueFull()
      queued++
      push()
    },
    close: Effect.fnUntraced(function* (shutdown) {
      closing = true
      ending.openUnsafe()
      const flushed = Effect.ignore(Effect.tryPromise(shutdown)).pipe(Effect.andThen(FiberSet.awaitEmpty(deliveries)))
      yield* boundedFinalizer(flushed, log.isFailing("Busy") ? flushSecondsWhileAway : flushSeconds)
      closed = true
      drop("shutdown", queued + inFlight)
      if (lostAtEnd === 0) return
      yield* Effect.logWarning(`${signal} were lost at the end: the backend did not accept them in time`, {
        endpoint: withoutSecrets(target.url),
        dropped: lostAtEnd,
      })
    }),
  }
})
