/**
 * The companion objects of a driver. They stay in the status until they are deleted, so that none is forgotten, whatever happens in between.
 * Those that the driver requires are created before it and recorded with the submission (`Begun`). The others are created once it exists; a
 * failure with one of them is reported and retried later, and affects nothing else.
 */

import type { ChildStatus, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { type Note } from "../../kube/EventRecorder.ts"
import { secondsSince, timestamp } from "../../kube/Time.ts"
import { again, awaitChange, sooner } from "../../runtime/Next.ts"
import type { Action } from "./Action.ts"
import { lastAttempt } from "./Attempts.ts"
import { type ChildrenOutcome, type ChildResult, earlierObjectExists, inProgress, isRoute } from "./Observed.ts"
import type { Situation } from "./Situation.ts"
import { type Step, warning, without } from "./Step.ts"

/** Seconds until a failed creation or deletion is retried. */
const retry = 30
/** The same where an object of an earlier run has to go first: the garbage collector is at work. */
const earlierRetry = 10

const sameObject = (a: ChildResult["child"], b: ChildResult["child"]) =>
  a.apiVersion === b.apiVersion && a.kind === b.kind && a.name === b.name

const failedOf = (children: ReadonlyArray<ChildStatus>) => children.filter(({ state }) => state === "Failed")

/** A companion object after an action on it; undefined once it is deleted. */
const afterAction = (child: ChildStatus, { outcome }: ChildResult, now: number): ChildStatus | undefined => {
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

/** The status with these companion objects; without the Service of the UI, `driverInfo` no longer reports the UI. */
const withChildren = (status: SparkApplicationStatus, children: ReadonlyArray<ChildStatus>): SparkApplicationStatus => {
  const { podName, webUIServiceName } = status.driverInfo
  const hasUI = children.some(({ kind, name }) => kind === "Service" && name === webUIServiceName)
  return {
    ...without(status, "children"),
    ...(children.length > 0 ? { children } : {}),
    driverInfo: hasUI ? status.driverInfo : podName === undefined ? {} : { podName },
  }
}

const outcomeOf = ({ observed: { children } }: Situation): ChildrenOutcome | undefined =>
  children === inProgress ? undefined : children

/** The status after the last action on companion objects, and an Event for each new failure. */
export const followChildren = (
  s: Situation,
): { readonly status: SparkApplicationStatus; readonly events: ReadonlyArray<Note> } => {
  const tried = outcomeOf(s)
  if (tried === undefined) return { status: s.status, events: [] }
  const before = s.status.children ?? []
  const children = before.flatMap((child) => {
    const result = tried.results.find((result) => sameObject(result.child, child))
    return result === undefined ? [child] : (afterAction(child, result, s.now) ?? [])
  })
  const newFailures = failedOf(children).filter(
    (child) => before.find((other) => sameObject(other, child))?.reason !== child.reason,
  )
  const status = { ...s.status, driverInfo: { ...s.status.driverInfo, ...tried.info } }
  return {
    status: withChildren(status, children),
    events: newFailures.map(({ kind, name, message }) =>
      warning("SparkChildFailed", `${kind} ${name}: ${message ?? ""}`),
    ),
  }
}

/** Seconds until the next action on a companion object; 0: now. */
const untilAction = ({ state, reason, time }: ChildStatus, now: number) =>
  state === "Failed"
    ? Math.max(0, (reason === earlierObjectExists ? earlierRetry : retry) - secondsSince(time, now))
    : 0

/** Seconds until a companion object is ensured; undefined: it exists, and nothing more is expected of it. */
const untilEnsured = (child: ChildStatus, { now, observed }: Situation): number | undefined => {
  if (child.state !== "Created") return untilAction(child, now)
  return isRoute(child) ? observed.routesDue?.find(({ name }) => name === child.name)?.seconds : undefined
}

/** Adds the creation of missing companion objects, and the look at routes, to a step that follows a live driver. */
export const keepChildren = (s: Situation, step: Step): Step => {
  const waits = (s.status.children ?? []).flatMap((child) => {
    const seconds = untilEnsured(child, s)
    return seconds === undefined ? [] : [{ child, seconds }]
  })
  const attempt = lastAttempt(s.status)
  if (waits.length === 0 || attempt === undefined || s.observed.children === inProgress) return step
  const due = waits.flatMap(({ child, seconds }) => (seconds <= 0 ? [child] : []))
  if (due.length === 0) {
    return { ...step, next: sooner(step.next, Math.min(...waits.map(({ seconds }) => seconds))) }
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

/** Nothing follows before the companion objects are created or deleted; then the application is reconciled again. */
const untilDone = ({ status }: Situation): Step => ({ status, next: awaitChange, events: [], actions: [] })

/** Deletes these companion objects, then continues with `step`, in the reconcile after a deletion even if that failed. */
const deleteThen = (s: Situation, children: ReadonlyArray<ChildStatus>, step: (s: Situation) => Step): Step =>
  children.length === 0 || outcomeOf(s)?.done === "deleted"
    ? step(s)
    : { status: s.status, next: again, events: [], actions: [{ _tag: "DeleteChildren", children }] }

/**
 * Before the next run: one try is enough, because the next run replaces what could not be deleted. Then they are no longer in the status, so
 * that an object of the next run that has the same name is never taken for one of them.
 */
export const replacingChildren = (s: Situation, step: (s: Situation) => Step): Step =>
  s.observed.children === inProgress
    ? untilDone(s)
    : deleteThen(s, s.status.children ?? [], (s) => step({ ...s, status: without(s.status, "children") }))

/**
 * After the end of a run: a failed deletion is retried for as long as the object exists. PersistentVolumeClaims of a finished driver keep
 * their data until the next run or the end of the application, as Spark leaves them to the driver pod; `suspended` deletes them, too.
 */
export const withoutChildren = (s: Situation, step: (s: Situation) => Step, run: "finished" | "suspended"): Step => {
  if (s.observed.children === inProgress) return run === "finished" ? step(s) : untilDone(s)
  const children = (s.status.children ?? []).filter(
    ({ resource }) => run === "suspended" || resource !== "persistentvolumeclaims",
  )
  const waits = children.map((child) => untilAction(child, s.now))
  const after = deleteThen(
    s,
    children.filter((_, index) => waits[index] === 0),
    step,
  )
  return after.next === again || waits.length === 0
    ? after
    : { ...after, next: sooner(after.next, Math.max(1, Math.min(...waits))) }
}

/** Companion objects that a driver requires exist before it, so with the driver they count as created. */
export const requiredCreated = (children: ReadonlyArray<ChildStatus>): ReadonlyArray<ChildStatus> =>
  children.map((child) => (child.required === true ? { ...child, state: "Created" } : child))
