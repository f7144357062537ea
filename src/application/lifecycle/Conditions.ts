/**
 * The conditions of an application: each is computed by exactly one function from the rest of the status, so none can contradict it.
 * `lastTransitionTime` moves only when the truth value changes.
 */

import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { type Claim, claim, conditionsOf } from "../../api/Condition.ts"
import { describeProblems, type Problem } from "../../api/Problem.ts"
import { stateOf } from "../../api/States.ts"
import { timestamp } from "../../kube/Time.ts"
import type { Submitter } from "../../spark/submit/Submitter.ts"
import { currentAttempt, lastAttempt } from "./Attempts.ts"

/** What was found in the spec. */
export interface Findings {
  /** The status has them already: what it says about the spec stays. */
  readonly recorded?: boolean
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<Problem>
  readonly submitter: Submitter | undefined
}

/** Undefined: the condition does not apply. */
type Writer = (status: SparkApplicationStatus, findings: Findings) => Claim | undefined

/** What the condition says now. */
const known = ({ conditions }: SparkApplicationStatus, type: string): Claim | undefined => {
  const condition = conditions?.find((one) => one.type === type)
  return condition && claim(condition.status, condition.reason, condition.message)
}

const accepted: Writer = (status, { problems, warnings, recorded }) => {
  if (recorded === true) return known(status, "Accepted")
  if (problems.length > 0) return claim("False", "InvalidSpec", describeProblems(problems))
  return warnings.length > 0
    ? claim("True", "ValidWithWarnings", describeProblems(warnings))
    : claim("True", "Valid", "The spec can be submitted")
}

const submitted: Writer = (status) => {
  const attempt = lastAttempt(status)
  if (attempt?.submittedTime !== undefined && attempt.result !== "Stopped") {
    return claim("True", "DriverPodCreated", `Attempt ${attempt.number} was submitted`)
  }
  switch (stateOf(status)) {
    case "SUBMISSION_FAILED":
      return claim("False", attempt?.reason ?? "SubmissionFailed", attempt?.message ?? "")
    case "SUSPENDED":
    case "SUSPENDING":
      return claim("False", "Suspended", "spec.suspend is true")
    case "FAILED":
      return claim("False", attempt?.reason ?? "InvalidSpec", status.applicationState.errorMessage ?? "")
    default:
      return status.waiting
        ? claim("False", status.waiting.reason, status.waiting.message ?? "")
        : claim("False", "Submitting", "The driver pod is about to be created")
  }
}

/** Only if a Job submits: why the operator does not submit itself. */
const native: Writer = (status, { submitter, recorded }) => {
  if (recorded === true) return known(status, "Native")
  if (submitter?.by !== "job") return undefined
  return submitter.reasons.length > 0
    ? claim("False", "NotNative", `The image's spark-submit runs in a Job: ${describeProblems(submitter.reasons)}`)
    : claim("False", "JobRequested", "The image's spark-submit runs in a Job, because the submitter is set to job")
}

const running: Writer = (status) => {
  const state = stateOf(status)
  if (state === "RUNNING") return claim("True", "DriverRunning", "The driver is running")
  if (state === "UNKNOWN") return claim("Unknown", "DriverUnknown", "The node of the driver does not report")
  if (status.waiting) return claim("False", status.waiting.reason, status.waiting.message ?? "")
  return claim("False", state === "SUBMITTED" ? "DriverPending" : "DriverNotRunning")
}

const succeeded: Writer = (status) => {
  const { state, errorMessage } = status.applicationState
  if (state === "COMPLETED") return claim("True", "Completed", "The application completed")
  if (state === "FAILED") return claim("False", lastAttempt(status)?.reason ?? "Failed", errorMessage ?? "")
  return claim("Unknown", "InProgress", errorMessage ?? "")
}

/** Only if a run has companion objects. */
const childrenReady: Writer = ({ children }) => {
  if (children === undefined || children.length === 0) return undefined
  const failed = children.filter(({ state }) => state === "Failed")
  if (failed.length > 0) {
    const sentences = failed.map(({ kind, name, message }) => `${kind} ${name}: ${message ?? ""}`)
    return claim("False", failed[0]?.reason ?? "Failed", sentences.join("; ").slice(0, 4096))
  }
  return children.every(({ state }) => state === "Created")
    ? claim("True", "Created", `All companion objects of the driver exist (${children.length})`)
    : claim("False", "Creating", "The companion objects of the driver are about to be created")
}

/** Only after the first stall: most applications never have one. */
const stalled: Writer = ({ applicationState: { state }, stalled, conditions }) => {
  if (stalled !== undefined && state === "RUNNING") return claim("True", stalled.reason, stalled.message)
  if (!conditions?.some(({ type }) => type === "Stalled")) return undefined
  return state === "RUNNING"
    ? claim("False", "Progressing", "The run is making progress again")
    : claim("False", "DriverNotRunning")
}

/** Only after the first silent executor: running executors that the driver does not count. */
const executorsHeard: Writer = ({ applicationState: { state }, silentExecutors, conditions }) => {
  if (silentExecutors !== undefined && state === "RUNNING") {
    const { count, names } = silentExecutors
    const message = `Running executors that the driver no longer counts (${count}): ${names.join(", ")}`
    return claim("False", "ExecutorsSilent", message)
  }
  if (!conditions?.some(({ type }) => type === "ExecutorsHeard")) return undefined
  return state === "RUNNING"
    ? claim("True", "AllCounted", "The driver counts all running executors")
    : claim("Unknown", "DriverNotRunning")
}

const writers: Readonly<Record<string, Writer>> = {
  Accepted: accepted,
  Submitted: submitted,
  Native: native,
  Running: running,
  Succeeded: succeeded,
  ChildrenReady: childrenReady,
  Stalled: stalled,
  ExecutorsHeard: executorsHeard,
}

/**
 * When a condition got its value. An application whose first status records a submission was accepted when that began, which is before now.
 */
const since = (type: string, status: SparkApplicationStatus, now: number): string => {
  const first = status.conditions === undefined ? currentAttempt(status)?.startTime : undefined
  return type === "Accepted" && first !== undefined ? first : timestamp(now)
}

/** The status with its conditions brought up to date. */
export const withConditions = (
  status: SparkApplicationStatus,
  findings: Findings,
  generation: number,
  now: number,
): SparkApplicationStatus => ({
  ...status,
  conditions: conditionsOf(
    status.conditions,
    Object.fromEntries(Object.entries(writers).map(([type, write]) => [type, write(status, findings)])),
    generation,
    (type) => since(type, status, now),
  ),
})
