/**
 * What should happen next to an application: an ordered list of rules, then one function per state. Pure: the same situation gives the
 * same decision, so every line of it can be tested with a table, and deciding twice is harmless.
 */

import type { ApplicationStateType, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { describeProblems } from "../../api/Problem.ts"
import { hasEnded, isFinal, isStopping, precedesSubmission, stateOf } from "../../api/States.ts"
import { sameJson } from "../../kube/json/SameJson.ts"
import { timestamp } from "../../kube/Time.ts"
import { again, sooner } from "../../runtime/Next.ts"
import type { Action } from "./Action.ts"
import { adopt, adoptDriver, hasUnknownDriver } from "./Adoption.ts"
import { currentAttempt, end, lastAttempt } from "./Attempts.ts"
import { hasBegun } from "./Begun.ts"
import { followChildren } from "./ChildrenStatus.ts"
import { withConditions } from "./Conditions.ts"
import type { Decision, Rule } from "./Decision.ts"
import { failing, finished, succeeding } from "./Finishing.ts"
import { deleteRemains, deleteRun } from "./Run.ts"
import { followExecutors } from "./running/Executors.ts"
import { follow } from "./running/Following.ts"
import { canWait, followTimeline } from "./running/Timeline.ts"
import { owesUsage, withUsage } from "./running/UsageStatus.ts"
import { mayWait, usageSeconds } from "./running/Waits.ts"
import type { Situation } from "./Situation.ts"
import { inState, type Step, step, warning, without } from "./Step.ts"
import { invalidate, invalidating, pendingRerun, suspend, suspended, suspending } from "./Stopping.ts"
import { afterSubmissionFailure, record, submit } from "./Submitting.ts"

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

interface NamedRule {
  readonly name: Rule
  readonly when: (s: Situation, state: ApplicationStateType) => boolean
  readonly then: (s: Situation) => Step
}

/** The first rule that applies decides. */
const rules: ReadonlyArray<NamedRule> = [
  { name: "record-submission", when: hasBegun, then: record },
  { name: "delete", when: (s) => s.deleting, then: (s) => deleting(s) },
  { name: "adopt-driver", when: hasUnknownDriver, then: adoptDriver },
  {
    name: "restart-changed-spec",
    when: (s, state) => specChanged(s) && s.problems.length === 0 && !isStopping(state) && hasRun(s),
    then: invalidate,
  },
  {
    name: "suspend",
    when: (s, state) => s.desired.suspend && !isFinal(state) && state !== "SUSPENDING" && state !== "SUSPENDED",
    then: suspend,
  },
  { name: "refuse", when: (s, state) => s.problems.length > 0 && precedesSubmission(state), then: (s) => refuse(s) },
  { name: "advance", when: () => true, then: (s) => advance(s) },
]

/**
 * The function of the state, and after the end of a run those of the states that follow at once: from SUCCEEDING to COMPLETED in one write,
 * where nothing has to be done in between.
 */
const advance = (s: Situation): Step => {
  let result = states[stateOf(s.status)](s)
  while (result.next === again && result.actions.length === 0 && hasEnded(stateOf(result.status))) {
    const following = states[stateOf(result.status)]({ ...s, status: result.status })
    if (!following.actions.every(isOfChildren)) break
    result = { ...following, events: [...result.events, ...following.events] }
  }
  return result
}

/** Actions on companion objects can be repeated, and find the objects by their names. */
const isOfChildren = ({ _tag }: Action) => _tag === "EnsureChildren" || _tag === "DeleteChildren"

/** A spec that differs from the one of the last run, or of the last refusal. */
const specChanged = ({ status, runSpecHash }: Situation) =>
  status.runSpecHash !== undefined && status.runSpecHash !== runSpecHash

const hasRun = ({ status }: Situation) => stateOf(status) !== "" || status.attempts !== undefined

/** Owner references let Kubernetes clean up; while a finalizer or foreground deletion keeps the object, the operator deletes the run. */
const deleting = (s: Situation): Step => step(s.status, undefined, { actions: deleteRemains(s) })

/** A spec that cannot be submitted fails at once and for good; an edit of the spec gives it another chance. */
const refuse = (s: Situation): Step => {
  const message = describeProblems(s.problems)
  const unfinished = currentAttempt(s.status) !== undefined
  const status = end(s.status, s.now, { result: "SubmissionFailed", reason: "InvalidSpec" })
  return step(
    {
      ...without(inState(status, "FAILED", message), "waiting", "nextRetryTime"),
      terminationTime: timestamp(s.now),
      runSpecHash: s.runSpecHash,
    },
    again,
    {
      actions: unfinished ? deleteRun(s) : [],
      events: [warning("SparkApplicationFailed", `SparkApplication ${s.name} is invalid: ${message}`)],
    },
  )
}

/** The one decision about an application. Total: every state with every fact has an answer. */
export const decide = (situation: Situation): Decision => {
  const adopted = adopt(situation)
  const timed = followTimeline(adopted, situation.observed, situation.desired)
  const executors = followsExecutors(timed)
    ? followExecutors(timed, situation.observed.executors, situation.policy.maxTrackedExecutors, situation.now)
    : { status: timed, events: [] }
  const children = followChildren({ ...situation, status: executors.status })
  const s: Situation = { ...situation, status: children.status }
  const rule = rules.find(({ when }) => when(s, stateOf(s.status)))!
  const step = rule.then(s)
  if (needsNoRecord(situation, step)) {
    const { actions, next } = step
    return {
      rule: rule.name,
      status: situation.status,
      actions,
      events: [],
      next,
      deferred: true,
      postponedSince: undefined,
    }
  }
  const { status, actions, events, next } = step
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
    sameJson(reported, situation.status) ||
    (adopted === situation.status && canWait(adopted, timed) && sameJson(reported, timed))
  return counted(
    situation,
    postponed(situation, {
      rule: rule.name,
      status: unchanged ? situation.status : reported,
      actions,
      events: [...events, ...executors.events, ...children.events],
      next,
      deferred: false,
      postponedSince: undefined,
    }),
  )
}

/**
 * Whether nothing has to be written before the actions, so that one write reports what has changed together with their results. A submission
 * makes objects that are found without the status, unless companion objects of the last run were deleted. Companion objects alone are
 * created or deleted first: until a write says otherwise, the status lists them all the same.
 */
const needsNoRecord = ({ status: before }: Situation, { status, actions }: Step) =>
  actions.some(({ _tag }) => _tag === "Submit")
    ? currentAttempt(status) === undefined && sameJson(status.children, before.children)
    : actions.length > 0 && actions.every(isOfChildren)

/** The decision, or to wait with it for further changes. A change that may not wait takes those that did with it. */
const postponed = (situation: Situation, decision: Decision): Decision => {
  const { status, observed, policy } = situation
  const wait = mayWait(status, decision.status, observed.executors.length, policy.progressSeconds)
  if (decision.actions.length > 0 || wait === undefined) return decision
  return waiting(situation, { ...decision, status, events: [] }, wait) ?? decision
}

/** `decision`, to be followed by another one at the latest when changes have waited for `wait` seconds; undefined if they have. */
const waiting = ({ observed, now }: Situation, decision: Decision, wait: number): Decision | undefined => {
  const since = observed.changesSince ?? now
  const seconds = wait - (now - since) / 1000
  return seconds <= 0 ? undefined : { ...decision, next: sooner(decision.next, seconds), postponedSince: since }
}

/** The decision, with the usage up to date if its status is to be written; or if that would never happen otherwise. */
const counted = (situation: Situation, decision: Decision): Decision => {
  const { status: before, usage, now } = situation
  const isUnchanged = decision.status === before
  if (isUnchanged && (decision.postponedSince !== undefined || !owesUsage(before, usage))) return decision
  const written = { ...decision, status: withUsage(before, decision.status, usage, now) }
  const isAll = isUnchanged && decision.events.length === 0 && decision.actions.length === 0
  return (isAll ? waiting(situation, decision, usageSeconds) : undefined) ?? written
}

/** The status with the time at which its state was entered; in an unchanged state the time is unchanged, too. */
const withSince = (status: SparkApplicationStatus, { status: before, now }: Situation): SparkApplicationStatus => {
  const same = stateOf(status) === stateOf(before)
  const since = same ? before.applicationState.since : timestamp(now)
  return since === undefined ? status : { ...status, applicationState: { ...status.applicationState, since } }
}

/** An attempt that is recorded but not submitted yet has no executors; any that are seen are not its own. */
const followsExecutors = (status: SparkApplicationStatus) =>
  lastAttempt(status)?.submittedTime !== undefined || currentAttempt(status) === undefined
