/** Situations for the tests of `lifecycle/`: a running application by default, changed where a test says so. */

import type {
  ApplicationStateType,
  Attempt,
  SparkApplicationStatus,
} from "../../src/api/application/SparkApplicationStatus.ts"
import { type Begun, nextSubmission } from "../../src/application/lifecycle/Begun.ts"
import type { Driver } from "../../src/application/lifecycle/Observed.ts"
import type { Situation, Desired } from "../../src/application/lifecycle/Situation.ts"
import type { Executor } from "../../src/spark/observe/ObservedPod.ts"
import type { DriverPod } from "../../src/spark/observe/ObservedPod.ts"

/** 2026-11-20T12:00:00Z; the current attempt began a minute before. */
export const now = Date.parse("2026-11-20T12:00:00Z")
export const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString().replace(".000Z", "Z")

export const driver = (facts: Partial<DriverPod> = {}): DriverPod => ({
  _tag: "Present",
  name: "pi-driver",
  uid: "driver-uid",
  sparkApplicationId: "spark-1",
  phase: "Running",
  terminated: undefined,
  podReason: undefined,
  podMessage: undefined,
  waiting: undefined,
  createdAt: now - 60_000,
  scheduledAt: now - 59_000,
  sandboxAt: now - 57_000,
  initializedAt: undefined,
  startedAt: now - 50_000,
  readyAt: now - 50_000,
  deleting: false,
  deleted: false,
  ...facts,
})

export const pending = (facts: Partial<DriverPod> = {}) =>
  driver({ phase: "Pending", startedAt: undefined, readyAt: undefined, ...facts })

export const terminated = (exitCode: number, reason = exitCode === 0 ? "Completed" : "Error") =>
  driver({
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    terminated: { exitCode, reason, message: undefined, finishedAt: now - 1000 },
  })

export const missing: Driver = { _tag: "Missing" }

export const executor = (id: number, facts: Partial<Executor> = {}): Executor => ({
  name: `pi-exec-${id}`,
  uid: `exec-uid-${id}`,
  id,
  state: "RUNNING",
  reason: undefined,
  message: undefined,
  exitCode: undefined,
  initContainer: undefined,
  waiting: undefined,
  createdAt: now - 40_000,
  startedAt: now - 38_000,
  finishedAt: undefined,
  deleting: false,
  deleted: false,
  ...facts,
})

const submitted: Attempt = {
  number: 1,
  submissionID: "sub-1",
  startTime: ago(60),
  submittedTime: ago(60),
  driverUID: "driver-uid",
}

const over: Attempt = { ...submitted, finishTime: ago(1), result: "Failed", reason: "Error" }

/** The last attempt as it is in each state; undefined where none was made yet. */
const attemptIn: Readonly<Record<ApplicationStateType, Attempt | undefined>> = {
  "": undefined,
  SUBMITTED: submitted,
  RUNNING: submitted,
  UNKNOWN: submitted,
  SUCCEEDING: { ...over, result: "Succeeded" },
  COMPLETED: { ...over, result: "Succeeded" },
  FAILING: over,
  FAILED: over,
  SUBMISSION_FAILED: {
    number: 1,
    submissionID: "sub-1",
    startTime: ago(2),
    finishTime: ago(1),
    result: "SubmissionFailed",
  },
  PENDING_RERUN: over,
  INVALIDATING: { ...over, result: "Stopped" },
  SUSPENDING: { ...over, result: "Stopped" },
  SUSPENDED: { ...over, result: "Stopped" },
  RESUMING: { ...over, result: "Stopped" },
}

const ended: ReadonlyArray<ApplicationStateType> = ["SUCCEEDING", "FAILING", "COMPLETED", "FAILED"]

export const statusIn = (
  state: ApplicationStateType,
  changes: Partial<SparkApplicationStatus> = {},
): SparkApplicationStatus => {
  const attempt = attemptIn[state]
  if (!attempt) return { applicationState: state === "" ? {} : { state }, driverInfo: {}, ...changes }
  return {
    applicationState: { state },
    driverInfo: { podName: "pi-driver" },
    submissionID: attempt.submissionID,
    submissionAttempts: 1,
    executionAttempts: 1,
    lastSubmissionAttemptTime: attempt.startTime,
    attempts: [attempt],
    runSpecHash: "spec-1",
    ...(ended.includes(state) ? { terminationTime: ago(1) } : {}),
    ...changes,
  }
}

/** A status that records an attempt which is not submitted yet: it waits, or an earlier version has recorded it first. */
export const intentIn = (state: ApplicationStateType): SparkApplicationStatus => ({
  ...statusIn(state),
  submissionID: "sub-2",
  driverInfo: { podName: "pi-driver" },
  runSpecHash: "spec-1",
  attempts: [...(statusIn(state).attempts ?? []), { number: 2, submissionID: "sub-2", startTime: ago(1) }],
})

/** The submission that follows in this state, as it has begun without a status that records it. */
export const begunIn = (state: ApplicationStateType, facts: Partial<Begun> = {}): Begun => ({
  ...nextSubmission("app-uid", statusIn(state)),
  by: "native",
  startedAt: now - 3000,
  runSpecHash: "spec-1",
  driverPodName: "pi-driver",
  required: [],
  ...facts,
})

type Changes = Partial<Omit<Situation, "desired" | "observed">> & {
  readonly desired?: Partial<Desired>
  readonly observed?: Partial<Situation["observed"]>
}

export const situation = (state: ApplicationStateType, { desired, observed, ...changes }: Changes = {}): Situation => ({
  name: "pi",
  uid: "app-uid",
  generation: 1,
  historyUrlOf: () => undefined,
  deleting: false,
  problems: [],
  warnings: [],
  submitter: { by: "native" },
  inheritedLabels: { driver: {}, executor: {} },
  runSpecHash: "spec-1",
  driverPodName: "pi-driver",
  childrenOf: () => [],
  status: statusIn(state),
  usage: { podsOf: () => ({ uses: [], unwatchedTo: undefined }), priceOf: () => undefined, coreUtilization: undefined },
  policy: { deadlines: {}, timeToLiveSeconds: undefined, maxTrackedExecutors: 100, progressSeconds: 15 },
  now,
  ...changes,
  desired: {
    suspend: false,
    restartPolicy: { type: "Never" },
    deadlines: {},
    timeToLiveSeconds: undefined,
    watchdog: undefined,
    heartbeat: undefined,
    initialExecutors: 2,
    ...desired,
  },
  observed: { driver: missing, executors: [], submitters: [], submission: undefined, ...observed },
})
