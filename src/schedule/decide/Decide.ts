/**
 * What should happen next to a schedule: its runs are followed, then the first of an ordered list of rules decides. Pure: the same situation
 * gives the same decision, so every line of it can be tested with a table, and deciding twice is harmless.
 */

import { Equal } from "effect"
import { describeProblems } from "../../api/Problem.ts"
import { after, again, awaitChange, type Next } from "../../runtime/Next.ts"
import { withConditions } from "./Conditions.ts"
import { type DueRule, followSchedule } from "./Due.ts"
import { cronInForce, follow, reject, suspend } from "./InForce.ts"
import { followRuns, pruneHistory, recordStarts } from "./Runs.ts"
import type { Situation } from "./Situation.ts"
import { chain, type Step, step, warning } from "./Step.ts"
import { followTrigger } from "./Trigger.ts"

/** The rules in their order, those of a schedule that is followed in detail (`Due.ts`). */
export type Rule =
  /** The schedule is being deleted; its runs with it. */
  | "delete"
  /** The spec has a mistake: nothing is started. */
  | "reject"
  | "suspend"
  | DueRule

export interface Decision extends Omit<Step, "wake"> {
  readonly rule: Rule
  /** `status` is the same object as before when nothing is to be written. */
  readonly status: Step["status"]
  readonly next: Next
}

const rejectionNote = (s: Situation): Step => {
  const reason = describeProblems(s.problems)
  return step(s.status, {
    events: s.status.reason === reason ? [] : [warning("ScheduleInvalid", `No runs are started: ${reason}`)],
  })
}

/** One run is created at a time: the next decision knows what became of it. */
const oneCreation = ({ actions, ...rest }: Step): Step => {
  const first = actions.findIndex(({ _tag }) => _tag === "CreateRun")
  return { ...rest, actions: actions.filter(({ _tag }, index) => _tag !== "CreateRun" || index === first) }
}

const decideStep = (s: Situation): Step & { readonly rule: Rule } => {
  const { valid } = s
  const observed = chain(s, followRuns, recordStarts(cronInForce(s)))
  const now = { ...s, status: observed.status }
  if (valid === undefined) return { ...chain(s, () => observed, reject, rejectionNote), rule: "reject" }
  if (s.suspend) return { ...chain(s, () => observed, suspend, followTrigger, pruneHistory), rule: "suspend" }
  const entered = follow(now, valid)
  const due = followSchedule({ ...now, status: entered.status }, valid)
  return {
    ...chain(
      s,
      () => observed,
      () => entered,
      () => due,
      followTrigger,
      pruneHistory,
    ),
    rule: due.rule,
  }
}

const nextOf = ({ actions, wake }: Step, now: number): Next => {
  if (actions.some(({ _tag }) => _tag === "CreateRun")) return again
  return wake === undefined ? awaitChange : after((wake - now) / 1000)
}

/** The one decision about a schedule. Total: every state with every fact has an answer. */
export const decide = (s: Situation): Decision => {
  if (s.deleting) return { ...step(s.status), rule: "delete", next: awaitChange }
  const { rule, wake, ...decided } = decideStep(s)
  const { status, actions, events, counts } = oneCreation({ ...decided, wake })
  const reported = withConditions(status, s)
  return {
    rule,
    status: Equal.equals(reported, s.status) ? s.status : reported,
    actions,
    events,
    counts,
    next: nextOf({ status, actions, events, counts, wake }, s.now),
  }
}
