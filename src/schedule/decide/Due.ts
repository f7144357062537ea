/**
 * The most recent scheduled time that has come: an ordered list of rules says whether its run starts, waits, is skipped or was missed. Of
 * several times that have come, the earlier ones have passed.
 */

import { epoch, timestamp } from "../../kube/Time.ts"
import * as CronSchedule from "../cron/CronSchedule.ts"
import type { ValidSchedule } from "../Validate.ts"
import { passUntil, skip } from "./Passed.ts"
import { activeRuns } from "./Runs.ts"
import { anchorOf, type Creation, type ObservedRun, type Situation } from "./Situation.ts"
import { chain, normal, step, type Step, warning, without } from "./Step.ts"

/** A wake-up comes this many milliseconds after its time, so that a clock that is slightly behind does not see it too early. */
const margin = 100
/** Milliseconds until the next reconcile while drivers of replaced runs, which are not watched, still exist. */
const replacementRecheck = 2_000
/** Milliseconds until the next try while the object with the name of a run is being deleted. */
const leavingRecheck = 5_000
/** Bounds of the pause before a refused run is tried again, in milliseconds; the pause is as long as the refusal has lasted. */
const [shortestRetry, longestRetry] = [5_000, 300_000]

interface Due {
  readonly s: Situation
  readonly valid: ValidSchedule
  readonly time: number
  /** Unfinished runs, oldest first. */
  readonly active: ReadonlyArray<ObservedRun>
}

/** When the run may no longer start; undefined: never. */
const deadlineOf = ({ valid: { startingDeadlineSeconds, delayMillis }, time }: Due): number | undefined =>
  startingDeadlineSeconds === undefined ? undefined : time + delayMillis + startingDeadlineSeconds * 1000

/** Earlier runs were deleted to make way for this very one, so it starts whenever they are gone. */
const hasReplaced = ({ s, valid, time }: Due) =>
  valid.policy === "Replace" && epoch(s.status.blockedBy?.scheduledTime) === time

const creationOf = ({ s, time }: Due): Exclude<Creation, { _tag: "Created" }> | undefined => {
  const { creation } = s.observed
  return creation !== undefined &&
    creation._tag !== "Created" &&
    "scheduledTime" in creation.occasion &&
    creation.occasion.scheduledTime === time
    ? creation
    : undefined
}

const blockedBy = ({ s, time }: Due, name: string, waits: boolean) => ({
  name,
  since: s.status.blockedBy?.name === name ? s.status.blockedBy.since : timestamp(s.now),
  ...(waits ? { scheduledTime: timestamp(time) } : {}),
})

/** Whether the user was told already that this run is in the way. */
const isKnown = ({ s }: Due, { name }: ObservedRun) => s.status.blockedBy?.name === name

const forbid = (due: Due): Step => {
  const { s, time, active } = due
  const [blocker] = active
  const deadline = deadlineOf(due)
  const waits = deadline !== undefined
  const events = isKnown(due, blocker!)
    ? []
    : [
        warning(
          waits ? "RunDelayed" : "RunSkipped",
          `The run of ${timestamp(time)} ${waits ? "waits" : "is skipped"}: run ${blocker!.name} has not finished${blocker!.suspended ? ", because it is suspended" : ""}, and concurrencyPolicy is Forbid`,
        ),
      ]
  return chain(
    s,
    (now) => (waits ? step(now.status, { wake: deadline + margin }) : skip(now, time, "forbid")),
    ({ status }) => step({ ...status, blockedBy: blockedBy(due, blocker!.name, waits) }, { events }),
  )
}

const replace = (due: Due): Step => {
  const { s, time, active } = due
  const name = active[0]?.name ?? s.status.blockedBy?.name ?? s.observed.drivers[0] ?? ""
  const events = hasReplaced(due)
    ? []
    : [
        normal(
          "RunsReplaced",
          `${active.map((run) => run.name).join(", ")}: deleted to make way for the run of ${timestamp(time)}, because concurrencyPolicy is Replace`,
        ),
      ]
  return step(
    { ...s.status, blockedBy: blockedBy(due, name, true) },
    {
      events,
      actions: active.flatMap(({ name: run, uid, deleting }) =>
        deleting ? [] : [{ _tag: "ReplaceRun" as const, name: run, uid }],
      ),
      wake: s.now + replacementRecheck,
    },
  )
}

const nameTaken = ({ s, time }: Due, message: string): Step =>
  chain(
    s,
    (now) => skip(now, time, "name_conflict"),
    ({ status, now }) =>
      step(
        {
          ...status,
          startFailure: {
            reason: "NameConflict",
            message,
            since: timestamp(now),
            scheduledTime: timestamp(time),
          },
        },
        { events: [warning("RunNameTaken", `The run of ${timestamp(time)} is skipped: ${message}`)] },
      ),
  )

const refused = ({ s, time }: Due, message: string): Step => {
  const { startFailure } = s.status
  const scheduledTime = timestamp(time)
  const same = startFailure?.reason === "Refused" && startFailure.scheduledTime === scheduledTime
  const since = same ? startFailure.since : timestamp(s.now)
  const pause = Math.min(Math.max(s.now - Date.parse(since), shortestRetry), longestRetry)
  return step(
    { ...s.status, startFailure: { reason: "Refused", message, since, scheduledTime } },
    {
      events: same ? [] : [warning("RunRefused", `The run of ${scheduledTime} cannot be created yet: ${message}`)],
      wake: s.now + pause,
    },
  )
}

const failed = (due: Due): Step => {
  const creation = creationOf(due)!
  switch (creation._tag) {
    case "NameTaken":
      return nameTaken(due, creation.message)
    case "Refused":
      return refused(due, creation.message)
    case "Leaving":
      return step(due.s.status, { wake: due.s.now + leavingRecheck })
  }
}

const start = ({ s, time }: Due): Step => {
  const occasion = { scheduledTime: time }
  return step(s.status, { actions: [{ _tag: "CreateRun", name: s.nameOf(occasion), occasion }] })
}

export type DueRule = "not-due" | "late" | "forbid" | "replace" | "failed" | "start"

interface NamedRule {
  readonly name: DueRule
  readonly when: (due: Due) => boolean
  readonly then: (due: Due) => Step
}

/** The first rule that applies decides. */
const rules: ReadonlyArray<NamedRule> = [
  {
    name: "late",
    when: (due) => due.s.now > (deadlineOf(due) ?? Number.POSITIVE_INFINITY) && !hasReplaced(due),
    then: ({ s, valid, time }) => passUntil(s, valid.cron, time),
  },
  { name: "failed", when: (due) => creationOf(due) !== undefined, then: failed },
  { name: "forbid", when: ({ valid, active }) => valid.policy === "Forbid" && active.length > 0, then: forbid },
  {
    name: "replace",
    when: ({ s, valid, active }) => valid.policy === "Replace" && active.length + s.observed.drivers.length > 0,
    then: replace,
  },
  { name: "start", when: () => true, then: start },
]

/** A blocker that no time waits for is no longer of interest when it has finished. */
const forgetBlocker = (s: Situation): Step => {
  const { blockedBy: blocker } = s.status
  const gone = blocker !== undefined && activeRuns(s).every(({ name }) => name !== blocker.name)
  return step(gone && blocker.scheduledTime === undefined ? without(s.status, "blockedBy") : s.status)
}

const planNext =
  (valid: ValidSchedule) =>
  (s: Situation): Step => {
    const after = Math.max(s.now - valid.delayMillis, epoch(s.status.handledUntil) ?? 0)
    const next = CronSchedule.next(valid.cron, after, anchorOf(s))
    return next === undefined
      ? step(without(s.status, "nextRun"))
      : step({ ...s.status, nextRun: timestamp(next) }, { wake: next + valid.delayMillis + margin })
  }

/** Which run would be decided on now. */
const dueOf = (s: Situation, valid: ValidSchedule) =>
  CronSchedule.latest(valid.cron, epoch(s.status.handledUntil) ?? s.now, s.now - valid.delayMillis, anchorOf(s))

/** The decision about the schedule in force, which is that of the spec. */
export const followSchedule = (s: Situation, valid: ValidSchedule): Step & { readonly rule: DueRule } => {
  const found = dueOf(s, valid)
  if (found === undefined) return { ...chain(s, forgetBlocker, planNext(valid)), rule: "not-due" }
  const { time, count } = found
  const passed = count === 1 ? step(s.status) : passUntil(s, valid.cron, time - 1000)
  const due: Due = { s: { ...s, status: passed.status }, valid, time, active: activeRuns(s) }
  const { name, then } = rules.find(({ when }) => when(due))!
  return {
    ...chain(
      s,
      () => passed,
      () => then(due),
      forgetBlocker,
      // A run that is about to be created is still the next one: it is written as started, with the one after it, in a single write.
      (now) => (name === "start" ? step(now.status) : planNext(valid)(now)),
    ),
    rule: name,
  }
}
