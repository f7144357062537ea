/**
 * The trace of an attempt. Its ids derive from the submission id alone, so that an operator after a restart, the driver, or a person with
 * `kubectl` knows the trace from the submission, and a span that is exported twice is the same span.
 */

import { sparkAppId, uniqueId } from "../submit/Submission.ts"

/**
 * 32 hex digits: the submission id without its dashes, which are also the digits of Spark's application id when the operator submits.
 * A submission id that is not a UUID is hashed.
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

/** The parent of every span of the attempt. */
export const rootSpanId = (submissionId: string): string => spanId(submissionId, attemptSpan)

/** The value of `TRACEPARENT`: version 00, trace, parent span, flags (W3C Trace Context, §3.2). */
export const traceparent = (submissionId: string, sampled: boolean): string =>
  `00-${traceId(submissionId)}-${rootSpanId(submissionId)}-${sampled ? "01" : "00"}`
