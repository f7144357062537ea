/** Follows the driver of a submitted application, from pending to its end, and stops it when a deadline passes. */

import type { SparkApplicationStatus, Stall } from "../../../api/application/SparkApplicationStatus.ts"
import { stateOf } from "../../../api/States.ts"
import { timestamp } from "../../../kube/Time.ts"
import { after, again } from "../../../runtime/Next.ts"
import type { DriverPod, Waiting } from "../../../spark/observe/ObservedPod.ts"
import { type Failure, type Outcome, outcomeOf } from "../../../spark/observe/Outcome.ts"
import { end, lastAttempt } from "../Attempts.ts"
import { keepChildren } from "../ChildrenStatus.ts"
import { runningDeadlines } from "../Deadlines.ts"
import { healthyRunSeconds, retryAfter } from "../RetryPolicy.ts"
import type { Situation } from "../Situation.ts"
import { inState, normal, routine, type Step, step, warning, without, withWaiting } from "../Step.ts"
import { executorsWaiting } from "./ExecutorsWaiting.ts"
import { withHeartbeats } from "./Heartbeats.ts"
import { completed, withReading } from "./ProgressStatus.ts"
import { withLabels } from "./Relabel.ts"
import { checkForStall } from "./Watchdog.ts"

/** Seconds until the next reconcile if nothing changes: a safety net for missed watch events. */
const recheck = 600

/** States SUBMITTED, RUNNING and UNKNOWN. */
export const follow = (s: Situation): Step => {
  const driver = s.observed.driver
  if (driver._tag !== "Present" || lost(driver)) return driverNotFound(s)
  const { progress, heartbeats } = s.observed
  // A limit is read only where there is something to compare with it: that may be work.
  const watchdog = progress === undefined && s.status.stalled === undefined ? undefined : s.desired.watchdog
  const { stalled, next: stallRecheck = recheck } = checkForStall(progress, s.status.stalled, watchdog, s.now)
  const executors = executorsWaiting(driver.phase === "Running" ? s.observed.executors : [], s.now)
  const waiting = driver.phase === "Pending" ? driver.waiting : executors.waiting
  const read = withReading(withDriver(s.status, driver, waiting, s.now), s.observed.progress)
  const status = stalled === undefined ? without(read, "stalled") : { ...read, stalled }
  const outcome = outcomeOf(driver)
  if (outcome) return finished({ ...s, status }, driver, outcome)

  const deadlines = runningDeadlines(driver, s.desired.deadlines, s.policy.deadlines, s.now)
  const passed = deadlines.find(({ remainingSeconds }) => remainingSeconds <= 0)
  if (passed) {
    const why = driver.waiting?.message ?? driver.waiting?.reason
    const message = `driver ${passed.waitsFor} within ${passed.limitSeconds} s (spec.deadlines.${passed.field})`
    const reason = driver.waiting?.reason ?? "DeadlineExceeded"
    return failed({ ...s, status }, { reason, message: why ? `${message}: ${why}` : message, finishedAt: s.now })
  }
  // Only after a reading by this operator, not on a stall that an earlier one recorded.
  if (stalled !== undefined && progress !== undefined && watchdog?.restart === true) {
    const message = `driver is stalled: ${stalled.message}`
    return failed({ ...s, status }, { reason: "Stalled", message, finishedAt: s.now })
  }
  const state = stateInPhase[driver.phase]
  const changed = state !== stateOf(s.status) || s.status.applicationState.errorMessage !== undefined
  const rechecks = [driver.recheckAt, executors.recheckAt].filter((at) => at !== undefined)
  const startRecheck = Math.min(recheck, ...rechecks.map((at) => Math.max(1, (at - s.now) / 1000)))
  const followed = step(
    changed ? inState(status, state) : status,
    after(Math.min(startRecheck, stallRecheck, ...deadlines.map(({ remainingSeconds }) => remainingSeconds))),
    {
      events: [
        ...(state === stateOf(s.status) && state !== "SUBMITTED" ? [] : noteOf(s, driver)),
        ...executorNotes(s, executors.waiting),
        ...stallNotes(s, stalled),
      ],
    },
  )
  const isHeard = heartbeats !== undefined || s.status.silentExecutors !== undefined
  const watched = isHeard ? withHeartbeats(followed, s.observed.executors, heartbeats, s.desired.heartbeat) : followed
  // What leads to the driver, such as the Service of its UI, leads nowhere before it runs.
  return withLabels(s, driver.phase === "Pending" ? watched : keepChildren(s, watched))
}

const stateInPhase = {
  Pending: "SUBMITTED",
  Running: "RUNNING",
  Succeeded: "SUCCEEDING",
  Failed: "FAILING",
  Unknown: "UNKNOWN",
} as const

/** The pod was deleted before its end was seen. */
const lost = (driver: DriverPod) =>
  driver.deleted && driver.terminated === undefined && driver.phase !== "Succeeded" && driver.phase !== "Failed"

const withDriver = (
  status: SparkApplicationStatus,
  driver: DriverPod,
  waiting: Waiting | undefined,
  now: number,
): SparkApplicationStatus => {
  const withPod = {
    ...status,
    driverInfo: { ...status.driverInfo, podName: driver.name },
    ...(driver.sparkApplicationId ? { sparkApplicationId: driver.sparkApplicationId } : {}),
  }
  return withWaiting(withPod, waiting, now)
}

/** An Event for a new waiting reason of a pending driver, and for a driver that began to run or whose node stopped to report. */
const noteOf = (s: Situation, driver: DriverPod) => {
  switch (driver.phase) {
    case "Pending":
      if (driver.waiting && driver.waiting.reason !== s.status.waiting?.reason) {
        const { reason, message } = driver.waiting
        return [
          warning("SparkDriverPending", `Driver ${driver.name} is waiting: ${reason}${message ? `: ${message}` : ""}`),
        ]
      }
      return []
    case "Running":
      return [normal("SparkDriverRunning", `Driver ${driver.name} is running`)]
    default:
      return [warning("SparkDriverUnknown", `Driver ${driver.name} is in an unknown state: its node does not report`)]
  }
}

/** An Event for a new reason for which executors do not start. */
const executorNotes = ({ status }: Situation, waiting: Waiting | undefined) =>
  waiting === undefined || (status.applicationState.state === "RUNNING" && waiting.reason === status.waiting?.reason)
    ? []
    : [warning("SparkExecutorPending", `Executors are waiting: ${waiting.reason}: ${waiting.message ?? ""}`)]

/** One Event when a stall begins or has another reason, and one when it is over. */
const stallNotes = ({ name, status }: Situation, stalled: Stall | undefined) => {
  if (stalled !== undefined && status.stalled?.reason !== stalled.reason) {
    return [warning("SparkApplicationStalled", `SparkApplication ${name} is stalled: ${stalled.message}`)]
  }
  return stalled === undefined && status.stalled !== undefined
    ? [normal("SparkApplicationMoving", `SparkApplication ${name} is making progress again`)]
    : []
}

const finished = (s: Situation, driver: DriverPod, outcome: Outcome): Step => {
  const finishedAt = outcome.finishedAt ?? s.now
  if (outcome._tag === "Failed") {
    const { _tag, reason = "Error", message = "", ...facts } = outcome
    return failed(s, { ...facts, reason, message, finishedAt })
  }
  const status = end(s.status, finishedAt, { result: "Succeeded", exitCode: 0 })
  return step(
    {
      ...without(inState(status, "SUCCEEDING"), "waiting", "stalled", "silentExecutors"),
      terminationTime: timestamp(finishedAt),
      runFailures: 0,
      ...(s.policy.progressSeconds !== undefined ? { progress: completed(status.progress, finishedAt) } : {}),
    },
    again,
    { events: [routine("SparkDriverCompleted", `Driver ${driver.name} completed`)] },
  )
}

const driverNotFound = (s: Situation): Step =>
  failed(s, {
    reason: "DriverNotFound",
    message: "driver pod not found: it was deleted before it finished",
    finishedAt: s.now,
  })

/** A driver that still runs is stopped by the step after FAILING, since that state promises its pod. */
const failed = (s: Situation, failure: Failure): Step => {
  const { finishedAt, ...facts } = failure
  const attempt = lastAttempt(s.status)
  const ranSeconds = attempt?.runningTime ? (finishedAt - Date.parse(attempt.runningTime)) / 1000 : 0
  const healthy = s.desired.restartPolicy.type === "Always" && ranSeconds >= healthyRunSeconds
  const failures = (healthy ? 0 : (s.status.runFailures ?? 0)) + 1
  const wait = retryAfter(s.desired.restartPolicy, "run", failures)
  const ended = end(s.status, finishedAt, { ...facts, result: "Failed", message: facts.message.slice(0, 1024) })
  const status = {
    ...without(inState(ended, "FAILING", failure.message), "waiting", "nextRetryTime", "stalled", "silentExecutors"),
    terminationTime: timestamp(finishedAt),
    runFailures: failures,
  }
  return step(wait === undefined ? status : { ...status, nextRetryTime: timestamp(finishedAt + wait * 1000) }, again, {
    events: [
      failure.reason === "DriverNotFound"
        ? warning("SparkDriverNotFound", `Driver ${s.driverPodName} of attempt ${attempt?.number ?? 1} was not found`)
        : warning("SparkDriverFailed", `Driver ${s.driverPodName} failed: ${failure.message}`),
    ],
  })
}
