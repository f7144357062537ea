/**
 * What should happen next to a history server: the objects that are missing, changed or no longer desired, or else the status. Nothing has to
 * be remembered, so the status is written after the actions. Pure: the same situation gives the same decision.
 */

import { Equal } from "effect"
import { type Claim, type Condition, conditionsOf } from "../../api/Condition.ts"
import type { SparkHistoryServerStatus } from "../../api/history/SparkHistoryServerStatus.ts"
import type { Note } from "../../kube/EventRecorder.ts"
import type { KubeObject, Resource } from "../../kube/Resource.ts"
import { timestamp } from "../../kube/Time.ts"
import { after, awaitChange, type Next, sooner } from "../../runtime/Next.ts"
import { hasContents, isUnchanged } from "../objects/Differences.ts"
import { type Made, revisionOf } from "../objects/Objects.ts"
import { claimsOf } from "./Conditions.ts"
import type { Existing, Situation } from "./Situation.ts"

export type Action =
  | { readonly _tag: "Create"; readonly made: Made }
  /** The existing object is one of this server. */
  | { readonly _tag: "Update"; readonly made: Made; readonly existing: KubeObject }
  | { readonly _tag: "Delete"; readonly resource: Resource; readonly existing: KubeObject }

export interface Decision {
  /** If there are any, everything else is decided after them. */
  readonly actions: ReadonlyArray<Action>
  /** The same object as before when nothing is to be written. */
  readonly status: SparkHistoryServerStatus
  readonly events: ReadonlyArray<Note>
  readonly next: Next
}

const isThis =
  ({ resource, object }: Made) =>
  (existing: Existing): boolean =>
    existing.resource.kind === resource.kind && existing.object.metadata?.name === object.metadata?.name

const isCurrent = (existing: KubeObject, made: Made, rewritten: ReadonlySet<string>): boolean => {
  const revision = revisionOf(made.object) ?? ""
  return rewritten.has(revision) ? revisionOf(existing) === revision : isUnchanged(existing, made)
}

const differences = ({ desired, existing, rewritten }: Situation): ReadonlyArray<Action> => {
  if (desired === undefined) return []
  const ensured = desired.flatMap((made): ReadonlyArray<Action> => {
    const found = existing.find(isThis(made))?.object
    if (found === undefined) return [{ _tag: "Create", made }]
    return isCurrent(found, made, rewritten) ? [] : [{ _tag: "Update", made, existing: found }]
  })
  const unwanted = existing.filter((one) => !desired.some((made) => isThis(made)(one)))
  return [
    ...ensured,
    ...unwanted.map(({ resource, object }): Action => ({ _tag: "Delete", resource, existing: object })),
  ]
}

/** Reasons of an ordinary start or stop. */
const ordinary: ReadonlySet<string> = new Set(["Starting", "ScaledToZero", "Pending", "InvalidSpec"])

/** The Event that a condition leads to, and for which of its claims. */
interface Alarm {
  readonly reason: string
  readonly isFor: (claim: Claim) => boolean
}

const alarms: Readonly<Record<string, Alarm>> = {
  Accepted: { reason: "SparkHistoryServerInvalid", isFor: ({ status }) => status === "False" },
  Available: {
    reason: "SparkHistoryServerUnavailable",
    isFor: ({ status, reason }) => status === "False" && !ordinary.has(reason),
  },
  Progressing: {
    reason: "SparkHistoryServerNotUpdated",
    isFor: ({ status, reason }) => status === "False" && !ordinary.has(reason),
  },
  Exposed: {
    reason: "SparkHistoryServerNotExposed",
    isFor: ({ status, reason }) => status === "False" && !ordinary.has(reason),
  },
  ApplicationsSelected: {
    reason: "SparkHistoryServerSelectorConflict",
    isFor: ({ reason }) => reason === "SelectorConflict",
  },
}

const isSame = (a: Claim | undefined, b: Claim) =>
  a?.status === b.status && a.reason === b.reason && a.message === b.message

/** A warning for every condition that changed for the worse, and a note when the server begins to answer. */
const notesOf = (before: ReadonlyArray<Condition>, now: ReadonlyArray<Condition>): ReadonlyArray<Note> =>
  now.flatMap((condition): ReadonlyArray<Note> => {
    const previous = before.find(({ type }) => type === condition.type)
    if (isSame(previous, condition)) return []
    const { message } = condition
    const alarm = alarms[condition.type]
    if (alarm?.isFor(condition) === true)
      return [{ type: "Warning", reason: alarm.reason, message, action: "Reconcile" }]
    if (condition.type === "Accepted" && condition.reason === "ValidWithWarnings" && previous?.message !== message) {
      return [{ type: "Warning", reason: "SparkHistoryServerWarning", message, action: "Validate" }]
    }
    return condition.type === "Available" && condition.status === "True" && previous?.status !== "True"
      ? [{ type: "Normal", reason: "SparkHistoryServerAvailable", message, action: "Reconcile" }]
      : []
  })

/** Several conditions may have one cause, which is reported once. */
const eventsOf = (...conditions: Parameters<typeof notesOf>): ReadonlyArray<Note> =>
  notesOf(...conditions).filter(
    ({ message }, index, all) => all.findIndex((note) => note.message === message) === index,
  )

const statusOf = (s: Situation): SparkHistoryServerStatus => {
  const { conditions } = s.status
  const now = timestamp(s.now)
  const pods = s.pods.filter(({ deleting }) => !deleting)
  return {
    conditions: conditionsOf(conditions, claimsOf(s), s.generation, () => now),
    observedGeneration: s.generation,
    replicas: pods.length,
    readyReplicas: pods.filter(({ ready }) => ready).length,
    ...(s.addresses ?? pick(s.status)),
  }
}

/** Of the last spec that was valid, with which the server continues to run. */
const pick = ({ endpoint, url }: SparkHistoryServerStatus) => ({
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(url === undefined ? {} : { url }),
})

/** Seconds until a refused object is tried again, or a Gateway is looked for: nothing that is watched tells when that would succeed. */
const refusalRetry = 30
/** Seconds until a claim is read again. */
const claimRetry = 60

const nextOf = ({ refusals = [], pods, claims, route, now }: Situation): Next => {
  const recheck = pods.flatMap(({ recheckAt }) => recheckAt ?? [])
  const wakes = [
    ...(refusals.length > 0 || route?.problem !== undefined || route?.pending === true ? [refusalRetry] : []),
    ...(claims.some(({ accessModes }) => accessModes === undefined) ? [claimRetry] : []),
    ...recheck.map((at) => Math.max(0, at - now) / 1000),
  ]
  return wakes.reduce<Next>(
    (next, seconds) => (next._tag === "AwaitChange" ? after(seconds) : sooner(next, seconds)),
    awaitChange,
  )
}

/** The one decision about a history server. Total. */
export const decide = (s: Situation): Decision => {
  const unchanged = { status: s.status, events: [], actions: [], next: awaitChange }
  if (s.deleting) return unchanged
  // What was just refused is tried again later.
  const actions = s.refusals === undefined ? differences(s) : []
  if (actions.length > 0) return { ...unchanged, actions }
  const status = statusOf(s)
  return {
    actions: [],
    status: Equal.equals(status, s.status) ? s.status : status,
    events: eventsOf(s.status.conditions ?? [], status.conditions ?? []),
    next: nextOf(s),
  }
}

/** Whether the answer of the API server has everything as it was sent; if not, only hashes can be compared. */
export const isRewritten = (answer: KubeObject, made: Made): boolean => !hasContents(answer, made)
