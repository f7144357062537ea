/**
 * The trace of an attempt as data: a root span from the decision to submit until the end of the run, and below it one span per phase of
 * its timeline. A pure function of the status: the same attempt always gives the same spans, with the
 * timestamps of Kubernetes, so a later operator neither invents nor changes any.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { Attempt } from "../../api/application/SparkApplicationStatus.ts"
import { epoch } from "../../kube/Time.ts"
import { attemptSpan, rootSpanId, spanId, traceId } from "../../spark/monitoring/Trace.ts"
import { driverPodName } from "../../spark/Names.ts"
import { sparkAppId } from "../../spark/submit/Submission.ts"
import { namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import type { SpanData, SpanLink } from "../../telemetry/otlp/SpanSink.ts"
import { attemptPhases, type Phase, type PhaseSpan } from "../lifecycle/running/Timeline.ts"

/** A phase that is over: it ended, or the attempt ended during it (`cut`). */
interface OverPhase extends PhaseSpan {
  readonly cut: boolean
}

/** The phases of an attempt, oldest first. If it ended before its driver ran, the last one is the phase that it was stuck in. */
const phasesOf = (attempt: Attempt): ReadonlyArray<OverPhase> => {
  const over = attemptPhases(attempt).map((phase) => ({ ...phase, cut: false }))
  const { startTime, submittedTime, scheduledTime, sandboxTime, initializedTime, runningTime, finishTime } = attempt
  if (finishTime === undefined || runningTime !== undefined) return over
  const from = initializedTime ?? sandboxTime ?? scheduledTime ?? submittedTime ?? startTime
  return [...over, { phase: stuckIn(attempt), from, to: finishTime, cut: true }]
}

/** Kubelets before 1.35 do not report that the sandbox is ready while they pull images. */
const stuckIn = ({ submittedTime, scheduledTime, sandboxTime, failure }: Attempt): Phase => {
  if (submittedTime === undefined) return "submit"
  if (scheduledTime === undefined) return "schedule"
  return sandboxTime === undefined && failure !== "ImagePull" ? "sandbox" : "pull"
}

/** The spans of one attempt that are over; its root once it has a result. */
export const attemptSpans = (application: SparkApplication, attempt: Attempt): ReadonlyArray<SpanData> => {
  const id = attempt.submissionID
  const root = rootSpanId(id)
  const begun = epoch(attempt.startTime) ?? 0
  const attributes = attributesOf(application, attempt)
  const failure = failureOf(attempt)
  const children = phasesOf(attempt).map(({ phase, from, to, cut }): SpanData => {
    const ended = cut || phase === "run"
    const name = `spark.application.${phase}`
    const start = epoch(from) ?? begun
    const end = Math.max(start, epoch(to) ?? start)
    return {
      name,
      traceId: traceId(id),
      spanId: spanId(id, name),
      parentSpanId: root,
      start,
      end,
      attributes: ended ? { ...attributes, ...endOf(attempt) } : attributes,
      outcome: ended ? failure : undefined,
      links: [],
    }
  })
  if (attempt.result === undefined) return children
  const earlier = application.status?.attempts?.find(({ number }) => number === attempt.number - 1)
  return [
    ...children,
    {
      name: attemptSpan,
      traceId: traceId(id),
      spanId: root,
      parentSpanId: undefined,
      start: begun,
      end: Math.max(begun, ...children.map(({ end }) => end)),
      attributes: { ...attributes, ...endOf(attempt) },
      outcome: failure ?? (attempt.result === "Succeeded" ? { _tag: "Ok" } : undefined),
      links: earlier === undefined ? [] : [linkTo(earlier)],
    },
  ]
}

const linkTo = ({ submissionID }: Attempt): SpanLink => ({
  traceId: traceId(submissionID),
  spanId: rootSpanId(submissionID),
  attributes: { "spark.link": "previous attempt" },
})

/** Later attempts must not change any of these, so that a span that is exported again is the same one. */
const attributesOf = (application: SparkApplication, attempt: Attempt): SpanData["attributes"] => {
  const { metadata, status } = application
  const id = applicationId(application, attempt)
  return {
    [namespaceAttribute]: metadata.namespace,
    ...(attempt.submittedTime ? { "k8s.pod.name": status?.driverInfo.podName ?? driverPodName(application) } : {}),
    ...(attempt.driverUID ? { "k8s.pod.uid": attempt.driverUID } : {}),
    "spark.application.name": metadata.name,
    "spark.application.uid": metadata.uid,
    ...(id ? { "spark.application.id": id } : {}),
    "spark.application.attempt": attempt.number,
    "spark.application.submission_id": attempt.submissionID,
  }
}

/** A spark-submit in a Job chooses the id at random; the status has only that of the current run. */
const applicationId = ({ status }: SparkApplication, { submissionID, submitter }: Attempt): string | undefined => {
  if (submitter === undefined) return sparkAppId(submissionID)
  return status?.submissionID === submissionID ? status.sparkApplicationId : undefined
}

const endOf = ({ result, reason, exitCode }: Attempt): SpanData["attributes"] => ({
  ...(result ? { "spark.application.result": result } : {}),
  ...(reason ? { "spark.application.reason": reason } : {}),
  ...(reason && isFailure(result) ? { "error.type": reason } : {}),
  ...(exitCode === undefined ? {} : { "process.exit.code": exitCode }),
})

const isFailure = (result: Attempt["result"]) => result === "Failed" || result === "SubmissionFailed"

const failureOf = ({ result, reason, message }: Attempt): SpanData["outcome"] =>
  isFailure(result) ? { _tag: "Error", message: message ?? reason ?? "" } : undefined
