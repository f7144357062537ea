/**
 * The schedule that is in force, as the status records it. Scheduled times count only while their schedule is in force: never those before a
 * change, and never those inside a suspension.
 */

import { Result } from "effect"
import { epoch, timestamp } from "../../kube/Time.ts"
import * as CronSchedule from "../cron/CronSchedule.ts"
import type { ValidSchedule } from "../Validate.ts"
import { passUntil } from "./Passed.ts"
import { anchorOf, type Situation } from "./Situation.ts"
import { chain, normal, step, type Step, without } from "./Step.ts"
import { isOfAnotherOperator, takeOver } from "./TakeOver.ts"

/** The schedule that the status says is followed; undefined if none is. */
export const cronInForce = ({ status, valid, localZone }: Situation): CronSchedule.CronSchedule | undefined => {
  if (status.scheduleInForce === undefined) return undefined
  if (status.scheduleInForce === valid?.inForce) return valid.cron
  const parsed = CronSchedule.parse(status.scheduleInForce, undefined, localZone)
  return Result.isSuccess(parsed) ? parsed.success.schedule : undefined
}

const leave = (s: Situation): Step =>
  step({
    ...without(s.status, "scheduleInForce", "inForceSince", "everySince", "blockedBy", "startFailure"),
    handledUntil: timestamp(Math.max(s.now, epoch(s.status.handledUntil) ?? 0)),
  })

/** The schedule is no longer followed: times that have passed until now are counted. */
const withdraw = (s: Situation): Step => {
  const cron = cronInForce(s)
  return chain(s, (before) => (cron === undefined ? step(before.status) : passUntil(before, cron, before.now)), leave)
}

/** The spec has a mistake. */
export const reject = (s: Situation): Step =>
  s.status.scheduleInForce === undefined ? step(without(s.status, "nextRun")) : chain(withoutNext(s), withdraw)

const withoutNext = (s: Situation): Situation => ({ ...s, status: without(s.status, "nextRun") })

/** The times of a suspension are neither started nor counted; that includes those that passed before it was seen. */
export const suspend = (s: Situation): Step => {
  const { status } = withoutNext(s)
  return status.scheduleInForce === undefined
    ? step(status)
    : chain(withoutNext(s), leave, (left) =>
        step(left.status, {
          events: [normal("ScheduleSuspended", "No runs are started until spec.suspend is false or removed")],
        }),
      )
}

/** A schedule that no operator has seen yet. */
const isNew = ({ status: { observedGeneration, scheduleState, nextRun, lastRun } }: Situation) =>
  observedGeneration === undefined && !scheduleState && !nextRun && !lastRun

/** The time after which a schedule that is not in force yet counts. */
const enter = (valid: ValidSchedule, s: Situation): Step => {
  if (isOfAnotherOperator(s)) return takeOver(s, valid)
  // An unedited schedule counts from its creation, so that it has its first run also if the operator was down then.
  const since = isNew(s) && s.generation === 1 ? s.createdAt : s.now
  return step({ ...s.status, inForceSince: timestamp(since), handledUntil: timestamp(since) })
}

/** No time is handled twice, whatever clock or status says: not one that was handled, and not one that has a run. */
const withFloor = ({ status: before, observed }: Situation, { status, ...rest }: Step): Step => {
  const handled = [status.handledUntil, before.handledUntil, before.lastScheduleTime].map((time) => epoch(time) ?? 0)
  const floor = Math.max(...handled, ...observed.runs.map(({ scheduledTime = 0 }) => scheduledTime))
  return { ...rest, status: { ...status, handledUntil: timestamp(floor) } }
}

const changedNote = (s: Situation, valid: ValidSchedule, before: string | undefined) => {
  const next = CronSchedule.next(valid.cron, s.now, anchorOf(s))
  const when = next === undefined ? "" : `; the next run is scheduled for ${timestamp(next)}`
  if (before !== undefined) return [normal("ScheduleChanged", `The schedule is now ${valid.inForce}${when}`)]
  return isNew(s) || isOfAnotherOperator(s)
    ? []
    : [normal("ScheduleResumed", `The schedule ${valid.inForce} is followed from now on${when}`)]
}

/** The schedule of the spec is in force afterwards. */
export const follow = (s: Situation, valid: ValidSchedule): Step => {
  const before = s.status.scheduleInForce
  if (before === valid.inForce) return step(s.status)
  return chain(
    s,
    (now) => (before === undefined ? step(now.status) : withdraw(now)),
    (now) => withFloor(now, enter(valid, now)),
    (now) =>
      step(
        { ...now.status, scheduleInForce: valid.inForce },
        { events: changedNote({ ...now, status: s.status }, valid, before) },
      ),
  )
}
