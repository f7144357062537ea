/**
 * The trace of an attempt as data: a root span from the decision to submit until the end of the run, and below it one span per phase of
 * its timeline. A pure function of what stands in the status: the same attempt always gives the same spans, with the
 * timestamps of Kubernetes, so an operator that comes later neither invents nor changes any.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { Attempt } from "../../api/application/SparkApplicationStatus.ts"
import { epoch } from "../../kube/Time.ts"
import { attemptSpan, rootSpanId, spanId, traceId } from "../../spark/monitoring/Trace.ts"
import { driverPodName } from "../../spark/Names.ts"
import { sparkAppId } from "../../spark/submit/Submission.ts"
import { attemptPhases, type Phase, type PhaseSpan } from "../lifecycle/Timeline.ts"

export interface AttemptSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  /** Absent: the root. */
  readonly parentSpanId: string | undefined
  /** Epoch milliseconds; `end` is never before `start`. */
  readonly start: number
  readonly end: number
  readonly attributes: Readonly<Record<string, string | number>>
  /** Absent: neither good nor bad, such as a run that the user stopped. */
  readonly outcome: { readonly _tag: "Ok" } | { readonly _tag: "Error"; readonly message: string } | undefined
  /** The root of the attempt before this one. */
  readonly follows: { readonly traceId: string; readonly spanId: string } | undefined
}

/** A phase that is over, or that the attempt ended in the middle of. */
interface OverPhase extends PhaseSpan {
  readonly cut: boolean
}

/** The phases of an attempt, oldest first; one that ended before its driver ran has the phase that it was stuck in as the last. */
const phasesOf = (attempt: Attempt): ReadonlyArray<OverPhase> => {
  const over = attemptPhases(attempt).map((phase) => ({ ...phase, cut: false }))
  const { startTime, submittedTime, scheduledTime, sandboxTime, initializedTime, runningTime, finishTime } = attempt
  if (finishTime === undefined || runningTime !== undefined) return over
  const from = initializedTime ?? sandboxTime ?? scheduledTime ?? submittedTime ?? startTime
  return [...over, { phase: stuckIn(attempt), from, to: finishTime, cut: true }]
}

/** Kubelets before 1.35 do not say that the sandbox is ready while they pull images. */
const stuckIn = ({ submittedTime, scheduledTime, sandboxTime, failure }: Attempt): Phase => {
  if (submittedTime === undefined) return "submit"
  if (scheduledTime === undefined) return "schedule"
  return sandboxTime === undefined && failure !== "ImagePull" ? "sandbox" : "pull"
}

/** The spans of one attempt that are over; its root once it has a result. */
export const attemptSpans = (application: SparkApplication, attempt: Attempt): ReadonlyArray<AttemptSpan> => {
  const id = attempt.submissionID
  const root = rootSpanId(id)
  const begun = epoch(attempt.startTime) ?? 0
  const attributes = attributesOf(application, attempt)
  const failure = failureOf(attempt)
  const children = phasesOf(attempt).map(({ phase, from, to, cut }): AttemptSpan => {
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
      follows: undefined,
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
      follows: earlier && { traceId: traceId(earlier.submissionID), spanId: rootSpanId(earlier.submissionID) },
    },
  ]
}

/** Nothing in here may change while later attempts come, so that a span that is exported again is the same one. */
const attributesOf = (application: SparkApplication, attempt: Attempt): AttemptSpan["attributes"] => {
  const { metadata, status } = application
  const id = applicationId(application, attempt)
  return {
    "k8s.namespace.name": metadata.namespace,
    ...(attempt.submittedTime ? { "k8s.pod.name": status?.driverInfo.podName ?? driverPodName(application) } : {}),
    ...(attempt.driverUID ? { "k8s.pod.uid": attempt.driverUID } : {}),
    "spark.application.name": metadata.name,
    "spark.application.uid": metadata.uid,
    ...(id ? { "spark.application.id": id } : {}),
    "spark.application.attempt": attempt.number,
    "spark.application.submission_id": attempt.submissionID,
  }
}

/** A spark-submit in a Job draws the id at random; the status has that of the current run only. */
const applicationId = ({ status }: SparkApplication, { submissionID, submitter }: Attempt): string | undefined => {
  if (submitter === undefined) return sparkAppId(submissionID)
  return status?.submissionID === submissionID ? status.sparkApplicationId : undefined
}

const endOf = ({ result, reason, exitCode }: Attempt): AttemptSpan["attributes"] => ({
  ...(result ? { "spark.application.result": result } : {}),
  ...(reason ? { "spark.application.reason": reason } : {}),
  ...(reason && isFailure(result) ? { "error.type": reason } : {}),
  ...(exitCode === undefined ? {} : { "process.exit.code": exitCode }),
})

const isFailure = (result: Attempt["result"]) => result === "Failed" || result === "SubmissionFailed"

const failureOf = ({ result, reason, message }: Attempt): AttemptSpan["outcome"] =>
  isFailure(result) ? { _tag: "Error", message: message ?? reason ?? "" } : undefined
