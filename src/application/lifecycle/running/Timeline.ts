/**
 * The points that the current attempt has reached, by the timestamps of Kubernetes, and how long the phases between them took. The points
 * are stored in the attempt's status: each is written once and never changes, so that a restart of the operator neither loses nor repeats
 * a phase.
 */

import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import type { Attempt, SparkApplicationStatus } from "../../../api/application/SparkApplicationStatus.ts"
import { timestamp } from "../../../kube/Time.ts"
import type { Executor } from "../../../spark/observe/ObservedPod.ts"
import { amend, currentAttempt, lastAttempt } from "../Attempts.ts"
import type { Observed } from "../Observed.ts"
import type { Desired } from "../Situation.ts"

/** Points of an attempt that are read from its pods. */
type Point =
  | "scheduledTime"
  | "sandboxTime"
  | "initializedTime"
  | "runningTime"
  | "contextTime"
  | "firstExecutorTime"
  | "executorsTime"

/** The times at which these executors started, the earliest first. */
const starts = (executors: ReadonlyArray<Executor>): ReadonlyArray<number> =>
  executors.flatMap(({ startedAt }) => startedAt ?? []).sort((a, b) => a - b)

/** Epoch milliseconds of the points that the pods of a submission show now. `desired`: asked only once an executor has started. */
const pointsOf = (
  { driver, executors }: Pick<Observed, "driver" | "executors">,
  desired: Pick<Desired, "initialExecutors">,
): Readonly<Record<Point, number | undefined>> => {
  const present = driver._tag === "Present" ? driver : undefined
  const started = starts(executors)
  const wanted = started.length === 0 ? undefined : desired.initialExecutors
  const created = executors.flatMap(({ createdAt }) => createdAt ?? [])
  return {
    scheduledTime: present?.scheduledAt,
    sandboxTime: present?.sandboxAt,
    initializedTime: present?.initializedAt,
    runningTime: present?.startedAt,
    contextTime: created.length > 0 ? Math.min(...created) : undefined,
    firstExecutorTime: started[0],
    executorsTime: wanted === undefined || wanted < 1 ? undefined : started[wanted - 1],
  }
}

/** Adds to the current attempt, once it is submitted, the points that its pods show and that it does not have yet. */
export const followTimeline = (
  status: SparkApplicationStatus,
  observed: Pick<Observed, "driver" | "executors">,
  desired: Pick<Desired, "initialExecutors">,
): SparkApplicationStatus => {
  const attempt = currentAttempt(status)
  if (attempt?.submittedTime === undefined || attempt.executorsTime !== undefined) return status
  const points = Object.entries(pointsOf(observed, desired)) as ReadonlyArray<[Point, number | undefined]>
  const newPoints = points.flatMap(([point, time]) =>
    time === undefined || attempt[point] !== undefined ? [] : [[point, timestamp(time)] as const],
  )
  return newPoints.length === 0 ? status : amend(status, Object.fromEntries(newPoints))
}

/** The attempt without the points that its pods show, but with the start of its driver. */
export const withoutPoints = ({
  scheduledTime: _scheduled,
  sandboxTime: _sandbox,
  initializedTime: _initialized,
  contextTime: _context,
  firstExecutorTime: _first,
  executorsTime: _executors,
  ...attempt
}: Attempt): Omit<Attempt, Exclude<Point, "runningTime">> => attempt

/**
 * Whether the points that `after` has beyond `before` may be written with the next change: pods keep their timestamps, and a write for each
 * point would double the writes of a submission. Only the start of the driver cannot wait.
 */
export const canWait = (before: SparkApplicationStatus, after: SparkApplicationStatus): boolean =>
  lastAttempt(before)?.runningTime === lastAttempt(after)?.runningTime

/** In order of time. `run` lasts from the start of the driver to its end, and so contains the three phases before it. */
export const phases = [
  "accept",
  "queue",
  "submit",
  "schedule",
  "sandbox",
  "init",
  "pull",
  "context",
  "first_executor",
  "executors",
  "run",
] as const
export type Phase = (typeof phases)[number]

/** A phase between two timestamps (RFC 3339). */
export interface PhaseSpan {
  readonly phase: Phase
  readonly from: string
  readonly to: string
}

type Times = Partial<Pick<Attempt, Point | "submittedTime" | "startTime" | "finishTime">>

/**
 * The phases of an attempt that are over. A phase without a start of its own starts at the end of the nearest phase before it that has
 * one: without init containers the image is pulled when the sandbox is ready.
 */
export const attemptPhases = (attempt: Times): ReadonlyArray<PhaseSpan> => {
  const { submittedTime, scheduledTime, sandboxTime, initializedTime, runningTime, contextTime } = attempt
  const spans: ReadonlyArray<readonly [Phase, string | undefined, string | undefined]> = [
    ["submit", attempt.startTime, submittedTime],
    ["schedule", submittedTime, scheduledTime],
    ["sandbox", scheduledTime, sandboxTime],
    ["init", sandboxTime ?? scheduledTime, initializedTime],
    ["pull", initializedTime ?? sandboxTime ?? scheduledTime, runningTime],
    ["context", runningTime, contextTime],
    ["first_executor", contextTime, attempt.firstExecutorTime],
    ["executors", contextTime, attempt.executorsTime],
    ["run", runningTime, attempt.finishTime],
  ]
  return spans.flatMap(([phase, from, to]) => (from === undefined || to === undefined ? [] : { phase, from, to }))
}

/**
 * The phases before the first attempt: the application was accepted, then waited (suspended, or in a queue) until its submission was
 * recorded. If it was refused first, the time until its user corrected it is part of `accept`.
 */
export const arrivalPhases = ({ metadata, status }: Arrival): ReadonlyArray<PhaseSpan> => {
  const accepted = status?.conditions?.find(({ type }) => type === "Accepted")
  if (accepted?.status !== "True") return []
  const at = accepted.lastTransitionTime
  const created = metadata.creationTimestamp
  const first = status?.attempts?.[0]
  return [
    ...(created === undefined ? [] : [{ phase: "accept" as const, from: created, to: at }]),
    ...(first?.number === 1 ? [{ phase: "queue" as const, from: at, to: first.startTime }] : []),
  ]
}

export interface Arrival {
  readonly metadata: Pick<SparkApplication["metadata"], "creationTimestamp">
  readonly status?: SparkApplicationStatus
}
