/**
 * Sees every version of every schedule and every application that the API server ever had, without faults, and says what does not add up:
 * a scheduled time with two runs, or one that was handled without having been started, skipped or missed.
 */

import { Effect, Result, type Scope, Stream } from "effect"
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
  /** What telemetry should have counted. */
  readonly counts: () => { readonly started: number; readonly missed: number; readonly skipped: number }
}

type Status = NonNullable<ScheduledSparkApplication["status"]>

const handled = ({ handledUntil }: Status) => epoch(handledUntil) ?? 0

/** The times of the schedule that was in force before, among those that a new status handles. */
const newlyHandled = (schedule: ScheduledSparkApplication, before: Status, after: Status): number => {
  if (before.scheduleInForce === undefined) return 0
  const parsed = CronSchedule.parse(before.scheduleInForce, undefined, "UTC")
  if (Result.isFailure(parsed)) return 0
  const anchor = epoch(before.everySince) ?? epoch(schedule.metadata.creationTimestamp) ?? 0
  const found = CronSchedule.latest(parsed.success.schedule, handled(before), handled(after), anchor)
  return found?.count ?? 0
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
  const noteRun = (application: SparkApplication) => {
    const run = runOf(application)
    if (run !== undefined) runs.set(run.uid, run)
  }
  const noteSchedule = (schedule: ScheduledSparkApplication) => {
    const all = versions.get(schedule.metadata.uid) ?? []
    versions.set(schedule.metadata.uid, all)
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
      const times = newlyHandled(schedule, before, after)
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
    counts: () => {
      const last = [...versions.values()].map((all) => all.at(-1)?.status ?? {})
      return {
        started: runs.size,
        missed: last.reduce((sum, { missedRuns = 0 }) => sum + missedRuns, 0),
        skipped: last.reduce((sum, { skippedRuns = 0 }) => sum + skippedRuns, 0),
      }
    },
  }
})
