/**
 * When spans of attempts are exported: a phase when the status that records its end has been written, the root when the attempt has ended.
 * Only one operator can win that write, and only once, so every span is exported once. What an operator that was killed may have lost,
 * the next one exports again: the same spans with the same ids.
 */

import { Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { Attempt, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { timestamp } from "../../kube/Time.ts"
import { isLeft } from "../../runtime/Store.ts"
import { type SpanData, SpanSink } from "../../telemetry/otlp/SpanSink.ts"
import { lastAttempt } from "../lifecycle/Attempts.ts"
import { attemptSpans } from "./AttemptSpans.ts"

export interface AttemptTraces {
  /** After a status write of the operator succeeded; the application carries the new status. */
  readonly committed: (previous: SparkApplicationStatus | undefined, application: SparkApplication) => void
  /** Every change of the cache. `now`: milliseconds since 1970. */
  readonly observed: (change: ApplicationChange, now: number) => void
}

export interface ApplicationChange {
  readonly before: SparkApplication | undefined
  readonly after: SparkApplication | undefined
  /** Nothing happened to it: it is part of the first list, or its namespace is selected now, or no longer. */
  readonly initial: boolean
}

/** An operator keeps spans for some seconds before it sends them; what ended longer ago than this was sent. */
const resendMillis = 60_000

/** Pushes the spans of those traces that are sampled to the `SpanSink`. */
export const make: Effect.Effect<AttemptTraces> = Effect.gen(function* () {
  const { isSampled, push } = yield* SpanSink
  const emit = (spans: ReadonlyArray<SpanData>) => {
    for (const span of spans) if (isSampled(span.traceId)) push(span)
  }
  return {
    committed: (previous, application) => emit(newSpans(previous, application)),
    observed: ({ before, after, initial }, now) => {
      if (initial && after !== undefined) emit(recentSpans(after, now))
      if (!isLeft({ after, initial }) && before !== undefined && before.metadata.uid !== after?.metadata.uid)
        emit(deletedSpans(before, now))
    },
  }
})

/** All spans of the attempts to which something happened lately: a phase may be recorded only when a later one ends. */
const recentSpans = (application: SparkApplication, now: number): ReadonlyArray<SpanData> =>
  (application.status?.attempts ?? []).flatMap((attempt) => {
    const spans = attemptSpans(application, attempt)
    return spans.some(({ end }) => now - end < resendMillis) ? spans : []
  })

/** Spans that are over by the status of the application and were not by the previous one. */
export const newSpans = (
  previous: SparkApplicationStatus | undefined,
  application: SparkApplication,
): ReadonlyArray<SpanData> =>
  (application.status?.attempts ?? []).flatMap((attempt) => {
    const earlier = previous?.attempts?.find(({ number }) => number === attempt.number)
    if (earlier === undefined) return attemptSpans(application, attempt)
    // Most writes leave an attempt as it is, and an attempt that has ended never changes.
    if (earlier.result !== undefined) return []
    const known = new Set(attemptSpans(application, earlier).map(({ name }) => name))
    return attemptSpans(application, attempt).filter(({ name }) => !known.has(name))
  })

/**
 * The end of a trace whose application was deleted while it ran: no status records it, and nothing in Kubernetes has the time of it; so it
 * is the time at which the operator saw the deletion.
 */
const deletedSpans = (application: SparkApplication, now: number): ReadonlyArray<SpanData> => {
  const attempt = lastAttempt(application.status)
  if (attempt === undefined || attempt.result !== undefined) return []
  const ended: Attempt = { ...attempt, finishTime: timestamp(now), result: "Stopped", reason: "Deleted" }
  const attempts = [...(application.status?.attempts ?? []).slice(0, -1), ended]
  const last = application.status && { ...application, status: { ...application.status, attempts } }
  return last === undefined ? [] : newSpans(application.status, last)
}
