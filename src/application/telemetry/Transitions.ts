/**
 * Status writes as numbers: the difference between two statuses as measurements. Durations come from the
 * timestamps in the status, never from the moment of the write, so a slow operator does not make applications look slow.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type {
  ApplicationStateType,
  Attempt,
  ExecutorCounts,
  SparkApplicationStatus,
} from "../../api/application/SparkApplicationStatus.ts"
import { isAfterRun, stateOf } from "../../api/States.ts"
import { lastAttempt } from "../lifecycle/Attempts.ts"
import { arrivalPhases, attemptPhases, type Phase, type PhaseSpan } from "../lifecycle/running/Timeline.ts"
import { usageMeasurements } from "../usage/UsageMeasurements.ts"
import type { Measurement } from "./Measurement.ts"

/**
 * The measurements that follow from a status that the operator has just written. `previous` is the status before the
 * write (absent: there was none); the application carries the new one. The same pair of statuses always gives the same
 * measurements, and two equal statuses give none.
 */
export const transitions = (
  previous: SparkApplicationStatus | undefined,
  application: SparkApplication,
): ReadonlyArray<Measurement> => {
  const status = application.status
  if (status === undefined) return []
  return [
    ...(previous === undefined ? [count("created"), ...arrival(application, "accept")] : []),
    ...(status.attempts ?? []).flatMap((attempt) =>
      attemptMeasurements(attemptBefore(previous, attempt), attempt, application),
    ),
    ...retries(previous, status),
    ...stalls(previous, status),
    ...stateMeasurements(previous, status),
    ...executorMeasurements(previous, status),
    ...usageMeasurements(previous, status),
  ]
}

const count = (source: Measurement["source"], value = 1): Measurement => ({ source, value })

/**
 * The attempt as the previous status had it. A status of kubeflow's operator has no attempts: an attempt that was in
 * progress when Firesteel took over does not count as submitted again, and one that was over does not count as ended again.
 */
const attemptBefore = (previous: SparkApplicationStatus | undefined, attempt: Attempt): Partial<Attempt> => {
  const known = previous?.attempts?.find((candidate) => candidate.number === attempt.number)
  if (known !== undefined) return known
  if (previous?.submissionID !== attempt.submissionID) return {}
  if (isAfterRun(stateOf(previous))) return attempt
  const { finishTime: _, result: __, ...begun } = attempt
  return begun
}

const attemptMeasurements = (
  before: Partial<Attempt>,
  attempt: Attempt,
  application: SparkApplication,
): ReadonlyArray<Measurement> => {
  const measurements: Array<Measurement> = []
  const creationTime = application.metadata.creationTimestamp
  const first = attempt.number === 1
  if (attempt.submittedTime !== undefined && before.submittedTime === undefined) {
    measurements.push(count("submitted"))
    if (first) measurements.push(...duration("submit-latency", creationTime, attempt.submittedTime))
  }
  if (first && attempt.runningTime !== undefined && before.runningTime === undefined) {
    measurements.push(...duration("start-latency", creationTime, attempt.runningTime))
  }
  if (attempt.result === "SubmissionFailed" && before.result !== "SubmissionFailed") {
    measurements.push(count("submission-failed"))
  }
  if (attempt.finishTime !== undefined && before.finishTime === undefined) {
    measurements.push(...executionTime("execution-time", attempt))
  }
  if (isFailure(attempt) && !isFailure(before)) {
    measurements.push({ ...count("attempt-failed"), attributes: { reason: attempt.failure ?? "Unknown" } })
  }
  if (first && before.startTime === undefined) measurements.push(...arrival(application, "queue"))
  return [...measurements, ...phaseMeasurements(before, attempt)]
}

const isFailure = ({ result }: Partial<Attempt>): boolean => result === "Failed" || result === "SubmissionFailed"

/** The phases that have ended: points in time of an attempt are written once, so each phase is measured once. */
const phaseMeasurements = (before: Partial<Attempt>, attempt: Attempt): ReadonlyArray<Measurement> => {
  const over = new Set(attemptPhases(before).map(({ phase }) => phase))
  return attemptPhases(attempt)
    .filter(({ phase }) => !over.has(phase))
    .flatMap(phaseDuration)
}

const arrival = (application: SparkApplication, only: Phase): ReadonlyArray<Measurement> =>
  arrivalPhases(application)
    .filter(({ phase }) => phase === only)
    .flatMap(phaseDuration)

const phaseDuration = ({ phase, from, to }: PhaseSpan): ReadonlyArray<Measurement> =>
  duration("phase", from, to).map((measured) => ({ ...measured, attributes: { phase } }))

/** A run is measured from the start of its driver, or from the closest known time before. An attempt without a driver pod did not run. */
const executionTime = (
  source: "execution-time" | "last-execution-time",
  attempt: Attempt | undefined,
): ReadonlyArray<Measurement> => {
  const result = attempt?.result
  if (attempt === undefined || result === undefined || result === "SubmissionFailed") return []
  const start = attempt.runningTime ?? attempt.submittedTime ?? attempt.startTime
  return duration(source, start, attempt.finishTime).map((measured) => ({ ...measured, attributes: { result } }))
}

/** Seconds between two RFC 3339 timestamps, never negative (clocks of nodes differ); nothing when one is missing. */
const duration = (
  source: Measurement["source"],
  from: string | undefined,
  to: string | undefined,
): ReadonlyArray<Measurement> => {
  if (from === undefined || to === undefined) return []
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000
  return Number.isFinite(seconds) ? [{ source, value: Math.max(0, seconds) }] : []
}

/** A rerun after success (restart policy Always) or after a change of the spec is not a retry. */
const retries = (
  previous: SparkApplicationStatus | undefined,
  status: SparkApplicationStatus,
): ReadonlyArray<Measurement> => {
  const before = stateOf(previous)
  const last = lastAttempt(status)
  const rerun = became("PENDING_RERUN", previous, status) && last?.result === "Failed"
  const resubmitted =
    before === "SUBMISSION_FAILED" && last !== undefined && last.number > (lastAttempt(previous)?.number ?? 0)
  return rerun || resubmitted ? [count("retried")] : []
}

const stalls = (
  previous: SparkApplicationStatus | undefined,
  { stalled }: SparkApplicationStatus,
): ReadonlyArray<Measurement> =>
  stalled === undefined || previous?.stalled?.reason === stalled.reason
    ? []
    : [{ ...count("stalled"), attributes: { reason: stalled.reason } }]

const became = (
  state: ApplicationStateType,
  previous: SparkApplicationStatus | undefined,
  status: SparkApplicationStatus,
): boolean => stateOf(status) === state && stateOf(previous) !== state

/**
 * `run` counts every run, at SUCCEEDING and FAILING or at the terminal state if those were skipped; an application that
 * never ran has no failed run. A spec that is refused between two attempts is counted as a failed submission here.
 */
const stateMeasurements = (
  previous: SparkApplicationStatus | undefined,
  status: SparkApplicationStatus,
): ReadonlyArray<Measurement> => {
  const before = stateOf(previous)
  const completed = became("COMPLETED", previous, status)
  const failed = became("FAILED", previous, status)
  const ended = lastAttempt(status)
  const endedNow = ended !== undefined && ended.result !== attemptBefore(previous, ended).result
  const runSucceeded = became("SUCCEEDING", previous, status) || (completed && before !== "SUCCEEDING")
  const runFailed = became("FAILING", previous, status) || (failed && endedNow && ended.result === "Failed")
  const refused = failed && !endedNow && before !== "FAILING" && isRefused(status)
  return [
    ...(runSucceeded ? [{ ...count("run"), attributes: { result: "Succeeded" } }] : []),
    ...(runFailed ? [{ ...count("run"), attributes: { result: "Failed" } }] : []),
    ...(completed ? [count("succeeded")] : []),
    ...(failed ? [count("failed")] : []),
    ...(refused ? [{ ...count("attempt-failed"), attributes: { reason: "InvalidSpec" } }] : []),
    ...(completed || failed ? executionTime("last-execution-time", ended) : []),
  ]
}

const isRefused = ({ conditions }: SparkApplicationStatus): boolean =>
  conditions?.some(({ type, status }) => type === "Accepted" && status === "False") === true

/** Executors that ended since the previous status of the same submission; a new submission starts counting at zero. */
const executorMeasurements = (
  previous: SparkApplicationStatus | undefined,
  status: SparkApplicationStatus,
): ReadonlyArray<Measurement> => {
  const before = previous?.submissionID === status.submissionID ? previous?.executors : undefined
  const succeeded = (status.executors?.succeeded ?? 0) - (before?.succeeded ?? 0)
  const failed = (status.executors?.failed ?? 0) - (before?.failed ?? 0)
  return [
    ...(succeeded > 0 ? [count("executor-succeeded", succeeded)] : []),
    ...failures(before?.failures, status.executors?.failures, failed),
  ]
}

/** `failed` executors by reason; those without a reason in the status are `Unknown`. */
const failures = (
  before: ExecutorCounts["failures"],
  now: ExecutorCounts["failures"],
  failed: number,
): ReadonlyArray<Measurement> => {
  const increases = Object.entries(now ?? {}).map(
    ([reason, count]) => [reason, count - (before?.[reason] ?? 0)] as const,
  )
  const known = increases.filter(([, value]) => value > 0)
  const unknown = failed - known.reduce((sum, [, value]) => sum + value, 0)
  return [...known, ["Unknown", unknown] as const]
    .filter(([, value]) => value > 0)
    .map(([reason, value]) => ({ source: "executor-failed", value, attributes: { reason } }))
}
