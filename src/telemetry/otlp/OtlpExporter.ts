/**
 * Sends records of one signal in batches, one request at a time. Effect's own exporter discards everything for a minute after an error
 * without a report, and has neither a bounded queue nor a deadline; so only its encoding is used. Here memory is bounded, failed requests
 * are retried as the specification allows, everything that is lost is counted, and a failure is logged once, and once more when it is over.
 */

import { Cause, Clock, Effect, Fiber, Latch, Random, type Scope } from "effect"
import * as ByteSize from "effect/ByteSize"
import type { HttpBody } from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { MaxBodySize } from "effect/http/HttpIncomingMessage"
import { boundedFinalizer } from "../../kube/BoundedFinalizer.ts"
import { type Verdict, verdictOf } from "./OtlpAnswer.ts"
import { type OtlpBatching, type OtlpTarget, type Signal, withoutSecrets } from "./OtlpEnvironment.ts"

/** Where the exporter counts. */
export interface ExportCounts {
  /** One request ended. */
  readonly exported: (signal: Signal, outcome: ExportOutcome) => void
  /** Records that will never arrive. */
  readonly dropped: (signal: Signal, reason: DropReason, count: number) => void
}

export type ExportOutcome = "success" | "partial" | "failure"

/** The queue was full; the backend rejected it; too many attempts failed; the operator ended. */
export type DropReason = "queue_full" | "rejected" | "unanswered" | "shutdown"

export interface ExporterOptions<A> {
  readonly signal: "traces" | "logs"
  readonly target: OtlpTarget
  readonly batching: OtlpBatching
  readonly encode: (records: ReadonlyArray<A>) => HttpBody
  readonly counts: ExportCounts
}

export interface Exporter<A> {
  /** Never waits and never fails. */
  readonly push: (record: A) => void
  /** Sends what is left, for at most five seconds; what comes afterwards is dropped. */
  readonly close: Effect.Effect<void>
}

/** After this many attempts, about four minutes, a batch is dropped for newer ones. */
const maxAttempts = 10
const firstPause = 1_000
const longestPause = 30_000
/** How long `close` waits. */
const flushSeconds = 5
const answerLimit = ByteSize.kibibytes(64)
/** Milliseconds between two warnings about a full queue while the backend accepts exports. */
const warningPause = 60_000

/** Works in the scope; `close` belongs before its end. */
export const make = Effect.fnUntraced(function* <A>({
  signal,
  target,
  batching,
  encode,
  counts,
}: ExporterOptions<A>): Effect.fn.Return<Exporter<A>, never, HttpClient.HttpClient | Scope.Scope> {
  const client = yield* HttpClient.HttpClient
  const endpoint = withoutSecrets(target.url)
  const request = HttpClientRequest.post(target.url, { headers: target.headers })
  const full = Latch.makeUnsafe()
  const ending = Latch.makeUnsafe()
  let queue: Array<A> = []
  let inFlight = 0
  let closing = false
  let closed = false
  let lost = 0
  let warnedAt: number | undefined
  let lostAtEnd = 0
  /** What was warned of since the backend last accepted everything. */
  const failing = new Set<keyof typeof warnings>()

  const drop = (reason: DropReason, count: number) => {
    lost += count
    if (reason === "shutdown") lostAtEnd += count
    counts.dropped(signal, reason, count)
  }

  const attempt = (body: HttpBody): Effect.Effect<Verdict> =>
    Effect.gen(function* () {
      const plain = HttpClientRequest.setBody(request, body)
      const sent = target.gzip ? yield* HttpClientRequest.compressBody(plain, "gzip") : plain
      const { status, headers, arrayBuffer } = yield* client.execute(sent)
      const answer = {
        status,
        contentType: headers["content-type"],
        retryAfter: headers["retry-after"],
        body: new Uint8Array(yield* arrayBuffer),
      }
      return verdictOf(answer, yield* Clock.currentTimeMillis)
    }).pipe(
      Effect.timeoutOrElse({
        duration: target.timeout,
        orElse: () => Effect.succeed(unanswered(`no answer within ${target.timeout / 1000} s`)),
      }),
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.succeed(unanswered(reasonOf(cause))),
      ),
      Effect.provideService(MaxBodySize, answerLimit),
      Effect.provideService(HttpClient.TracerPropagationEnabled, false),
      Effect.withTracerEnabled(false),
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
      yield* Effect.logWarning(`${signal} were dropped: too many at once`, { dropped, queueSize: batching.queueSize })
    }
  })

  /** Returns how long to wait before the batch is retried; undefined when it is settled. */
  const settle = Effect.fnUntraced(function* (verdict: Verdict, size: number, tries: number) {
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
        if (tries < maxAttempts && !closing) return verdict.after ?? (yield* pauseAfter(tries))
        drop(closing ? "shutdown" : "unanswered", size)
        return undefined
      }
    }
  })

  const deliver = Effect.fnUntraced(function* (batch: ReadonlyArray<A>) {
    inFlight = batch.length
    const body = encode(batch)
    for (let tries = 1; ; tries++) {
      const pause = yield* settle(yield* attempt(body), batch.length, tries)
      if (pause === undefined) break
      yield* Effect.timeoutOption(ending.await, pause)
    }
    inFlight = 0
  })

  const work = Effect.gen(function* () {
    while (true) {
      if (queue.length < batching.batchSize && !closing) yield* Effect.timeoutOption(full.await, batching.delay)
      full.closeUnsafe()
      const batch = queue.slice(0, batching.batchSize)
      queue = queue.slice(batching.batchSize)
      if (batch.length > 0) yield* deliver(batch)
      else if (closing) return
    }
  })
  const worker = yield* Effect.forkScoped(work)
  const close = Effect.gen(function* () {
    closing = true
    ending.openUnsafe()
    full.openUnsafe()
    yield* boundedFinalizer(Fiber.await(worker), flushSeconds)
    closed = true
    const left = queue.length + inFlight
    if (left > 0) drop("shutdown", left)
    if (lostAtEnd === 0) return
    yield* Effect.logWarning(`${signal} were lost at the end: the backend did not accept them in time`, {
      endpoint,
      dropped: lostAtEnd,
    })
  })

  return {
    push: (record) => {
      if (closed) return drop("shutdown", 1)
      if (queue.length >= batching.queueSize) return drop("queue_full", 1)
      queue.push(record)
      if (queue.length >= batching.batchSize) full.openUnsafe()
    },
    close,
  }
})

const warnings = {
  busy: "are not exported; they are kept for a while, and the export is retried",
  refused: "are not exported: the backend rejects them, and they are dropped",
  partial: "are only accepted in part by the backend",
} as const

const unanswered = (reason: string): Verdict => ({ _tag: "Busy", reason, after: undefined })

/** Twice as long each time, up to half a minute; not all operators at the same moment. */
const pauseAfter = (tries: number) =>
  Effect.map(Random.next, (random) => Math.min(longestPause, firstPause * 2 ** (tries - 1)) * (0.5 + random / 2))

/** The innermost cause has the useful message: `connect ECONNREFUSED 127.0.0.1:4318`. */
const reasonOf = (cause: Cause.Cause<unknown>): string => {
  let error = Cause.squash(cause)
  for (let depth = 0; depth < 5; depth++) {
    const inner: unknown =
      error instanceof AggregateError
        ? error.errors[0]
        : typeof error === "object" && error !== null && "reason" in error && error.reason instanceof Error
          ? error.reason
          : error instanceof Error
            ? error.cause
            : undefined
    if (inner === undefined) break
    error = inner
  }
  return (error instanceof Error ? error.message : String(error)).slice(0, 300)
}
