/**
 * From a new attempt to a driver pod that the API server has accepted. The submission comes first; then one status write records the attempt and
 * its outcome. A crash in between heals: a repetition finds the objects by their names, which follow from the application and the number of the
 * attempt (`Begun`). Where a submission cannot be completed at once, the attempt is recorded with what it waits for, in a state that promises no
 * driver pod.
 */

import type { Attempt } from "../../api/application/SparkApplicationStatus.ts"
import { secondsSince, timestamp } from "../../kube/Time.ts"
import { after, again } from "../../runtime/Next.ts"
import type { DriverPod } from "../../spark/observe/ObservedPod.ts"
import type { Action } from "./Action.ts"
import { amend, currentAttempt, end, lastAttempt, submittedBy } from "./Attempts.ts"
import { nextSubmission, withAttempt } from "./Begun.ts"
import { requiredCreated } from "./ChildrenStatus.ts"
import type { Delay, SubmissionOutcome } from "./Observed.ts"
import { givenUp, retryAfter } from "./RetryPolicy.ts"
import { deleteRun } from "./Run.ts"
import type { Situation } from "./Situation.ts"
import { inState, normal, routine, type Step, step, warning, without, withWaiting } from "./Step.ts"

/** Seconds until the next reconcile while an earlier run holds the driver pod's name; its deletion triggers one earlier. */
const blockedRecheck = 5
/** Seconds until the next reconcile while a Job runs spark-submit; changes of its pod trigger one earlier. */
const pendingRecheck = 2
/** Seconds for which a submission may meet with errors that may be temporary before the status says so. */
const reportedDelay = 5

/** States New and RESUMING, PENDING_RERUN when the earlier run is gone, SUBMISSION_FAILED after the retry interval. */
export const submit = (s: Situation): Step => {
  const attempt = currentAttempt(s.status)
  if (attempt === undefined) return submitNext(s)
  const { driver, submission } = s.observed
  if (driver._tag === "Present") return accepted(s, driver)
  if (submission !== undefined) return answered(s, submission)
  const delay = longDelay(s)
  const status = delay === undefined ? s.status : withWaiting(s.status, delay, s.now)
  return (
    overdue({ ...s, status }, attempt) ?? step(status, again, { actions: submissionActions(s, submissionOf(attempt)) })
  )
}

/**
 * Submits, without a word in the status: `record` follows with the outcome. Only if that has been impossible for a while, the attempt is
 * recorded before the next try.
 */
const submitNext = (s: Situation): Step => {
  const next = nextSubmission(s.uid, s.status)
  const by = s.submitter?.by ?? "native"
  const delay = longDelay(s)
  if (delay === undefined) {
    return step(s.status, again, { actions: submissionActions(s, { ...next, by, submittedAt: s.now }) })
  }
  const { driverPodName, runSpecHash } = s
  const begun = { ...next, by, startedAt: delay.since, runSpecHash, driverPodName, required: [] }
  const status = withWaiting(withAttempt(s, begun), delay, s.now)
  const actions = submissionActions(s, submissionOf(currentAttempt(status)!))
  return step(status, again, { actions, events: added(s) })
}

/**
 * The status does not record the submission that has begun, or another spec than that from which it is made: it does so now, with the outcome
 * if that is known.
 */
export const record = (s: Situation): Step => {
  const begun = s.observed.begun!
  const { runSpecHash = s.status.runSpecHash } = begun
  const isNew = currentAttempt(s.status) === undefined
  const status = isNew ? withAttempt(s, begun) : { ...s.status, ...(runSpecHash === undefined ? {} : { runSpecHash }) }
  const { submission } = s.observed
  const recorded = submission === undefined ? step(status, again) : answered({ ...s, status }, submission)
  return { ...recorded, events: [...added(s), ...recorded.events] }
}

const added = ({ name, status }: Situation) =>
  status.attempts === undefined ? [routine("SparkApplicationAdded", `SparkApplication ${name} was added`)] : []

/** What follows from the API server's answer to the submission of the current attempt. */
const answered = (s: Situation, outcome: SubmissionOutcome): Step => {
  switch (outcome._tag) {
    case "Accepted":
      return accepted(s, outcome.driver)
    case "Refused":
      return submissionFailed(s, outcome.reason, outcome.message)
    case "Blocked":
      return (
        overdue(s, currentAttempt(s.status)!, outcome.message) ??
        waiting(s, outcome.reason, outcome.message, blockedRecheck)
      )
    case "Pending": {
      const pod = s.observed.submitters.find(({ waiting }) => waiting)?.waiting
      const message = pod ? `${outcome.message}: ${pod.message ?? pod.reason}` : outcome.message
      return (
        overdue(s, currentAttempt(s.status)!, outcome.message) ??
        waiting(s, pod?.reason ?? "SubmitJobRunning", message, pendingRecheck)
      )
    }
  }
}

/** The errors that the submission meets with, if the status is to say so. */
const longDelay = ({ observed: { delay }, now }: Situation): Delay | undefined =>
  delay !== undefined && (now - delay.since) / 1000 >= reportedDelay ? delay : undefined

/** The failure of a submission that has not been completed before its deadline. */
const overdue = (s: Situation, { startTime }: Attempt, why = s.status.waiting?.message): Step | undefined => {
  const limit = s.desired.deadlines.submittedSeconds ?? s.policy.deadlines.submittedSeconds
  if (limit === undefined || secondsSince(startTime, s.now) < limit) return undefined
  const message = `the driver pod was not created within ${limit} s (spec.deadlines.submittedSeconds)`
  return submissionFailed(s, "DeadlineExceeded", why ? `${message}: ${why}` : message)
}

const waiting = (s: Situation, reason: string, message: string, recheck: number): Step =>
  step(withWaiting(s.status, { reason, message }, s.now), after(recheck))

type Submission = Omit<Extract<Action, { _tag: "Submit" }>, "_tag" | "runSpecHash">

/** The submission of an attempt that the status records. */
const submissionOf = (attempt: Attempt): Submission => ({
  submissionId: attempt.submissionID,
  submittedAt: Date.parse(attempt.startTime),
  attempt: attempt.number,
  by: submittedBy(attempt),
})

/** Remains of the attempt before are deleted first, once: a crash may have interrupted their deletion. */
const submissionActions = (
  { status, driverPodName, runSpecHash, observed: { delay } }: Situation,
  submission: Submission,
): ReadonlyArray<Action> => {
  const earlier = status.attempts?.findLast(({ number }) => number < submission.attempt)
  return [
    ...(earlier && delay?.remainsDeleted !== true
      ? [
          {
            _tag: "DeleteRun" as const,
            submissionId: earlier.submissionID,
            driverPodName,
            by: submittedBy(earlier),
            executors: [],
          },
        ]
      : []),
    { _tag: "Submit", ...submission, runSpecHash },
  ]
}

const accepted = (s: Situation, driver: DriverPod): Step => {
  const history = historyOf(s, driver)
  const status = amend(s.status, { submittedTime: timestamp(driver.createdAt), driverUID: driver.uid, ...history })
  return step(
    {
      ...without(inState(status, "SUBMITTED"), "waiting", "nextRetryTime"),
      ...(status.children === undefined ? {} : { children: requiredCreated(status.children) }),
      ...(driver.runSpecHash === undefined ? {} : { runSpecHash: driver.runSpecHash }),
      executionAttempts: (s.status.executionAttempts ?? 0) + 1,
      submissionFailures: 0,
      driverInfo: { ...status.driverInfo, podName: driver.name },
      ...(driver.sparkApplicationId ? { sparkApplicationId: driver.sparkApplicationId } : {}),
      ...history,
    },
    again,
    {
      events: [
        normal("SparkApplicationSubmitted", `SparkApplication ${s.name} was submitted as driver pod ${driver.name}`),
      ],
    },
  )
}

/** The link to the run in a history server, known before its driver runs; none for a driver of another spec. */
const historyOf = (s: Situation, { sparkApplicationId, runSpecHash = s.runSpecHash }: DriverPod) => {
  const historyURL =
    sparkApplicationId && runSpecHash === s.runSpecHash ? s.historyUrlOf(sparkApplicationId) : undefined
  return historyURL === undefined ? {} : { historyURL }
}

const submissionFailed = (s: Situation, reason: string, message: string): Step => {
  const failures = (s.status.submissionFailures ?? 0) + 1
  const wait = retryAfter(s.desired.restartPolicy, "submission", failures)
  const ended = end(s.status, s.now, { result: "SubmissionFailed", reason, message: message.slice(0, 1024) })
  const status = {
    ...without(inState(ended, "SUBMISSION_FAILED", message), "waiting", "nextRetryTime"),
    submissionFailures: failures,
  }
  return step(
    wait === undefined ? status : { ...status, nextRetryTime: timestamp(s.now + wait * 1000) },
    wait === undefined ? again : after(wait),
    {
      actions: deleteRun(s),
      events: [warning("SparkApplicationSubmissionFailed", `Failed to submit SparkApplication ${s.name}: ${message}`)],
    },
  )
}

/** State SUBMISSION_FAILED: waits, tries again, or gives up. A change of the restart policy applies at once. */
export const afterSubmissionFailure = (s: Situation): Step => {
  if (currentAttempt(s.status)) return submit(s)
  const wait = retryAfter(s.desired.restartPolicy, "submission", Math.max(1, s.status.submissionFailures ?? 0))
  if (wait === undefined) return givenUp(s)
  const failedAt = lastAttempt(s.status)?.finishTime ?? s.status.lastSubmissionAttemptTime
  const remaining = wait - secondsSince(failedAt, s.now)
  return remaining > 0 ? step(s.status, after(remaining)) : submit(s)
}
