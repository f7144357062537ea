/** Situations of a Connect server, changed as a test needs them. */

import type { SparkConnectStatus } from "../../src/api/connect/SparkConnectStatus.ts"
import type { Activity } from "../../src/connect/activity/Activity.ts"
import { attemptId } from "../../src/connect/lifecycle/Attempts.ts"
import type { Observed, Server, ServerPod } from "../../src/connect/lifecycle/Observed.ts"
import type { Situation } from "../../src/connect/lifecycle/Situation.ts"
import { timestamp } from "../../src/kube/Time.ts"

export const now = Date.UTC(2030, 0, 1, 12)
/** A timestamp this many seconds before now. */
export const ago = (seconds: number): string => timestamp(now - seconds * 1000)

export const uid = "8c1f0a1e-58cd-4a43-a4f6-5a8d3b4d2c11"
const revision = "r1"

/** The ready pod of attempt 1. */
export const pod = (changes: Partial<ServerPod> = {}): ServerPod => ({
  _tag: "Present",
  name: "a-server",
  uid: "pod-1",
  sparkApplicationId: "spark-1",
  phase: "Running",
  terminated: undefined,
  podReason: undefined,
  podMessage: undefined,
  waiting: undefined,
  createdAt: now - 3600_000,
  scheduledAt: now - 3600_000,
  sandboxAt: undefined,
  initializedAt: undefined,
  startedAt: now - 3590_000,
  readyAt: now - 3580_000,
  deleting: false,
  deleted: false,
  ip: "10.0.0.1",
  ready: true,
  attempt: 1,
  revision,
  ...changes,
})

export const own = (changes: Partial<ServerPod> = {}): Server => ({ _tag: "Own", pod: pod(changes) })
export const missing: Server = { _tag: "Missing" }
export const starting = own({ ready: false, readyAt: undefined })
export const killed = (changes: Partial<ServerPod> = {}): Server =>
  own({
    phase: "Failed",
    ready: false,
    terminated: { exitCode: 137, reason: "OOMKilled", message: undefined, finishedAt: now - 1000 },
    ...changes,
  })

/** A reading of a moment ago, after `quietSeconds` without a session. */
export const unused = (quietSeconds: number): Activity => ({
  signal: "Sessions",
  sessions: { open: 0, total: 3 },
  running: 0,
  lastEndAt: now - quietSeconds * 1000,
  readAt: now,
})
export const used: Activity = { ...unused(0), sessions: { open: 1, total: 3 }, lastEndAt: undefined }

const attempt = {
  number: 1,
  submissionID: attemptId(uid, 1),
  podUID: "pod-1",
  startTime: ago(3600),
  runningTime: ago(3590),
} as const
const ended = { ...attempt, readyTime: ago(3580), finishTime: ago(2), reason: "OOMKilled" } as const

/** Recorded statuses by name. */
export const statuses = {
  new: {},
  provisioning: { state: "Provisioning", attempts: [attempt] },
  ready: { state: "Ready", attempts: [{ ...attempt, readyTime: ago(3580) }] },
  stopping: { state: "Ready", attempts: [{ ...attempt, readyTime: ago(3580), stopReason: "SpecChanged" }] },
  "backing off": { state: "NotReady", failures: 1, nextRetryTime: ago(-3), attempts: [{ ...ended, result: "Failed" }] },
  "failed before": {
    state: "NotReady",
    failures: 1,
    nextRetryTime: ago(1),
    attempts: [{ ...ended, result: "Failed" }],
  },
  suspended: { state: "Suspended", failures: 0, attempts: [{ ...ended, result: "Stopped", reason: "Suspended" }] },
  idle: {
    state: "Idle",
    idleSince: ago(100),
    wokenBy: "1",
    attempts: [{ ...ended, result: "Stopped", reason: "Idle" }],
  },
} as const satisfies Readonly<Record<string, SparkConnectStatus>>

export type Change = Partial<Omit<Situation, "observed" | "desired">> & {
  readonly observed?: Partial<Observed>
  readonly desired?: Partial<Situation["desired"]>
}

/** A valid spec, nothing that the user wants to be otherwise, and everything applied through which the server is reached. */
export const situation = (status: SparkConnectStatus, { observed, desired, ...changes }: Change = {}): Situation => ({
  name: "a",
  uid,
  generation: 1,
  historyUrlOf: () => undefined,
  deleting: false,
  wake: undefined,
  problems: [],
  warnings: [],
  revision,
  routeDue: undefined,
  reachable: {
    serviceName: "a-server",
    endpoint: "sc://a-server.default.svc:15002",
    connections: [],
    tokenSecretName: undefined,
    access: { "Service/a-server": "h" },
  },
  status: { access: { "Service/a-server": "h" }, ...status },
  followsActivity: true,
  now,
  ...changes,
  desired: { suspend: false, updateStrategy: "Recreate", restart: {}, idle: undefined, ...desired },
  observed: {
    server: missing,
    executors: {},
    activity: undefined,
    hasService: true,
    attemptsWithObjects: [],
    otherServices: [],
    ...observed,
  },
})
