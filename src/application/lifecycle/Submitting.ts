/**
 * From a new attempt to a driver pod that the API server has accepted. The attempt is written into the status first; its objects are
 * created after that, with names and content that follow from its submission id. So a crash anywhere in between heals: the next reconcile
 * finds the attempt and creates what is missing.
 */

import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { secondsSince, timestamp } from "../../kube/Time.ts"
import { after, again } from "../../runtime/Next.ts"
import type { DriverPod } from "../../spark/observe/ObservedPod.ts"
import { submissionId } from "../../spark/submit/Submission.ts"
import type { Action } from "./Action.ts"
import { amend, begin, currentAttempt, end, lastAttempt, nextNumber, submittedBy } from "./Attempts.ts"
import { requiredCreated } from "./ChildrenStatus.ts"
import { retryAfter } from "./RetryPolicy.ts"
import { deleteRun } from "./Run.ts"
import type { Situation } from "./Situation.ts"
import { inState, normal, type Step, step, warning, without, withWaiting } from "./Step.ts"

/** Seconds until the next reconcile while an earlier run holds the driver pod's name; its deletion triggers one earlier. */
const blockedRecheck = 5
/** Seconds until the next reconcile while a Job runs spark-submit; changes of its pod trigger one earlier. */
const pendingRecheck = 2

/** States New and RESUMING, PENDING_RERUN when the earlier run is gone, SUBMISSION_FAILED after the retry interval. */
export const submit = (s: Situation): Step => {
  const attempt = currentAttempt(s.status)
  if (attempt === undefined) return beginAttempt(s)
  if (s.observed.driver._tag === "Present") return accepted(s, s.observed.driver)
  switch (s.observed.submission?._tag) {
    case "Accepted":
      return accepted(s, s.observed.submission.driver)
    case "Refused":
      return submissionFailed(s, s.observed.submission.reason, s.observed.submission.message)
  }
  const limit = s.desired.deadlines.submittedSeconds ?? s.policy.deadlines.submittedSeconds
  if (limit !== undefined && secondsSince(attempt.startTime, s.now) >= limit) {
    const why = s.observed.submission?.message ?? s.status.waiting?.message
    const message = `the driver pod was not created within ${limit} s (spec.deadlines.submittedSeconds)`
    return submissionFailed(s, "DeadlineExceeded", why ? `${message}: ${why}` : message)
  }
  if (s.observed.submission?._tag === "Blocked") {
    const { reason, message } = s.observed.submission
    return waiting(s, reason, message, blockedRecheck)
  }
  if (s.observed.submission?._tag === "Pending") {
    const pod = s.observed.submitters.find(({ waiting }) => waiting)?.waiting
    const message = s.observed.submission.message
    return pod
      ? waiting(s, pod.reason, `${message}: ${pod.message ?? pod.reason}`, pendingRecheck)
      : waiting(s, "SubmitJobRunning", message, pendingRecheck)
  }
  return step(s.status, again, { actions: submissionActions(s.status, s.driverPodName) })
}

const waiting = (s: Situation, reason: string, message: string, recheck: number): Step =>
  step(withWaiting(s.status, { reason, message }, s.now), after(recheck))

const beginAttempt = (s: Situation): Step => {
  const first = s.status.attempts === undefined
  const id = submissionId(s.uid, nextNumber(s.status), s.now)
  const fresh = without(
    s.status,
    "sparkApplicationId",
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
  const children = s.childrenOf({ submissionId: id, submittedAt: s.now, attempt: nextNumber(s.status) })
  const status = begin(
    {
      ...fresh,
      ...(children.length > 0 ? { children } : {}),
      submissionID: id,
      lastSubmissionAttemptTime: timestamp(s.now),
      submissionAttempts: (s.status.submissionAttempts ?? 0) + 1,
      driverInfo: { podName: s.driverPodName },
      runSpecHash: s.runSpecHash,
    },
    id,
    s.submitter?.by ?? "native",
    s.now,
  )
  return step(status, again, {
    actions: submissionActions(status, s.driverPodName),
    events: first ? [normal("SparkApplicationAdded", `SparkApplication ${s.name} was added`)] : [],
  })
}

/** Remains of the attempt before are deleted first: a crash may have interrupted their deletion. */
const submissionActions = (status: SparkApplicationStatus, driverPodName: string): ReadonlyArray<Action> => {
  const attempt = currentAttempt(status)!
  const earlier = status.attempts?.at(-2)
  return [
    ...(earlier
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
    {
      _tag: "Submit",
      submissionId: attempt.submissionID,
      submittedAt: Date.parse(attempt.startTime),
      attempt: attempt.number,
      by: submittedBy(attempt),
    },
  ]
}

const accepted = (s: Situation, driver: DriverPod): Step => {
  const status = amend(s.status, { submittedTime: timestamp(driver.createdAt), driverUID: driver.uid })
  return step(
    {
      ...without(inState(status, "SUBMITTED"), "waiting", "nextRetryTime"),
      ...(status.children === undefined ? {} : { children: requiredCreated(status.children) }),
      executionAttempts: (s.status.executionAttempts ?? 0) + 1,
      submissionFailures: 0,
      driverInfo: { ...status.driverInfo, podName: driver.name },
      ...(driver.sparkApplicationId ? { sparkApplicationId: driver.sparkApplicationId } : {}),
    },
    again,
    {
      events: [
        normal("SparkApplicationSubmitted", `SparkApplication ${s.name} was submitted as driver pod ${driver.name}`),
      ],
    },
  )
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
  const last = lastAttempt(s.status)
  const wait = retryAfter(s.desired.restartPolicy, "submission", Math.max(1, s.status.submissionFailures ?? 0))
  if (wait === undefined) {
    const message = s.status.applicationState.errorMessage
    return step(
      {
        ...without(inState(s.status, "FAILED", message), "nextRetryTime"),
        terminationTime: last?.finishTime ?? timestamp(s.now),
      },
      again,
      {
        events: [
          warning("SparkApplicationFailed", `SparkApplication ${s.name} failed: ${message ?? "submission failed"}`),
        ],
      },
    )
  }
  const remaining = wait - secondsSince(last?.finishTime ?? s.status.lastSubmissionAttemptTime, s.now)
  return remaining > 0 ? step(s.status, after(remaining)) : submit(s)
}
