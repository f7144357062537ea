/**
 * Taking over an application from kubeflow's operator: fields that its status lacks are added, once, so that the run continues under the
 * same driver. That operator writes the status after `spark-submit`; if it was stopped in between, there is a driver that the status does
 * not record. That driver is adopted as well, instead of waiting for its end and starting a second one.
 */

import type { RestartPolicy } from "../../api/application/SparkApplication.ts"
import type {
  ApplicationStateType,
  Attempt,
  SparkApplicationStatus,
} from "../../api/application/SparkApplicationStatus.ts"
import { precedesSubmission, stateOf } from "../../api/States.ts"
import { timestamp } from "../../kube/Time.ts"
import { again } from "../../runtime/Next.ts"
import type { Situation } from "./Situation.ts"
import { inState, normal, type Step, step } from "./Step.ts"

/** Firesteel has not reconciled it yet: the first reconcile writes both of these. */
const neverReconciled = ({ attempts, runSpecHash }: SparkApplicationStatus) =>
  attempts === undefined && runSpecHash === undefined

/** How the last run ended, by the state in which kubeflow's operator left it; absent: it has not ended. */
const ends: Partial<Record<ApplicationStateType, Required<Pick<Attempt, "result">> & Pick<Attempt, "reason">>> = {
  SUCCEEDING: { result: "Succeeded" },
  COMPLETED: { result: "Succeeded" },
  FAILING: { result: "Failed" },
  FAILED: { result: "Failed" },
  INVALIDATING: { result: "Stopped", reason: "SpecChanged" },
  SUSPENDING: { result: "Stopped", reason: "Suspended" },
  SUSPENDED: { result: "Stopped", reason: "Suspended" },
}

/** Reads kubeflow's message about a failed driver: "driver container failed with ExitCode: 137, Reason: OOMKilled". */
const failureOf = (message: string | undefined): Pick<Attempt, "reason" | "exitCode" | "message"> => {
  if (message === undefined || message === "") return {}
  const [, exitCode, reason] = /ExitCode: (\d+), Reason: (\w+)/.exec(message) ?? []
  return {
    reason: message === "driver pod not found" ? "DriverNotFound" : (reason ?? "Error"),
    ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
    message: message.slice(0, 1024),
  }
}

/** The run in the status as the first entry of the list of attempts; undefined if there is none. */
const attemptOf = (status: SparkApplicationStatus, now: number): Attempt | undefined => {
  const state = stateOf(status)
  const { errorMessage } = status.applicationState
  const { submissionID, lastSubmissionAttemptTime: began } = status
  if (!submissionID || !began || precedesSubmission(state)) return undefined
  const number = Math.max(1, status.executionAttempts ?? 1)
  const finishTime = status.terminationTime || timestamp(now)
  if (state === "FAILED" && !status.executionAttempts) {
    const why = errorMessage ? { message: errorMessage.slice(0, 1024) } : {}
    return { number, submissionID, startTime: began, finishTime, result: "SubmissionFailed", ...why }
  }
  const end = ends[state]
  return {
    number,
    submissionID,
    startTime: began,
    submittedTime: began,
    ...(end === undefined ? {} : { finishTime, ...(end.result === "Failed" ? failureOf(errorMessage) : {}), ...end }),
  }
}

/**
 * Failures that count against the budgets of `OnFailure`. kubeflow's counters count tries, all of which have failed except a run that has
 * not ended; `Always` has no budget, and its back-off starts from scratch.
 */
const failuresOf = (
  status: SparkApplicationStatus,
  { type }: RestartPolicy,
): Pick<SparkApplicationStatus, "runFailures" | "submissionFailures"> => {
  if (type !== "OnFailure") return {}
  const { executionAttempts = 0, submissionAttempts = 0 } = status
  switch (stateOf(status)) {
    case "SUBMITTED":
    case "RUNNING":
    case "UNKNOWN":
      return { runFailures: Math.max(0, executionAttempts - 1) }
    case "FAILING":
    case "PENDING_RERUN":
      return { runFailures: executionAttempts }
    case "SUBMISSION_FAILED":
      return { runFailures: executionAttempts, submissionFailures: Math.max(1, submissionAttempts - executionAttempts) }
    default:
      return {}
  }
}

/** The status with the fields that kubeflow's operator does not write; the same object if there is nothing to take over. */
export const adopt = ({
  status,
  desired,
  now,
}: Pick<Situation, "status" | "desired" | "now">): SparkApplicationStatus => {
  if (!neverReconciled(status)) return status
  const attempt = attemptOf(status, now)
  const failures = failuresOf(status, desired.restartPolicy)
  return attempt === undefined && Object.keys(failures).length === 0
    ? status
    : { ...status, ...failures, ...(attempt === undefined ? {} : { attempts: [attempt] }) }
}

interface UnknownDriver {
  readonly podName: string
  readonly submissionId: string
  readonly createdAt: number
}

/** A driver of this very application that its status does not record, or records as a failed submission. */
const unknownDriver = ({ status, observed: { driver } }: Situation): UnknownDriver | undefined => {
  const state = stateOf(status)
  if (!neverReconciled(status) || !precedesSubmission(state)) return undefined
  if (driver._tag === "Leftover" && driver.unreported) return { podName: driver.name, ...driver.unreported }
  return driver._tag === "Present" && !driver.deleting && state === "SUBMISSION_FAILED" && status.submissionID
    ? { podName: driver.name, submissionId: status.submissionID, createdAt: driver.createdAt }
    : undefined
}

/** Whether `adoptDriver` applies: another operator submitted a driver that the status does not record. */
export const hasUnknownDriver = (s: Situation): boolean => unknownDriver(s) !== undefined

/** Records the submission of that driver as the current attempt; the next reconcile finds out what became of it. */
export const adoptDriver = (s: Situation): Step => {
  const { podName, submissionId, createdAt } = unknownDriver(s)!
  const number = (s.status.executionAttempts ?? 0) + 1
  const began = timestamp(createdAt)
  return step(
    {
      ...inState(s.status, "SUBMITTED"),
      submissionID: submissionId,
      lastSubmissionAttemptTime: began,
      submissionAttempts: Math.max(number, s.status.submissionAttempts ?? 0),
      executionAttempts: number,
      driverInfo: { ...s.status.driverInfo, podName },
      attempts: [{ number, submissionID: submissionId, startTime: began, submittedTime: began }],
    },
    again,
    {
      events: [
        normal(
          "SparkApplicationSubmitted",
          `SparkApplication ${s.name} continues with driver pod ${podName}, which another operator submitted`,
        ),
      ],
    },
  )
}
