/**
 * The objects of a run beside its driver pod. They are written into the status before they are made, and stay there until they are gone,
 * so none is forgotten, whatever happens in between. Those that the driver can do without are made when it is there; what goes wrong with
 * them is told and tried again later, and changes nothing else.
 */

import type { ChildStatus, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { type Note } from "../../kube/EventRecorder.ts"
import { secondsSince, timestamp } from "../../kube/Time.ts"
import { again, sooner } from "../../runtime/Next.ts"
import type { Action } from "./Action.ts"
import { lastAttempt } from "./Attempts.ts"
import type { ChildResult } from "./Observed.ts"
import type { Situation } from "./Situation.ts"
import { type Step, warning, without } from "./Step.ts"

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

/** The status with these children; when the Service of the UI is gone, nothing of the UI is told any more. */
const withChildren = (status: SparkApplicationStatus, children: ReadonlyArray<ChildStatus>): SparkApplicationStatus => {
  const { podName, webUIServiceName } = status.driverInfo
  const hasUI = children.some(({ kind, name }) => kind === "Service" && name === webUIServiceName)
  return {
    ...without(status, "children"),
    ...(children.length > 0 ? { children } : {}),
    driverInfo: hasUI ? status.driverInfo : podName === undefined ? {} : { podName },
  }
}

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
    status: withChildren(status, children),
    events: news.map(({ kind, name, message }) => warning("SparkChildFailed", `${kind} ${name}: ${message ?? ""}`)),
  }
}

/** Seconds until a child is to be tried again; 0: now. */
const untilTry = ({ state, time }: ChildStatus, now: number) =>
  state === "Failed" ? Math.max(0, retry - secondsSince(time, now)) : 0

/** Adds the making of what is missing to a step that follows a living driver. */
export const keepChildren = (s: Situation, step: Step): Step => {
  const missing = (s.status.children ?? []).filter(({ state }) => state !== "Created")
  const attempt = lastAttempt(s.status)
  if (missing.length === 0 || attempt === undefined) return step
  const due = missing.filter((child) => untilTry(child, s.now) <= 0)
  if (due.length === 0) {
    return { ...step, next: sooner(step.next, Math.min(...missing.map((child) => untilTry(child, s.now)))) }
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

/** Takes away what is due of these, then goes on; what was tried in the look before is not tried again at once. */
const takeAway = (s: Situation, children: ReadonlyArray<ChildStatus>, step: (s: Situation) => Step): Step =>
  children.length === 0 || s.observed.children !== undefined
    ? step(s)
    : { status: s.status, next: again, events: [], actions: [{ _tag: "DeleteChildren", children }] }

/** Before the next run: once must do, because the next run replaces what could not be taken away. */
export const replacingChildren = (s: Situation, step: (s: Situation) => Step): Step =>
  takeAway(s, s.status.children ?? [], step)

/**
 * After the end of a run: what could not be taken away is tried again for as long as it is there. Claims of a finished driver stay with
 * their data until the next run or the end of the application, as Spark leaves them to the driver pod; `suspended` takes them, too.
 */
export const withoutChildren = (s: Situation, step: (s: Situation) => Step, run: "finished" | "suspended"): Step => {
  const children = (s.status.children ?? []).filter(
    ({ resource }) => run === "suspended" || resource !== "persistentvolumeclaims",
  )
  const waits = children.map((child) => untilTry(child, s.now))
  const after = takeAway(
    s,
    children.filter((_, index) => waits[index] === 0),
    step,
  )
  return after.next === again || waits.length === 0
    ? after
    : { ...after, next: sooner(after.next, Math.max(1, Math.min(...waits))) }
}

/** What the driver needed was made before it. */
export const requiredCreated = (children: ReadonlyArray<ChildStatus>): ReadonlyArray<ChildStatus> =>
  children.map((child) => (child.required === true ? { ...child, state: "Created" } : child))
