/**
 * The objects of a run beside its driver pod. They are written into the status before they are made, and stay there until they are gone,
 * so none is forgotten, whatever happens in between. Those that the driver can do without are made when it is there; what goes wrong with
 * them is told and tried again later, and changes nothing else.
 */
import type { ChildStatus, SparkApplicationStatus } from "../api/SparkApplicationStatus.ts"
import { lastAttempt } from "./Attempts.ts"
import { type Action, after, again, type Next, type Note } from "./Decision.ts"
import type { ChildResult } from "./Observed.ts"
import type { Situation } from "./Situation.ts"
import { type Step, warning, without } from "./Step.ts"
import { secondsSince, timestamp } from "./Times.ts"

/** Seconds between tries of what could not be made or taken away. */
const retry = 30

const sameObject = (a: ChildResult["child"], b: ChildResult["child"]) =>
  a.apiVersion === b.apiVersion && a.kind === b.kind && a.name === b.name

const failedOf = (children: ReadonlyArray<ChildStatus>) => children.filter(({ state }) => state === "Failed")

/** One child after it was tried; undefined when it is gone. */
const afterTry = (child: ChildStatus, { outcome }: ChildResult, now: number): ChildStatus | undefined => {
  const { reason: _, message: __, time: ___, ...plain } = child
  switch (outcome._tag) {
    case "Created":
      return { ...plain, state: "Created", ...(outcome.uid === undefined ? {} : { uid: outcome.uid }) }
    case "Failed":
      return {
        ...plain,
        state: "Failed",
        reason: outcome.reason,
        message: outcome.message.slice(0, 1024),
        time: timestamp(now),
      }
    case "Gone":
      return undefined
  }
}

const withoutUI = ({ driverInfo, ...status }: SparkApplicationStatus): SparkApplicationStatus => ({
  ...status,
  driverInfo: driverInfo.podName === undefined ? {} : { podName: driverInfo.podName },
})

/** The status after the last try, and an Event for each failure that is news. */
export const followChildren = (
  s: Situation,
): { readonly status: SparkApplicationStatus; readonly events: ReadonlyArray<Note> } => {
  const tried = s.observed.children
  if (tried === undefined) return { status: s.status, events: [] }
  const before = s.status.children ?? []
  const children = before.flatMap((child) => {
    const result = tried.results.find((result) => sameObject(result.child, child))
    return result === undefined ? [child] : (afterTry(child, result, s.now) ?? [])
  })
  const news = failedOf(children).filter(
    (child) => before.find((other) => sameObject(other, child))?.reason !== child.reason,
  )
  const status = { ...s.status, driverInfo: { ...s.status.driverInfo, ...tried.info } }
  return {
    status: children.length > 0 ? { ...status, children } : withoutUI(without(status, "children")),
    events: news.map(({ kind, name, message }) => warning("SparkChildFailed", `${kind} ${name}: ${message ?? ""}`)),
  }
}

/** Seconds until a child is to be tried again; 0: now. */
const untilTry = ({ state, time }: ChildStatus, now: number) =>
  state === "Failed" ? Math.max(0, retry - secondsSince(time, now)) : 0

const earlier = (next: Next, seconds: number): Next =>
  next._tag === "After" && next.seconds <= seconds ? next : after(seconds)

/** Adds the making of what is missing to a step that follows a living driver. */
export const keepChildren = (s: Situation, step: Step): Step => {
  const missing = (s.status.children ?? []).filter(({ state }) => state !== "Created")
  const attempt = lastAttempt(s.status)
  if (missing.length === 0 || attempt === undefined) return step
  const due = missing.filter((child) => untilTry(child, s.now) <= 0)
  if (due.length === 0) {
    return { ...step, next: earlier(step.next, Math.min(...missing.map((child) => untilTry(child, s.now)))) }
  }
  const ensure: Action = {
    _tag: "EnsureChildren",
    submissionId: attempt.submissionID,
    submittedAt: Date.parse(attempt.startTime),
    attempt: attempt.number,
    children: due,
  }
  return { ...step, next: again, actions: [...step.actions, ensure] }
}

/**
 * Takes the children away from a run that is over, then goes on. When `insisting`, what could not be taken away is tried again for as
 * long as it is there; else once must do, because the next run replaces it.
 */
export const withoutChildren = (s: Situation, step: (s: Situation) => Step, insisting: boolean): Step => {
  const children = s.status.children ?? []
  if (children.length === 0) return step(s)
  const tried = s.observed.children !== undefined
  const due = children.filter((child) => !tried && (!insisting || untilTry(child, s.now) <= 0))
  if (due.length > 0) {
    return { status: s.status, next: again, events: [], actions: [{ _tag: "DeleteChildren", children: due }] }
  }
  const otherwise = step(s)
  return insisting
    ? {
        ...otherwise,
        next: earlier(otherwise.next, Math.max(1, Math.min(...children.map((child) => untilTry(child, s.now))))),
      }
    : otherwise
}

/** What the driver needed was made before it. */
export const requiredCreated = (children: ReadonlyArray<ChildStatus>): ReadonlyArray<ChildStatus> =>
  children.map((child) => (child.required === true ? { ...child, state: "Created" } : child))
