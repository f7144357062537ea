/**
 * A submission that has begun. Nothing is written into the status before it: its objects are found by their names, and the first of them says
 * what the status does not record yet (`reconcile/SubmissionRecord`). The status records it together with its outcome; or as soon as another
 * step than the submission follows, because what it has created must be deleted then.
 */

import type { ChildStatus, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { precedesSubmission, stateOf } from "../../api/States.ts"
import { timestamp } from "../../kube/Time.ts"
import { submissionId } from "../../spark/submit/Submission.ts"
import type { Submitter } from "../../spark/submit/Submitter.ts"
import { begin, currentAttempt, nextNumber } from "./Attempts.ts"
import { retryAfter } from "./RetryPolicy.ts"
import type { Situation } from "./Situation.ts"
import { without } from "./Step.ts"

export interface SubmissionKey {
  readonly submissionId: string
  /** Number of the attempt. */
  readonly attempt: number
}

export interface Begun extends SubmissionKey {
  readonly by: Submitter["by"]
  /** When the API server created its first object, in epoch milliseconds. */
  readonly startedAt: number
  /** Of the spec that it is made from; undefined if that is not known. */
  readonly runSpecHash: string | undefined
  readonly driverPodName: string
  /** The companion objects that its driver requires. */
  readonly required: ReadonlyArray<ChildStatus>
}

/**
 * The submission after those that the status records. Where the attempts in it were lost (a definition of another operator drops them), it is
 * at least another one than the last.
 */
export const nextSubmission = (uid: string, status: SparkApplicationStatus | undefined): SubmissionKey => {
  const key = (attempt: number) => ({ submissionId: submissionId(uid, attempt), attempt })
  const next = key(nextNumber(status))
  return next.submissionId === status?.submissionID ? key(next.attempt + 1) : next
}

/** The submission that may have begun although the status does not record it. */
export const unrecorded = (uid: string, status: SparkApplicationStatus | undefined): SubmissionKey | undefined =>
  precedesSubmission(stateOf(status)) && currentAttempt(status) === undefined ? nextSubmission(uid, status) : undefined

/**
 * Whether something else than a submission may follow in a state that precedes one, so that a submission that has begun has to be searched
 * for. A spec that was never edited and is suspended was never submitted.
 */
export const mayGiveUp = ({
  deleting,
  generation,
  problems,
  desired: { suspend, restartPolicy },
  status,
}: Pick<Situation, "deleting" | "generation" | "problems" | "desired"> & {
  readonly status: SparkApplicationStatus | undefined
}): boolean =>
  deleting ||
  problems.length > 0 ||
  (suspend && generation > 1) ||
  (stateOf(status) === "SUBMISSION_FAILED" &&
    status?.nextRetryTime !== undefined &&
    retryAfter(restartPolicy, "submission", Math.max(1, status.submissionFailures ?? 0)) === undefined)

/** The status with this submission as the current attempt, and without what belonged to the one before. */
export const withAttempt = (s: Situation, begun: Begun): SparkApplicationStatus => {
  const { submissionId, attempt, startedAt, driverPodName, runSpecHash = s.runSpecHash } = begun
  const own = s.childrenOf({ submissionId, attempt, submittedAt: startedAt })
  const children = runSpecHash === s.runSpecHash && own.length > 0 ? own : begun.required
  const fresh = without(
    s.status,
    "sparkApplicationId",
    "historyURL",
    "terminationTime",
    "executorState",
    "executors",
    "recentExecutorFailures",
    "nextRetryTime",
    "waiting",
    "children",
    "progress",
    "stalled",
    "silentExecutors",
  )
  return begin(
    {
      ...fresh,
      ...(children.length > 0 ? { children } : {}),
      submissionID: submissionId,
      lastSubmissionAttemptTime: timestamp(startedAt),
      submissionAttempts: (s.status.submissionAttempts ?? 0) + 1,
      driverInfo: { podName: driverPodName },
      runSpecHash,
    },
    begun,
  )
}

/** Whether a submission has begun that the status does not record, or records with another spec than the one it is made from. */
export const hasBegun = ({ uid, status, observed: { begun } }: Situation): boolean => {
  const attempt = currentAttempt(status)
  if (begun === undefined) return false
  return attempt === undefined
    ? unrecorded(uid, status)?.submissionId === begun.submissionId
    : attempt.submissionID === begun.submissionId &&
        attempt.submittedTime === undefined &&
        begun.runSpecHash !== undefined &&
        begun.runSpecHash !== status.runSpecHash
}
