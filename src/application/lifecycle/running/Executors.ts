/**
 * Follows the executors of one submission: the pods that exist, the totals of those that ended, and the newest failures. `executorState`
 * holds only pods that exist, so it stays small however many executors come and go, and it makes every end count exactly once: a pod that
 * is terminal now and was not before has just ended.
 */

import type {
  ExecutorCounts,
  ExecutorFailure,
  ExecutorStateType,
  SparkApplicationStatus,
} from "../../../api/application/SparkApplicationStatus.ts"
import type { Note } from "../../../kube/EventRecorder.ts"
import { timestamp } from "../../../kube/Time.ts"
import { failureReason } from "../../../spark/observe/FailureReason.ts"
import type { Executor } from "../../../spark/observe/ObservedPod.ts"
import { routine, warning } from "../Step.ts"

const keptFailures = 10
const noExecutors: ExecutorCounts = { pending: 0, running: 0, succeeded: 0, failed: 0 }

const ended = (state: ExecutorStateType | undefined): state is "COMPLETED" | "FAILED" =>
  state === "COMPLETED" || state === "FAILED"

/** An end keeps the result with which it was counted and reported: facts that are learned afterwards do not change it. */
const withCountedEnd = (executor: Executor, before: ExecutorStateType | undefined): Executor =>
  ended(before) && ended(executor.state) ? { ...executor, state: before } : executor

/** The status with its executors brought up to date, and the Events about their changes. `bound` limits `executorState`. */
export const followExecutors = (
  status: SparkApplicationStatus,
  found: ReadonlyArray<Executor>,
  bound: number,
  now: number,
): { readonly status: SparkApplicationStatus; readonly events: ReadonlyArray<Note> } => {
  const before: Readonly<Record<string, ExecutorStateType>> = status.executorState ?? {}
  if (found.length === 0 && Object.keys(before).length === 0) return { status, events: [] }

  const executors = found.map((executor) => withCountedEnd(executor, before[executor.name]))
  const seen = new Set(executors.map((executor) => executor.name))
  const changed = executors.filter((executor) => before[executor.name] !== executor.state)
  const justEnded = changed.filter((executor) => ended(executor.state) && !ended(before[executor.name]))
  const failed = justEnded.filter((executor) => executor.state === "FAILED")
  /** Deleted before an end was seen: the driver released it. */
  const vanished = Object.keys(before).filter((name) => before[name] === "RUNNING" && !seen.has(name))

  const existing = executors.filter((executor) => !executor.deleted)
  const counts = status.executors ?? noExecutors
  const failures = failed.map((executor) => failureOf(executor, now))
  const recent = [...(status.recentExecutorFailures ?? []), ...failures]
  return {
    status: {
      ...status,
      executorState: Object.fromEntries(
        [...existing]
          .sort((a, b) => a.id - b.id || (a.name < b.name ? -1 : 1))
          .slice(-bound)
          .map(({ name, state }) => [name, state]),
      ),
      executors: {
        pending: existing.filter(({ state }) => state === "PENDING").length,
        running: existing.filter(({ state }) => state === "RUNNING").length,
        succeeded: counts.succeeded + justEnded.length - failed.length + vanished.length,
        failed: counts.failed + failed.length,
        ...failuresOf(counts.failures, failures),
      },
      ...(recent.length > 0 ? { recentExecutorFailures: recent.slice(-keptFailures) } : {}),
    },
    events: eventsOf(changed),
  }
}

type Failures = NonNullable<ExecutorCounts["failures"]>

/** The counts include failures that the list no longer holds. */
const failuresOf = (
  before: Failures | undefined,
  failures: ReadonlyArray<ExecutorFailure>,
): Pick<ExecutorCounts, "failures"> => {
  const counts: Record<string, number> = { ...before }
  for (const { failure = "Unknown" } of failures) counts[failure] = (counts[failure] ?? 0) + 1
  return Object.keys(counts).length > 0 ? { failures: counts } : {}
}

const failureOf = (executor: Executor, now: number): ExecutorFailure => ({
  podName: executor.name,
  time: timestamp(executor.finishedAt ?? now),
  reason: executor.reason ?? "Error",
  failure: failureReason({ of: "executor", ...executor }),
  ...(executor.exitCode === undefined ? {} : { exitCode: executor.exitCode }),
  ...(executor.initContainer === undefined ? {} : { initContainer: executor.initContainer }),
  ...(executor.message === undefined ? {} : { message: executor.message.slice(0, 1024) }),
})

const reasons = {
  PENDING: "SparkExecutorPending",
  RUNNING: "SparkExecutorRunning",
  COMPLETED: "SparkExecutorCompleted",
  FAILED: "SparkExecutorFailed",
  UNKNOWN: "SparkExecutorUnknown",
} as const

/** One Event per state, not per executor: a hundred executors that start together are one line. Only failures are more than routine. */
const eventsOf = (changed: ReadonlyArray<Executor>): ReadonlyArray<Note> =>
  (Object.keys(reasons) as Array<Executor["state"]>).flatMap((state) => {
    const these = changed.filter((executor) => executor.state === state)
    if (these.length === 0) return []
    const names = these.slice(0, 5).map((executor) => (state === "FAILED" ? withReason(executor) : executor.name))
    const more = these.length > names.length ? ` and ${these.length - names.length} more` : ""
    const note = state === "FAILED" || state === "UNKNOWN" ? warning : routine
    return [note(reasons[state], `Executor ${names.join(", ")}${more} ${sentence[state]}`)]
  })

const sentence = {
  PENDING: "is pending",
  RUNNING: "is running",
  COMPLETED: "completed",
  FAILED: "failed",
  UNKNOWN: "is in an unknown state",
} as const

const withReason = ({ name, exitCode, reason, initContainer }: Executor) => {
  const container = initContainer === undefined ? "" : `init container ${initContainer}: `
  return `${name} (${container}${reason ?? "Unknown"}${exitCode === undefined ? "" : `, exit code ${exitCode}`})`
}
