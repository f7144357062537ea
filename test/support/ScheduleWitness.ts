/**
 * Sees every version of every schedule and every application that the API server ever had, without faults, and says what does not add up:
 * a scheduled time with two runs, or one that was handled without having been started, skipped or missed.
 */

import { Effect, Equal, Result, type Scope, Stream } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { scheduledSparkApplications, sparkApplications } from "../../src/api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../src/api/schedule/ScheduledSparkApplication.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import { epoch } from "../../src/kube/Time.ts"
import * as CronSchedule from "../../src/schedule/cron/CronSchedule.ts"
import type { World } from "./OperatorBench.ts"

interface Run {
  readonly name: string
  readonly uid: string
  /** Of the schedule. */
  readonly owner: string
  readonly scheduledTime: number | undefined
}

export interface ScheduleWitness {
  /** What does not add up, in sentences. */
  readonly contradictions: () => ReadonlyArray<string>
  /** Schedules that have a time before this moment (epoch milliseconds) about which nothing was decided, and that does not wait for a run. */
  readonly forgotten: (until: number) => ReadonlyArray<string>
  /**
   * What telemetry should have counted: between these two. The answer to the last write may have got lost, and the schedule been deleted
   * before a watch could show it.
   */
  readonly counts: () => { readonly least: ScheduleCounts; readonly most: ScheduleCounts }
}

export interface ScheduleCounts {
  readonly started: number
  readonly missed: number
  readonly skipped: number
}

export const plus = (a: ScheduleCounts, b: ScheduleCounts): ScheduleCounts => ({
  started: a.started + b.started,
  missed: a.missed + b.missed,
  skipped: a.skipped + b.skipped,
})

export const noneCounted: ScheduleCounts = { started: 0, missed: 0, skipped: 0 }

type Status = NonNullable<ScheduledSparkApplication["status"]>

const handled = ({ handledUntil }: Status) => epoch(handledUntil) ?? 0

/** How many times of the schedule in force come after those that are handled, until a moment. */
const timesUntil = ({ metadata }: ScheduledSparkApplication, status: Status, until: number): number => {
  if (status.scheduleInForce === undefined) return 0
  const parsed = CronSchedule.parse(status.scheduleInForce, undefined, "UTC")
  if (Result.isFailure(parsed)) return 0
  const anchor = epoch(status.everySince) ?? epoch(metadata.creationTimestamp) ?? 0
  return CronSchedule.latest(parsed.success.schedule, handled(status), until, anchor)?.count ?? 0
}

const runOf = ({ metadata }: SparkApplication): Run | undefined => {
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === "ScheduledSparkApplication")
  return (
    owner && {
      name: metadata.name,
      uid: metadata.uid,
      owner: owner.uid,
      scheduledTime: epoch(metadata.annotations?.["sparkoperator.k8s.io/scheduled-time"]),
    }
  )
}

/** Follows the world until the scope closes. */
export const witnessSchedules = Effect.fnUntraced(function* ({
  kube,
}: World): Effect.fn.Return<ScheduleWitness, never, Scope.Scope> {
  const runs = new Map<string, Run>()
  const versions = new Map<string, Array<ScheduledSparkApplication>>()
  const present = new Set<string>()
  const noteRun = (application: SparkApplication) => {
    const run = runOf(application)
    if (run !== undefined) runs.set(run.uid, run)
  }
  const noteSchedule = (schedule: ScheduledSparkApplication) => {
    const all = versions.get(schedule.metadata.uid) ?? []
    versions.set(schedule.metadata.uid, all)
    present.add(schedule.metadata.uid)
    all.push(schedule)
  }
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(kube, sparkApplications).events, (event) =>
      Effect.sync(() => {
        if (event._tag === "Applied" || event._tag === "Deleted") noteRun(event.object)
      }),
    ),
  )
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(kube, scheduledSparkApplications).events, (event) =>
      Effect.sync(() => {
        if (event._tag === "Applied") noteSchedule(event.object)
        if (event._tag === "Deleted") present.delete(event.object.metadata.uid)
      }),
    ),
  )

  const ofOne = (uid: string, all: ReadonlyArray<ScheduledSparkApplication>): ReadonlyArray<string> => {
    const own = [...runs.values()].filter(({ owner }) => owner === uid)
    const twice = [...Map.groupBy(own, ({ name }) => name)].filter(([, same]) => same.length > 1)
    const steps = all.flatMap((schedule, at) => {
      const before = all[at - 1]?.status
      const after = schedule.status
      if (before === undefined || after === undefined || schedule.spec.suspend === true) return []
      const started = own.filter(
        ({ scheduledTime = 0 }) => scheduledTime > handled(before) && scheduledTime <= handled(after),
      ).length
      const missed = (after.missedRuns ?? 0) - (before.missedRuns ?? 0)
      const skipped = (after.skippedRuns ?? 0) - (before.skippedRuns ?? 0)
      const times = timesUntil(schedule, before, handled(after))
      if (handled(after) < handled(before)) return [`${schedule.metadata.name}: ${after.handledUntil} is handled again`]
      return times === started + missed + skipped
        ? []
        : [
            `${schedule.metadata.name}: of ${times} times until ${after.handledUntil} ${started} were started, ${missed} missed, ${skipped} skipped; ${JSON.stringify({ before, after })}`,
          ]
    })
    return [...twice.map(([name, same]) => `${name} was started ${same.length} times`), ...steps]
  }

  return {
    contradictions: () => [...versions].flatMap(([uid, all]) => ofOne(uid, all)),
    forgotten: (until) =>
      Array.from(versions.values(), (all) => all.at(-1)!).flatMap((schedule) => {
        const { metadata, status = {} } = schedule
        const waits = status.blockedBy?.scheduledTime !== undefined
        return present.has(metadata.uid) && !waits && timesUntil(schedule, status, until) > 0 ? [metadata.name] : []
      }),
    counts: () => {
      /** What a status of this schedule says; a run that was never recorded in one does not count. */
      const counted = (uid: string, status: Status): ScheduleCounts => ({
        started: [...runs.values()].filter(
          ({ owner, scheduledTime = 0 }) => owner === uid && scheduledTime <= handled(status),
        ).length,
        missed: status.missedRuns ?? 0,
        skipped: status.skippedRuns ?? 0,
      })
      const sum = (statusOf: (uid: string, all: ReadonlyArray<ScheduledSparkApplication>) => Status | undefined) =>
        Array.from(versions, ([uid, all]) => counted(uid, statusOf(uid, all) ?? {})).reduce(plus, noneCounted)
      const last = (all: ReadonlyArray<ScheduledSparkApplication>) => all.at(-1)?.status
      const beforeLastWrite = (all: ReadonlyArray<ScheduledSparkApplication>) =>
        all.findLast(({ status }) => !Equal.equals(status, last(all)))?.status
      return {
        least: sum((uid, all) => (present.has(uid) ? last(all) : beforeLastWrite(all))),
        most: sum((_, all) => last(all)),
      }
    },
  }
})
