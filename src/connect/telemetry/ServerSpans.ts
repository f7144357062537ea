/**
 * The trace of a server as data: a root span for the life of its pod, and below it the phases until its endpoint answered. A pure function of the
 * status: the same attempt always gives the same spans, with the timestamps of Kubernetes.
 */

import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { ConnectAttempt, SparkConnectStatus } from "../../api/connect/SparkConnectStatus.ts"
import { epoch } from "../../kube/Time.ts"
import { rootSpanId, spanId, traceId } from "../../spark/monitoring/Trace.ts"
import { namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import type { SpanData } from "../../telemetry/otlp/SpanSink.ts"

export const serverSpan = "spark.connect.server"

const attributesOf = ({ metadata }: SparkConnect, attempt: ConnectAttempt): SpanData["attributes"] => ({
  [namespaceAttribute]: metadata.namespace,
  ...(attempt.podUID === undefined ? {} : { "k8s.pod.uid": attempt.podUID }),
  "spark.connect.name": metadata.name,
  "spark.connect.uid": metadata.uid,
  "spark.connect.attempt": attempt.number,
})

const endOf = ({ result, reason, exitCode }: ConnectAttempt): SpanData["attributes"] => ({
  ...(result === undefined ? {} : { "spark.connect.result": result }),
  ...(reason === undefined ? {} : { "spark.connect.reason": reason }),
  ...(reason !== undefined && result === "Failed" ? { "error.type": reason } : {}),
  ...(exitCode === undefined ? {} : { "process.exit.code": exitCode }),
})

/** The spans of one attempt that are over; its root once it has a result. */
export const spansOf = (connect: SparkConnect, attempt: ConnectAttempt): ReadonlyArray<SpanData> => {
  const { submissionID: id, startTime, runningTime, readyTime, finishTime, result, message, reason } = attempt
  const begun = epoch(startTime) ?? 0
  const attributes = attributesOf(connect, attempt)
  const phases = [
    ["schedule", startTime, runningTime],
    ["start", runningTime, readyTime],
  ] as const
  const children = phases.flatMap(([phase, from, to]): ReadonlyArray<SpanData> => {
    const [start, end] = [epoch(from), epoch(to)]
    if (start === undefined || end === undefined) return []
    const name = `spark.connect.${phase}`
    return [
      {
        name,
        traceId: traceId(id),
        spanId: spanId(id, name),
        parentSpanId: rootSpanId(id),
        start,
        end: Math.max(start, end),
        attributes,
        outcome: undefined,
        links: [],
      },
    ]
  })
  if (result === undefined) return children
  const earlier = connect.status?.attempts?.find(({ number }) => number === attempt.number - 1)?.submissionID
  return [
    ...children,
    {
      name: serverSpan,
      traceId: traceId(id),
      spanId: rootSpanId(id),
      parentSpanId: undefined,
      start: begun,
      end: Math.max(begun, epoch(finishTime) ?? begun),
      attributes: { ...attributes, ...endOf(attempt) },
      outcome: result === "Failed" ? { _tag: "Error", message: message ?? reason ?? "" } : undefined,
      links:
        earlier === undefined
          ? []
          : [
              {
                traceId: traceId(earlier),
                spanId: rootSpanId(earlier),
                attributes: { "spark.link": "previous attempt" },
              },
            ],
    },
  ]
}

/** Spans that are over by the status of the SparkConnect and were not by the one before. */
export const newSpans = (before: SparkConnectStatus | undefined, after: SparkConnect): ReadonlyArray<SpanData> =>
  (after.status?.attempts ?? []).flatMap((attempt) => {
    const earlier = before?.attempts?.find(({ number }) => number === attempt.number)
    if (earlier?.result !== undefined) return []
    const known = new Set(earlier === undefined ? [] : spansOf(after, earlier).map(({ name }) => name))
    return spansOf(after, attempt).filter(({ name }) => !known.has(name))
  })
