/**
 * What should happen next to an application: an ordered list of rules, then one function per state. Pure: the same situation gives the
 * same decision, so every line of it can be tested with a table, and deciding twice is harmless.
 */

import { Equal } from "effect"
import type { ApplicationStateType, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { isFinal, isStopping, precedesSubmission } from "../../api/States.ts"
import { timestamp } from "../../kube/Time.ts"
import { again } from "../../runtime/Next.ts"
import { adopt, adoptStray, hasStrayDriver } from "./Adoption.ts"
import { currentAttempt, end, lastAttempt } from "./Attempts.ts"
import { followChildren } from "./ChildrenStatus.ts"
import { describeProblems, withConditions } from "./Conditions.ts"
import { type Decision } from "./Decision.ts"
import { followExecutors } from "./Executors.ts"
import { failing, finished, succeeding } from "./Finishing.ts"
import { follow } from "./Following.ts"
import { deleteRemains, deleteRun } from "./Run.ts"
import type { Situation } from "./Situation.ts"
import { inState, type Step, step, warning } from "./Step.ts"
import { invalidate, invalidating, pendingRerun, suspend, suspended, suspending } from "./Stopping.ts"
import { afterSubmissionFailure, submit } from "./Submitting.ts"
import { canWait, followTimeline } from "./Timeline.ts"

/** What happens in a state when no rule below comes first. */
const states: Readonly<Record<ApplicationStateType, (s: Situation) => Step>> = {
  "": submit,
  RESUMING: submit,
  SUBMISSION_FAILED: afterSubmissionFailure,
  PENDING_RERUN: pendingRerun,
  SUBMITTED: follow,
  RUNNING: follow,
  UNKNOWN: follow,
  SUCCEEDING: succeeding,
  FAILING: failing,
  COMPLETED: finished,
  FAILED: finished,
  INVALIDATING: invalidating,
  SUSPENDING: suspending,
  SUSPENDED: suspended,
}

interface Rule {
  readonly when: (s: Situation, state: ApplicationStateType) => boolean
  readonly then: (s: Situation) => Step
}

/** The first rule that applies decides. */
const rules: ReadonlyArray<Rule> = [
  { when: (s) => s.deleting, then: (s) => deleting(s) },
  { when: hasStrayDriver, then: adoptStray },
  {
    when: (s, state) => specChanged(s) && s.problems.length === 0 && !isStopping(state) && hasRun(s),
    then: invalidate,
  },
  {
    when: (s, state) => s.wishes.suspend && !isFinal(state) && state !== "SUSPENDING" && state !== "SUSPENDED",
    then: suspend,
  },
  { when: (s, state) => s.problems.length > 0 && precedesSubmission(state), then: (s) => refuse(s) },
  { when: () => true, then: (s) => states[s.status.applicationState.state](s) },
]

/** A spec that differs from the one of the last run, or of the last refusal. */
const specChanged = ({ status, runSpecHash }: Situation) =>
  status.runSpecHash !== undefined && status.runSpecHash !== runSpecHash

const hasRun = ({ status }: Situation) => status.applicationState.state !== "" || status.attempts !== undefined

/** Owner references let Kubernetes clean up; while somebody keeps the object, the run is taken away by hand. */
const deleting = (s: Situation): Step => step(s.status, undefined, { actions: deleteRemains(s) })

/** A spec that cannot be submitted fails at once and for good; an edit of the spec gives it another chance. */
const refuse = (s: Situation): Step => {
  const message = describeProblems(s.problems)
  const unfinished = currentAttempt(s.status) !== undefined
  const status = end(s.status, s.now, { result: "SubmissionFailed", reason: "InvalidSpec" })
  return step(
    { ...inState(status, "FAILED", message), terminationTime: timestamp(s.now), runSpecHash: s.runSpecHash },
    again,
    {
      actions: unfinished ? deleteRun(s) : [],
      events: [warning("SparkApplicationFailed", `SparkApplication ${s.name} is invalid: ${message}`)],
    },
  )
}

/** The one decision about an application. Total: every state with every fact has an answer. */
export const decide = (situation: Situation): Decision => {
  const begun = adopt(situation)
  const timed = followTimeline(begun, situation.observed, situation.wishes.initialExecutors)
  const executors = followsExecutors(timed)
    ? followExecutors(timed, situation.observed.executors, situation.policy.maxTrackedExecutors, situation.now)
    : { status: timed, events: [] }
  const children = followChildren({ ...situation, status: executors.status })
  const s: Situation = { ...situation, status: children.status }
  const rule = rules.find(({ when }) => when(s, s.status.applicationState.state))!
  const { status, actions, events, next } = rule.then(s)
  const reported = withConditions(
    {
      ...withSince(status, situation),
      runSpecHash: status.runSpecHash ?? s.runSpecHash,
      observedGeneration: s.generation,
    },
    s,
    s.generation,
    s.now,
  )
  const unchanged =
    Equal.equals(reported, situation.status) ||
    (begun === situation.status && canWait(begun, timed) && Equal.equals(reported, timed))
  return {
    status: unchanged ? situation.status : reported,
    actions,
    events: [...events, ...executors.events, ...children.events],
    next,
  }
}

/** The status with the moment at which its state was entered; where the state is the same as before, so is the moment. */
const withSince = (status: SparkApplicationStatus, { status: before, now }: Situation): SparkApplicationStatus => {
  const same = status.applicationState.state === before.applicationState.state
  const since = same ? before.applicationState.since : timestamp(now)
  return since === undefined ? status : { ...status, applicationState: { ...status.applicationState, since } }
}

/** An attempt that is only written down has no executors yet; those that are seen belong to nobody. */
const followsExecutors = (status: SparkApplicationStatus) =>
  lastAttempt(status)?.submittedTime !== undefined || currentAttempt(status) === undefined
