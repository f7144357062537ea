/**
 * Executors whose pods run although their driver no longer counts them. Spark's driver removes an executor whose heartbeats are missing
 * (`spark.network.timeout`), and does not know one that never registered; usually the pod is deleted soon after. If it stays, a node or a
 * JVM hangs. The driver's list of executors is the only source: Spark's REST API has no heartbeats.
 */

import type { SparkApplicationStatus } from "../../../api/application/SparkApplicationStatus.ts"
import type { Note } from "../../../kube/EventRecorder.ts"
import type { HeartbeatLimits } from "../../../spark/health/Heartbeat.ts"
import type { Executor } from "../../../spark/observe/ObservedPod.ts"
import type { Action } from "../Action.ts"
import { type Step, warning, without } from "../Step.ts"

/** The executors that a driver has counted. Times are epoch milliseconds. */
export interface ExecutorHeartbeats {
  /** When the driver was read first. */
  readonly since: number
  /** When it was read last. */
  readonly at: number
  /** When it last counted each executor, by id. */
  readonly executors: ReadonlyMap<number, number>
}

/** Milliseconds for which an executor is remembered after it was counted last. */
const remembered = 3_600_000

/** The heartbeats after an answer that counts these executors. */
export const nextHeartbeats = (
  before: ExecutorHeartbeats | undefined,
  ids: ReadonlyArray<number>,
  now: number,
): ExecutorHeartbeats => {
  const earlier = [...(before?.executors ?? [])].filter(([, at]) => now - at < remembered)
  return {
    since: before?.since ?? now,
    at: now,
    executors: new Map([...earlier, ...ids.map((id) => [id, now] as const)]),
  }
}

interface Silence {
  readonly executor: Executor
  readonly seconds: number
}

/** Running executors that the last answer did not count, and for how long they have not been counted. */
const silences = (executors: ReadonlyArray<Executor>, heartbeats: ExecutorHeartbeats): ReadonlyArray<Silence> =>
  executors.flatMap((executor) => {
    const { id, state, deleting, startedAt } = executor
    if (state !== "RUNNING" || deleting || id <= 0 || startedAt === undefined) return []
    const counted = heartbeats.executors.get(id) ?? 0
    if (counted === heartbeats.at || startedAt >= heartbeats.at) return []
    return [{ executor, seconds: (heartbeats.at - Math.max(counted, startedAt, heartbeats.since)) / 1000 }]
  })

/** Names that the status keeps. */
const keptNames = 10
/** Seconds until the next reconcile while the driver does not count a running executor. */
const recheck = 15

const noteOf = (silent: ReadonlyArray<Silence>, { silentSeconds, replace }: HeartbeatLimits): Note => {
  const names = silent.slice(0, 5).map(({ executor }) => executor.name)
  const more = silent.length > names.length ? ` and ${silent.length - names.length} more` : ""
  const what = replace ? "; deleted so that the driver requests a replacement" : ""
  return warning(
    "SparkExecutorSilent",
    `Executor ${names.join(", ")}${more} is running, but its driver has not counted it for ${silentSeconds} s${what}`,
  )
}

/** Adds silent executors to the step of a running application: their count and names, an Event, and their deletion if it is enabled. */
export const withHeartbeats = (
  followed: Step,
  executors: ReadonlyArray<Executor>,
  heartbeats: ExecutorHeartbeats | undefined,
  limits: HeartbeatLimits | undefined,
): Step => {
  const before = followed.status.silentExecutors
  if (limits === undefined) return { ...followed, status: without(followed.status, "silentExecutors") }
  if (heartbeats === undefined) return followed
  const missing = silences(executors, heartbeats)
  // An operator that was just started knows no earlier answers; what its predecessor recorded still holds.
  const silent = missing.filter(
    ({ executor, seconds }) => seconds >= limits.silentSeconds || before?.names.includes(executor.name),
  )
  const next =
    missing.length > 0 && followed.next._tag === "After"
      ? { ...followed.next, seconds: Math.min(followed.next.seconds, recheck) }
      : followed.next
  if (silent.length === 0) return { ...followed, next, status: without(followed.status, "silentExecutors") }
  const names = silent.map(({ executor }) => executor.name).toSorted()
  const newlySilent = silent.filter(({ executor }) => before?.names.includes(executor.name) !== true)
  const increased = before === undefined || before.count < silent.length
  const deletions: ReadonlyArray<Action> = silent.map(({ executor: { name, uid } }) => ({
    _tag: "DeleteExecutor",
    podName: name,
    uid,
  }))
  const silentExecutors: SparkApplicationStatus["silentExecutors"] = {
    count: silent.length,
    names: names.slice(0, keptNames),
  }
  return {
    status: { ...followed.status, silentExecutors },
    actions: limits.replace ? [...followed.actions, ...deletions] : followed.actions,
    events: increased && newlySilent.length > 0 ? [...followed.events, noteOf(newlySilent, limits)] : followed.events,
    next,
  }
}
