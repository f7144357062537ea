/**
 * The trace of an attempt, by name: its ids derive from the submission id alone, so whoever knows the submission (an operator after a
 * restart, the driver, a person with `kubectl`) knows the trace, and a span that is exported again is the same span.
 */

import { sparkAppId, uniqueId } from "../submit/Submission.ts"

/**
 * 32 hex digits: the submission id without its dashes, which are also the digits of Spark's application id when the operator submits.
 * A submission id that is no UUID is hashed.
 */
export const traceId = (submissionId: string): string => {
  const digits = sparkAppId(submissionId).slice("spark-".length)
  return digits === noTrace ? sparkAppId(`trace ${submissionId}`).slice("spark-".length) : digits
}

/** Invalid by the W3C Trace Context recommendation, §3.2.2.3. */
const noTrace = "0".repeat(32)

/** 16 hex digits for the span of this name; every name occurs once in a trace. */
export const spanId = (submissionId: string, name: string): string => uniqueId(submissionId, `span ${name}`)

/** The root span of every attempt. */
export const attemptSpan = "spark.application.attempt"

/** Where whatever runs in the attempt hangs itself up. */
export const rootSpanId = (submissionId: string): string => spanId(submissionId, attemptSpan)

/** The value of `TRACEPARENT`: version 00, trace, parent span, flags (W3C Trace Context, §3.2). */
export const traceparent = (submissionId: string, sampled: boolean): string =>
  `00-${traceId(submissionId)}-${rootSpanId(submissionId)}-${sampled ? "01" : "00"}`
