/**
 * What the runs of a schedule tell: which are active, which are kept, when one last succeeded. And the one moment at which a start counts: a
 * run exists that the status does not know, whether this process just created it or one that stopped right after.
 */

import { epoch, timestamp } from "../../kube/Time.ts"
import * as CronSchedule from "../cron/CronSchedule.ts"
import { passUntil } from "./Passed.ts"
import type { ObservedRun, Situation } from "./Situation.ts"
import { chain, normal, step, type Step, without } from "./Step.ts"

/** Entries of the lists in the status; the schedule itself is not limited. */
const mostListed = 100

const unfinished = ({ result, gone }: ObservedRun) => result === "Unfinished" && !gone

/** Unfinished runs, oldest first. */
export const activeRuns = ({ observed }: Situation): ReadonlyArray<ObservedRun> =>
  observed.runs.filter(unfinished).toSorted((a, b) => a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1))

const endOf = ({ finishedAt, createdAt }: ObservedRun) => finishedAt ?? createdAt

/** Finished runs that exist, newest first. */
const finishedRuns = ({ observed }: Situation, result: ObservedRun["result"]): ReadonlyArray<ObservedRun> =>
  observed.runs
    .filter((run) => run.result === result && !run.gone && !run.deleting)
    .toSorted((a, b) => endOf(b) - endOf(a) || (a.name < b.name ? 1 : -1))

/** Finished runs, those that are kept and those that the history limits leave no room for. Without a valid spec all are kept. */
const history = (s: Situation, result: "Completed" | "Failed") => {
  const runs = finishedRuns(s, result)
  const limit = result === "Completed" ? s.valid?.limits.successful : s.valid?.limits.failed
  return { kept: runs.slice(0, limit), pruned: limit === undefined ? [] : runs.slice(limit) }
}

/** The lists and times of the status follow the runs. */
export const followRuns = (s: Situation): Step => {
  const { status, observed } = s
  const active = activeRuns(s)
  const isDeleted = ({ result, gone }: ObservedRun) => gone && result === "Unfinished"
  const known = new Set(observed.runs.filter((run) => !isDeleted(run)).map(({ uid }) => uid))
  const deleted = (status.active ?? []).filter(({ uid }) => !known.has(uid))
  const succeeded = observed.runs.filter(({ result }) => result === "Completed").map(endOf)
  const lastSuccess = Math.max(epoch(status.lastSuccessfulTime) ?? 0, ...succeeded)
  const names = (key: "pastSuccessfulRunNames" | "pastFailedRunNames", result: "Completed" | "Failed") => {
    const { kept } = history(s, result)
    return kept.length === 0 ? {} : { [key]: kept.slice(0, mostListed).map(({ name }) => name) }
  }
  return step(
    {
      ...without(status, "active", "lastSuccessfulTime", "pastSuccessfulRunNames", "pastFailedRunNames"),
      ...names("pastSuccessfulRunNames", "Completed"),
      ...names("pastFailedRunNames", "Failed"),
      ...(lastSuccess > 0 ? { lastSuccessfulTime: timestamp(lastSuccess) } : {}),
      ...(active.length > 0
        ? {
            active: active.slice(-mostListed).map(({ name, uid, scheduledTime }) => ({
              name,
              uid,
              ...(scheduledTime === undefined ? {} : { scheduledTime: timestamp(scheduledTime) }),
            })),
          }
        : {}),
    },
    { events: deleted.map(({ name }) => normal("RunDeleted", `Run ${name} was deleted before it had finished`)) },
  )
}

/** Deletes what the history limits leave no room for. */
export const pruneHistory = (s: Situation): Step =>
  step(s.status, {
    actions: [...history(s, "Completed").pruned, ...history(s, "Failed").pruned].map(({ name, uid }) => ({
      _tag: "PruneRun",
      name,
      uid,
    })),
  })

/** The run as the last one that was started. */
const recorded = (s: Situation, { name, createdAt }: ObservedRun) => ({
  ...without(s.status, "startFailure"),
  lastRun: timestamp(createdAt),
  lastRunName: name,
})

/** Seconds after which a start counts as late enough to be mentioned. */
const remarkable = 60

const startedNote = ({ name, createdAt }: ObservedRun, time: number) => {
  const delay = (createdAt - time) / 1000
  const late = delay > remarkable ? `, ${delay} s after that time` : ""
  return normal("RunStarted", `Run ${name} was started for ${timestamp(time)}${late}`)
}

const recordScheduled =
  (run: ObservedRun, time: number, cron: CronSchedule.CronSchedule | undefined) =>
  (s: Situation): Step =>
    chain(
      s,
      (now) => (cron === undefined ? step(now.status) : passUntil(now, cron, time - 1000)),
      (now) =>
        step(
          {
            ...without(recorded(now, run), "blockedBy"),
            lastScheduleTime: timestamp(time),
            handledUntil: timestamp(time),
          },
          {
            counts: { started: [{ delay: (run.createdAt - time) / 1000 }], missed: 0, skipped: [] },
            events: [startedNote(run, time)],
          },
        ),
    )

const recordManual =
  (run: ObservedRun, token: string) =>
  (s: Situation): Step =>
    step(
      { ...recorded(s, run), lastTrigger: { token, name: run.name, time: timestamp(run.createdAt) } },
      {
        counts: { started: [{ delay: undefined }], missed: 0, skipped: [] },
        events: [normal("RunStarted", `Run ${run.name} was started by hand`)],
      },
    )

/** Runs that exist and that the status does not know as started yet, in the order of their scheduled times. `cron`: the schedule in force. */
export const recordStarts =
  (cron: CronSchedule.CronSchedule | undefined) =>
  (s: Situation): Step => {
    const { status, observed, trigger } = s
    const floor = epoch(status.handledUntil)
    // A status without this time has never had a run of this operator, or was wiped: its runs are history.
    const scheduled =
      floor === undefined
        ? []
        : observed.runs
            .flatMap((run) => (run.scheduledTime !== undefined && run.scheduledTime > floor ? [run] : []))
            .toSorted((a, b) => a.scheduledTime! - b.scheduledTime!)
    const manual =
      trigger === undefined || status.lastTrigger?.token === trigger
        ? undefined
        : observed.runs.find(({ name }) => name === s.nameOf({ token: trigger }))
    return chain(
      s,
      ...scheduled.map((run) => recordScheduled(run, run.scheduledTime!, cron)),
      ...(manual === undefined ? [] : [recordManual(manual, trigger!)]),
    )
  }
