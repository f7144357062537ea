/**
 * The trace of an attempt as data: a root span from the decision to submit until the end of the run, and one span per phase between
 * them, one after the other. A pure function of what stands in the status: the same attempt always gives the same spans, with the
 * timestamps of Kubernetes, so an operator that comes later neither invents nor changes any.
 */
import type { SparkApplication } from "../api/SparkApplication.ts"
import type { Attempt } from "../api/SparkApplicationStatus.ts"
import { driverPodName } from "../spark/Names.ts"
import { sparkAppId } from "../spark/Submission.ts"
import { attemptSpan, rootSpanId, spanId, traceId } from "../spark/Trace.ts"
import { epoch } from "./PodFacts.ts"

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

/** Epoch milliseconds at which something was reached; what is not known, or was left out, is undefined. */
export interface AttemptTimes {
  /** The submission was written down. */
  readonly begun: number
  /** The driver pod was created. */
  readonly submitted?: number | undefined
  /** A queue let the pod go. */
  readonly admitted?: number | undefined
  readonly scheduled?: number | undefined
  /** Volumes and network are there, and init containers have run. */
  readonly prepared?: number | undefined
  /** The driver container runs: its image is there, too. */
  readonly started?: number | undefined
  /** The Spark context is up. */
  readonly context?: number | undefined
  readonly finished?: number | undefined
}

/** The phases in their order, each with the fact that ends it. What `optional` waits for may never come without harm. */
const phases = [
  { name: "spark.application.submit", until: "submitted" },
  { name: "spark.driver.queue", until: "admitted", optional: true },
  { name: "spark.driver.schedule", until: "scheduled" },
  { name: "spark.driver.prepare", until: "prepared" },
  { name: "spark.driver.pull", until: "started" },
  { name: "spark.driver.context", until: "context", optional: true },
  { name: "spark.application.run", until: "finished" },
] as const satisfies ReadonlyArray<{
  readonly name: string
  readonly until: keyof AttemptTimes
  readonly optional?: boolean
}>

export interface Phase {
  readonly name: string
  readonly start: number
  readonly end: number
  /** The attempt ended in the middle of it. */
  readonly cut: boolean
}

/**
 * The phases that are over, oldest first. Each begins where the one before it ended. An attempt that ended before its driver ran has the
 * phase that it ended in as the last one.
 */
export const phasesOf = (times: AttemptTimes): ReadonlyArray<Phase> => {
  const over: Array<Phase> = []
  let start = times.begun
  const reach = (name: string, time: number, cut: boolean) => {
    const end = Math.max(start, time)
    over.push({ name, start, end, cut })
    start = end
  }
  const known = phases.filter(({ until }) => until !== "finished" && times[until] !== undefined)
  for (const { name, until } of known) reach(name, times[until] ?? start, false)
  if (times.finished === undefined) return over
  const last = phases.findLastIndex((phase) => phase === known.at(-1))
  const next = phases.slice(last + 1).find((phase) => !("optional" in phase)) ?? phases[phases.length - 1]!
  reach(next.name, times.finished, next.until !== "finished")
  return over
}

/** What the status says of an attempt's times. */
export const timesOf = (attempt: Attempt): AttemptTimes => ({
  begun: epoch(attempt.startTime) ?? 0,
  submitted: epoch(attempt.submittedTime),
  scheduled: epoch(attempt.scheduledTime),
  prepared: epoch(attempt.preparedTime),
  started: epoch(attempt.runningTime),
  finished: epoch(attempt.finishTime),
})

/** The spans of one attempt that are over; its root once it has a result. */
export const attemptSpans = (application: SparkApplication, attempt: Attempt): ReadonlyArray<AttemptSpan> => {
  const id = attempt.submissionID
  const root = rootSpanId(id)
  const times = timesOf(attempt)
  const attributes = attributesOf(application, attempt)
  const failure = failureOf(attempt)
  const children = phasesOf(times).map(({ name, start, end, cut }): AttemptSpan => {
    const ended = cut || name === "spark.application.run"
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
      start: times.begun,
      end: Math.max(times.begun, ...children.map(({ end }) => end)),
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
