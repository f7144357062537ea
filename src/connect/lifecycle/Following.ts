/** Follows a running server: readiness, executors, sessions. */

import type { ConnectState, SparkConnectStatus } from "../../api/connect/SparkConnectStatus.ts"
import { timestamp } from "../../kube/Time.ts"
import { after } from "../../runtime/Next.ts"
import type { Waiting } from "../../spark/observe/ObservedPod.ts"
import { amend, currentAttempt } from "./Attempts.ts"
import { currentPod } from "./Ending.ts"
import type { ServerPod } from "./Observed.ts"
import { isOld, quietOf } from "./Quiet.ts"
import type { Situation } from "./Situation.ts"
import { inState, note, type Step, step, without, withWaiting } from "./Step.ts"

/** Seconds until the next reconcile if nothing changes: a safety net for missed watch events. */
const recheck = 600

const stateOf = (pod: ServerPod, wasReady: boolean): ConnectState =>
  pod.ready && !pod.deleting ? "Ready" : wasReady || pod.deleting ? "NotReady" : "Provisioning"

const waitingOf = (pod: ServerPod): Waiting | undefined => {
  if (pod.deleting) return { reason: "PodTerminating", message: pod.deletion }
  return pod.phase === "Pending" ? pod.waiting : undefined
}

const timed = (status: SparkConnectStatus, pod: ServerPod): SparkConnectStatus => {
  const { runningTime, readyTime } = currentAttempt(status) ?? {}
  return amend(status, {
    ...(runningTime === undefined && pod.startedAt !== undefined ? { runningTime: timestamp(pod.startedAt) } : {}),
    ...(readyTime === undefined && pod.ready ? { readyTime: timestamp(pod.readyAt ?? pod.createdAt) } : {}),
  })
}

/**
 * What was read stays until the next reading, or until that is overdue; the time of the last activity is there only while nobody is active.
 */
const withActivity = (
  status: SparkConnectStatus,
  { observed: { activity }, now }: Situation,
  quietSince: number | undefined,
): SparkConnectStatus => {
  if (activity === undefined) return status
  const rest = without(status, "activitySignal", "sessions", "operations", "lastActivityTime")
  if (isOld(activity, now)) return rest
  const { signal, sessions, running } = activity
  return {
    ...rest,
    activitySignal: signal,
    ...(sessions === undefined ? {} : { sessions }),
    operations: { running },
    ...(quietSince === undefined ? {} : { lastActivityTime: timestamp(quietSince) }),
  }
}

/** What is known of the current server, before any rule looks at it. */
export const observe = (s: Situation): SparkConnectStatus => {
  const pod = currentPod(s)
  if (pod === undefined || pod.deleted) return s.status
  const status = timed(s.status, pod)
  const wasReady = currentAttempt(status)?.readyTime !== undefined
  const followed = withWaiting(inState(status, stateOf(pod, wasReady)), waitingOf(pod), s.now)
  const active = withActivity(followed, s, quietOf({ ...s, status })?.since)
  return {
    ...active,
    server: { ...status.server, podName: pod.name, ...(pod.ip === undefined ? {} : { podIp: pod.ip }) },
    executors: s.observed.executors,
    ...(pod.sparkApplicationId === undefined ? {} : { sparkApplicationId: pod.sparkApplicationId }),
  }
}

/** An Event when the state changes, and for a new reason to wait. */
const notes = (before: SparkConnectStatus, { state, waiting, endpoint }: SparkConnectStatus, name: string) => {
  if (state === "Ready" && before.state !== "Ready") {
    return [
      note("Normal", "SparkConnectServerReady", `The server of ${name} is ready${endpoint ? ` at ${endpoint}` : ""}`),
    ]
  }
  if (waiting !== undefined && waiting.reason !== before.waiting?.reason && waiting.reason !== "PodTerminating") {
    const message = waiting.message ? `: ${waiting.message}` : ""
    return [
      note("Warning", "SparkConnectServerPending", `The server of ${name} is waiting: ${waiting.reason}${message}`),
    ]
  }
  return state === "NotReady" && before.state === "Ready"
    ? [note("Warning", "SparkConnectServerNotReady", `The server of ${name} no longer answers`)]
    : []
}

/** Nothing is to be done for the current server now. `before`: the status as it is recorded. */
export const follow = (s: Situation, before: SparkConnectStatus): Step => {
  const recheckAt = currentPod(s)?.recheckAt
  const startRecheck = recheckAt === undefined ? recheck : Math.max(1, (recheckAt - s.now) / 1000)
  return step(s.status, after(Math.min(recheck, startRecheck)), { events: notes(before, s.status, s.name) })
}
