/**
 * What one of the SDK's batch processors exports to, and the only hand-written part of the exports. OpenTelemetry's exporter retries a
 * batch for at most its timeout (10 s), and over gRPC not at all; then the batch is lost. Measured with 10 spans/s and a backend that is
 * away for 5, 20 and 60 s: BSP with OTLP/HTTP LOSS_HTTP, with gRPC LOSS_GRPC of the spans are lost; through this file none. So here a batch is retried
 * for minutes. Everything that is lost is counted, and a failure is logged once, and once more when it is over.
 */

import { createNoopMeter, type MeterProvider } from "@opentelemetry/api"
import { Clock, Effect, FiberSet, Latch, Random, type Scope } from "effect"
import { boundedFinalizer } from "../../kube/BoundedFinalizer.ts"
import type { DropReason, ExportCounts } from "./ExportCounts.ts"
import { type ExportResult, noAnswer, type Verdict, verdictOf } from "./ExportResult.ts"
import { type OtlpBatching, type OtlpTarget, withoutSecrets } from "./OtlpEnvironment.ts"

/** What span exporters and log exporters of OpenTelemetry have in common. */
export interface BatchExporter<A> {
  readonly export: (batch: Array<A>, done: (result: ExportResult) => void) => void
  readonly shutdown: () => Promise<void>
  readonly forceFlush?: () => Promise<void>
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
    readonly exporter: Required<BatchExporter<A>>
    readonly selfObsMeterProvider: MeterProvider
    readonly maxQueueSize: number
    readonly maxExportBatchSize: number
    /** Milliseconds. */
    readonly scheduledDelayMillis: number
    readonly exportTimeoutMillis: number
  }
  /** Around every record that is passed to the processor. */
  readonly pushing: (push: () => void) => void
  /** Shuts the processor down: exports what is left, for at most five seconds; what comes afterwards is dropped. */
  readonly close: (shutdown: () => Promise<void>) => Effect.Effect<void>
}

/** Milliseconds; the SDK's exporter has already retried for some seconds before the first. */
const firstPause = 1_000
const longestPause = 30_000
/** How long `close` waits; only briefly for a backend that has not answered before. */
const flushSeconds = 5
const flushSecondsWhileAway = 1
/** Beyond the timeout, for a backend that answers byte by byte: the SDK's exporter would wait for ever. */
const grace = 1_000
/** Milliseconds between two warnings about a full queue while the backend accepts exports. */
const warningPause = 60_000

/** Works in the scope; `close` belongs before its end. */
export const make = Effect.fnUntraced(function* <A>({
  signal,
  target,
  batching,
  exporter,
  counts,
}: DeliveryOptions<A>): Effect.fn.Return<Delivery<A>, never, Scope.Scope> {
  const endpoint = withoutSecrets(target.url)
  const deliveries = yield* FiberSet.make<void>()
  const fork = yield* FiberSet.runtime(deliveries)<never>()
  const ending = Latch.makeUnsafe()
  /** Records that the processor or an export in flight has. */
  let pending = 0
  let closing = false
  let closed = false
  let lost = 0
  let lostAtEnd = 0
  let warnedAt: number | undefined
  /** What was warned of since the backend last accepted everything. */
  const failing = new Set<keyof typeof warnings>()

  const drop = (reason: DropReason, count: number) => {
    lost += count
    if (reason === "shutdown") lostAtEnd += count
    counts.dropped(signal, reason, count)
  }

  const attempt = (batch: Array<A>): Effect.Effect<Verdict> =>
    Effect.callback<Verdict>((resume) =>
      exporter.export(batch, (result) => resume(Effect.succeed(verdictOf(result, target.timeout)))),
    ).pipe(
      Effect.timeoutOrElse({
        duration: target.timeout + grace,
        orElse: () => Effect.succeed(noAnswer(target.timeout)),
      }),
      Effect.catchDefect((defect) => Effect.succeed<Verdict>({ _tag: "Refused", reason: String(defect) })),
    )

  const warnOnce = (kind: keyof typeof warnings, reason: string) => {
    if (failing.has(kind)) return Effect.void
    failing.add(kind)
    return Effect.logWarning(`${signal} ${warnings[kind]}`, { endpoint, reason })
  }

  const recovered = Effect.gen(function* () {
    const dropped = lost
    const now = yield* Clock.currentTimeMillis
    if (failing.size > 0) {
      failing.clear()
      lost = 0
      yield* Effect.logInfo(`${signal} are exported again`, { endpoint, dropped })
    } else if (dropped > 0 && now - (warnedAt ?? -warningPause) >= warningPause) {
      warnedAt = now
      lost = 0
      yield* Effect.logWarning(`${signal} were dropped: too many at once`, {
        dropped,
        queueSize: batching.queueSize,
      })
    }
  })

  /** Returns how long to wait before the batch is retried; undefined when it is settled. */
  const settle = Effect.fnUntraced(function* (verdict: Verdict, size: number, tries: number, deadline: number) {
    switch (verdict._tag) {
      case "Accepted":
        counts.exported(signal, "success")
        yield* recovered
        return undefined
      case "Partial":
        counts.exported(signal, "partial")
        drop("rejected", Math.min(size, verdict.rejected))
        yield* warnOnce("partial", verdict.reason)
        return undefined
      case "Refused":
        counts.exported(signal, "failure")
        drop("rejected", size)
        yield* warnOnce("refused", verdict.reason)
        return undefined
      case "Busy": {
        counts.exported(signal, "failure")
        yield* warnOnce("busy", verdict.reason)
        const pause = yield* pauseAfter(tries)
        if (!closing && (yield* Clock.currentTimeMillis) + pause < deadline) return pause
        drop(closing ? "shutdown" : "unanswered", size)
        return undefined
      }
    }
  })

  const deliver = Effect.fnUntraced(function* (batch: Array<A>, done: (result: ExportResult) => void) {
    const deadline = (yield* Clock.currentTimeMillis) + batching.patience
    for (let tries = 1; ; tries++) {
      const pause = yield* settle(yield* attempt(batch), batch.length, tries, deadline)
      if (pause === undefined) break
      yield* Effect.timeoutOption(ending.await, pause)
    }
    pending -= batch.length
    done({ code: 0 })
  }, Effect.withTracerEnabled(false))

  const close = Effect.fnUntraced(function* (shutdown: () => Promise<void>) {
    closing = true
    ending.openUnsafe()
    const flushed = Effect.ignore(Effect.tryPromise(shutdown)).pipe(Effect.andThen(FiberSet.awaitEmpty(deliveries)))
    yield* boundedFinalizer(flushed, failing.has("busy") ? flushSecondsWhileAway : flushSeconds)
    closed = true
    if (pending > 0) drop("shutdown", pending)
    if (lostAtEnd === 0) return
    yield* Effect.logWarning(`${signal} were lost at the end: the backend did not accept them in time`, {
      endpoint,
      dropped: lostAtEnd,
    })
  })

  return {
    processorOptions: {
      exporter: {
        export: (batch, done) => void fork(deliver(batch, done)),
        forceFlush: async () => {},
        shutdown: () => exporter.shutdown(),
      },
      selfObsMeterProvider: drops((count) => {
        pending -= count
        drop("queue_full", count)
      }),
      maxQueueSize: batching.queueSize,
      maxExportBatchSize: batching.batchSize,
      scheduledDelayMillis: batching.delay,
      // Never reached: one batch at a time is in flight, as long as this file retries it.
      exportTimeoutMillis: batching.patience + target.timeout + 2 * grace,
    },
    pushing: (push) => {
      if (closed) return drop("shutdown", 1)
      pending++
      push()
    },
    close,
  }
})

/** The meters of a processor, of which only the number of records is read that found the queue full. */
const drops = (dropped: (count: number) => void): MeterProvider => {
  const noop = createNoopMeter()
  const meter = Object.create(noop, {
    createCounter: {
      value: (name: string) => ({
        add: (count: number, attributes?: Readonly<Record<string, unknown>>) => {
          if (name.endsWith(".processed") && attributes?.["error.type"] === "queue_full") dropped(count)
        },
      }),
    },
  })
  return { getMeter: () => meter }
}

const warnings = {
  busy: "are not exported; they are kept for a while, and the export is retried",
  refused: "are not exported: the backend rejects them, and they are dropped",
  partial: "are only accepted in part by the backend",
} as const

/** Twice as long each time, up to half a minute; not all operators at the same moment. */
const pauseAfter = (tries: number) =>
  Effect.map(Random.next, (random) => Math.min(longestPause, firstPause * 2 ** (tries - 1)) * (0.5 + random / 2))
