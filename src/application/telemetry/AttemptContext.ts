/** References from spans and log lines of the operator to the trace of the attempt that they are about. */

import { Effect } from "effect"
import { externalSpan } from "effect/Tracer"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { rootSpanId, traceId } from "../../spark/monitoring/Trace.ts"

/** The trace and the root span of the current or last attempt; nothing before the first one. */
export const traceOf = ({
  status,
}: Pick<SparkApplication, "status">): { readonly trace_id: string; readonly span_id: string } | undefined => {
  const submission = status?.submissionID
  return submission === undefined || submission === ""
    ? undefined
    : { trace_id: traceId(submission), span_id: rootSpanId(submission) }
}

/** Log lines of the effect carry `trace_id` and `span_id` of the application's attempt. */
export const about =
  (application: Pick<SparkApplication, "status">) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    const trace = traceOf(application)
    return trace === undefined ? effect : Effect.annotateLogs(effect, trace)
  }

/** Links the current span to the root span of the application's attempt, once. */
export const linkToAttempt = (application: Pick<SparkApplication, "status">): Effect.Effect<void> => {
  const trace = traceOf(application)
  if (trace === undefined) return Effect.void
  return Effect.currentSpan.pipe(
    Effect.map((current) => {
      if (!current.sampled || current.links.some(({ span }) => span.traceId === trace.trace_id)) return
      current.addLinks([{ span: externalSpan({ traceId: trace.trace_id, spanId: trace.span_id }), attributes: {} }])
    }),
    Effect.ignore,
  )
}
