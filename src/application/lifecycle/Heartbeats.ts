/**
 * Executors whose pods run although their driver does not count them any more. Spark's driver drops an executor whose heartbeats stay away
 * (`spark.network.timeout`), and one that never registers it does not know; mostly the pod goes soon after. Where it stays, a node or a
 * JVM hangs. The driver's word is all there is: Spark's REST API tells of the executors, not of their heartbeats.
 */

import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import type { Note } from "../../kube/EventRecorder.ts"
import type { HeartbeatLimits } from "../../spark/health/Heartbeat.ts"
import type { Executor } from "../../spark/observe/ObservedPod.ts"
import type { Action } from "./Action.ts"
import { type Step, warning, without } from "./Step.ts"

/** What a driver has said of its executors. Times are epoch milliseconds. */
export interface ExecutorHeartbeats {
  /** When it was first asked. */
  readonly since: number
  /** When it last answered. */
  readonly at: number
  /** When it last counted each executor, by id. */
  readonly executors: ReadonlyMap<number, number>
}

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

/** Running executors that the last answer did not count, and for how long the driver has left them out. */
const silences = (executors: ReadonlyArray<Executor>, heartbeats: ExecutorHeartbeats): ReadonlyArray<Silence> =>
  executors.flatMap((executor) => {
    const { id, state, deleting, startedAt } = executor
    if (state !== "RUNNING" || deleting || id <= 0 || startedAt === undefined) return []
    const counted = heartbeats.executors.get(id) ?? 0
    if (counted === heartbeats.at || startedAt >= heartbeats.at) return []
    return [{ executor, seconds: (heartbeats.at - Math.max(counted, startedAt, heartbeats.since)) / 1000 }]
  })

/** Names that are kept in the status. */
const named = 10
/** Seconds between looks while the driver leaves out an executor. */
const recheck = 15

const noteOf = (news: ReadonlyArray<Silence>, { silentSeconds, replace }: HeartbeatLimits): Note => {
  const names = news.slice(0, 5).map(({ executor }) => executor.name)
  const more = news.length > names.length ? ` and ${news.length - names.length} more` : ""
  const what = replace ? "; deleted, so that the driver makes another" : ""
  return warning(
    "SparkExecutorSilent",
    `Executor ${names.join(", ")}${more} runs, but its driver has not counted it for ${silentSeconds} s${what}`,
  )
}

/** The step of a running application with its silent executors told, counted, and deleted where that is asked for. */
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
  // An operator that was just started knows no earlier answers; what the one before it recorded still holds.
  const silent = missing.filter(
    ({ executor, seconds }) => seconds >= limits.silentSeconds || before?.names.includes(executor.name),
  )
  const next =
    missing.length > 0 && followed.next._tag === "After"
      ? { ...followed.next, seconds: Math.min(followed.next.seconds, recheck) }
      : followed.next
  if (silent.length === 0) return { ...followed, next, status: without(followed.status, "silentExecutors") }
  const names = silent.map(({ executor }) => executor.name).toSorted()
  const news = silent.filter(({ executor }) => before?.names.includes(executor.name) !== true)
  const told = before === undefined || before.count < silent.length
  const deletions: ReadonlyArray<Action> = silent.map(({ executor: { name, uid } }) => ({
    _tag: "DeleteExecutor",
    podName: name,
    uid,
  }))
  const silentExecutors: SparkApplicationStatus["silentExecutors"] = {
    count: silent.length,
    names: names.slice(0, named),
  }
  return {
    status: { ...followed.status, silentExecutors },
    actions: limits.replace ? [...followed.actions, ...deletions] : followed.actions,
    events: told && news.length > 0 ? [...followed.events, noteOf(news, limits)] : followed.events,
    next,
  }
}
