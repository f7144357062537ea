/** The list of attempts in the status: the newest is last, the current one has no result yet, the oldest ones are dropped. */

import type { Attempt, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { timestamp } from "../../kube/Time.ts"
import { traceId } from "../../spark/monitoring/Trace.ts"
import { failureReason } from "../../spark/observe/FailureReason.ts"
import type { Submitter } from "../../spark/submit/Submitter.ts"
import type { Begun } from "./Begun.ts"

/** Attempts that the status keeps. */
const kept = 10

/** The newest attempt, ended or not; undefined before the first. */
export const lastAttempt = (status: SparkApplicationStatus | undefined): Attempt | undefined => status?.attempts?.at(-1)

/** The attempt that is not over. */
export const currentAttempt = (status: SparkApplicationStatus | undefined): Attempt | undefined => {
  const last = lastAttempt(status)
  return last?.result === undefined ? last : undefined
}

/** The submitter of an attempt; the operator itself if the status names none. */
export const submittedBy = (attempt: Attempt | undefined): Submitter["by"] => attempt?.submitter ?? "native"

/** Number of the next attempt, from 1. */
export const nextNumber = (status: SparkApplicationStatus | undefined): number => (lastAttempt(status)?.number ?? 0) + 1

/** Adds the attempt of this submission as the current one. */
export const begin = (
  status: SparkApplicationStatus,
  { submissionId, attempt, by, startedAt }: Pick<Begun, "submissionId" | "attempt" | "by" | "startedAt">,
): SparkApplicationStatus => ({
  ...status,
  attempts: [
    ...(status.attempts ?? []).slice(1 - kept),
    {
      number: attempt,
      submissionID: submissionId,
      traceID: traceId(submissionId),
      startTime: timestamp(startedAt),
      ...(by === "job" ? { submitter: by } : {}),
    },
  ],
})

/** Adds facts to the last attempt. */
export const amend = (status: SparkApplicationStatus, facts: Partial<Attempt>): SparkApplicationStatus => {
  const last = lastAttempt(status)
  return last ? { ...status, attempts: [...status.attempts!.slice(0, -1), { ...last, ...facts }] } : status
}

/** Ends the current attempt, if there is one. A failed one also gets `failure`: its reason as one of a closed list. */
export const end = (
  status: SparkApplicationStatus,
  finishedAt: number,
  facts: Partial<Attempt> & Required<Pick<Attempt, "result">>,
): SparkApplicationStatus =>
  currentAttempt(status) ? amend(status, { finishTime: timestamp(finishedAt), ...facts, ...failureOf(facts) }) : status

const failureOf = ({ result, ...facts }: Partial<Attempt>): Pick<Attempt, "failure"> =>
  result === "Failed" || result === "SubmissionFailed"
    ? { failure: failureReason({ of: result === "Failed" ? "run" : "submission", reason: undefined, ...facts }) }
    : {}
