/**
 * What should happen next to a Connect server: an ordered list of rules, of which the first that applies decides. Pure: the same situation
 * gives the same decision, so every line of it can be tested with a table, and deciding twice is harmless.
 */

import { Equal } from "effect"
import { conditionsOf } from "../../api/Condition.ts"
import type { SparkConnectStatus, StopReason } from "../../api/connect/SparkConnectStatus.ts"
import { describeProblems } from "../../api/Problem.ts"
import { epoch, timestamp } from "../../kube/Time.ts"
import { after, again, awaitChange, sooner } from "../../runtime/Next.ts"
import type { Action } from "./Action.ts"
import { attemptId, currentAttempt, lastAttempt, nextNumber, stopping } from "./Attempts.ts"
import { claimsOf } from "./Conditions.ts"
import { currentPod, endAttempt, endOf, retryAfter } from "./Ending.ts"
import { follow, observe } from "./Following.ts"
import type { ServerPod } from "./Observed.ts"
import { isIdle, mayBeReplaced } from "./Quiet.ts"
import type { Situation } from "./Situation.ts"
import { record, start, unrecordedPod } from "./Starting.ts"
import { inState, note, type Step, step, without } from "./Step.ts"

export interface Decision extends Step {
  readonly rule: Rule
}

interface NamedRule {
  readonly name: string
  readonly when: (s: Situation) => boolean
  /** `before`: the status as it is recorded. */
  readonly then: (s: Situation, before: SparkConnectStatus) => Step
}

const runs = ({ status }: Situation) => currentAttempt(status) !== undefined

const rules = [
  { name: "delete", when: (s) => s.deleting, then: (s) => deleting(s) },
  { name: "record", when: (s) => unrecordedPod(s) !== undefined, then: record },
  { name: "end", when: (s) => endOf(s) !== undefined, then: (s) => endAttempt(s, endOf(s)!) },
  {
    name: "stop",
    when: (s) => currentAttempt(s.status)?.stopReason !== undefined,
    then: (s, before) => ({ ...follow(s, before), actions: deletePod(s) }),
  },
  { name: "suspend", when: (s) => runs(s) && s.desired.suspend, then: (s) => stop(s, "Suspended") },
  { name: "delete-idle", when: (s) => runs(s) && idles(s, "Delete"), then: (s) => deleteIdle(s) },
  { name: "stop-idle", when: (s) => runs(s) && idles(s, "Stop"), then: (s) => stop(s, "Idle") },
  { name: "update", when: (s) => runs(s) && isOutdated(s), then: (s) => stop(s, "SpecChanged") },
  { name: "follow", when: runs, then: follow },
  { name: "stay-suspended", when: (s) => s.desired.suspend, then: (s) => step(suspended(s.status)) },
  {
    name: "stay-idle",
    when: (s) => s.status.idleSince !== undefined && !isWoken(s),
    then: (s) => step(inState(s.status, "Idle")),
  },
  { name: "refuse", when: (s) => s.problems.length > 0, then: (s) => refuse(s) },
  { name: "give-up", when: (s) => hasGivenUp(s), then: (s) => giveUp(s) },
  {
    name: "back-off",
    when: (s) => backOffSeconds(s) > 0,
    then: (s) => step(inState(s.status, "NotReady"), after(backOffSeconds(s))),
  },
  { name: "start", when: () => true, then: start },
] as const satisfies ReadonlyArray<NamedRule>
export type Rule = (typeof rules)[number]["name"]

const deletePod = (s: Situation): ReadonlyArray<Action> => {
  const pod = currentPod(s)
  return pod === undefined || pod.deleting ? [] : [{ _tag: "DeletePod", podName: pod.name, uid: pod.uid }]
}

/** Owner references let Kubernetes clean up; while a finalizer or foreground deletion keeps the object, the operator ends the server. */
const deleting = (s: Situation): Step => step(s.status, awaitChange, { actions: deletePod(s) })

/** The reason is written first, so that the end of the pod is not taken for a failure. */
const stop = (s: Situation, reason: StopReason): Step => {
  const status = stopping(s.status, reason)
  return step(reason === "Idle" ? { ...status, idleSince: timestamp(s.now), wokenBy: s.wake ?? "" } : status, again, {
    actions: deletePod(s),
  })
}

/** Seconds until a deletion that had no effect is tried again. */
const deletionRecheck = 5

const idles = (s: Situation, action: "Stop" | "Delete"): boolean => {
  const { idle } = s.desired
  return idle !== undefined && (idle.action ?? "Stop") === action && isIdle(s, idle.timeoutSeconds)
}

const deleteIdle = (s: Situation): Step =>
  step(s.status, after(deletionRecheck), {
    actions: [{ _tag: "DeleteConnect" }],
    events: [
      note(
        "Normal",
        "SparkConnectIdle",
        `${s.name} is deleted: nobody used it for ${s.desired.idle!.timeoutSeconds} s (spec.idle)`,
      ),
    ],
  })

/** The server was made from another spec, which can be replaced now. A pod of kubeflow's operator stays until somebody deletes it. */
const isOutdated = (s: Situation): boolean => {
  const revision = currentPod(s)?.revision
  if (revision === undefined || revision === s.revision || s.problems.length > 0) return false
  const { updateStrategy } = s.desired
  return updateStrategy === "Recreate" || (updateStrategy === "WhenIdle" && mayBeReplaced(s))
}

/** A resumed server begins without the failures before. */
const suspended = (status: SparkConnectStatus): SparkConnectStatus => ({
  ...without(inState(status, "Suspended"), "waiting", "nextRetryTime", "idleSince"),
  failures: 0,
})

const isWoken = ({ status, wake, desired }: Situation): boolean =>
  desired.idle === undefined || (wake !== undefined && wake !== status.wokenBy)

const refuse = (s: Situation): Step => {
  const message = describeProblems(s.problems)
  const isNew = s.status.observedGeneration !== s.generation || s.status.state !== "NotReady"
  return step(without(inState(s.status, "NotReady"), "waiting"), awaitChange, {
    events: isNew ? [note("Warning", "SparkConnectInvalid", `SparkConnect ${s.name} is invalid: ${message}`)] : [],
  })
}

/** A change of the spec gives another chance. */
const hasGivenUp = (s: Situation): boolean =>
  lastAttempt(s.status)?.result === "Failed" &&
  retryAfter(s, s.status.failures ?? 0) === undefined &&
  !(s.status.state === "Failed" && s.status.observedGeneration !== s.generation)

const giveUp = (s: Situation): Step =>
  step(inState(s.status, "Failed"), awaitChange, {
    events:
      s.status.state === "Failed"
        ? []
        : [
            note(
              "Warning",
              "SparkConnectFailed",
              `${s.name} failed ${s.status.failures} times in a row and is not started again (spec.restart.maxFailures)`,
            ),
          ],
  })

const backOffSeconds = ({ status: { nextRetryTime }, now }: Situation): number =>
  ((epoch(nextRetryTime) ?? now) - now) / 1000

/** What there still is of attempts that are over, and Services that the spec no longer names. `status`: after the rule. */
const leftovers = (s: Situation, rule: Rule, status: SparkConnectStatus): ReadonlyArray<Action> => {
  if (s.deleting) return []
  const current = currentAttempt(status)?.submissionID
  const next = rule === "start" ? attemptId(s.uid, nextNumber(status)) : undefined
  const { attemptsWithObjects, otherServices, server } = s.observed
  const isOver = ({ uid, phase }: ServerPod) =>
    status.attempts?.some((one) => one.podUID === uid && one.result !== undefined) === true ||
    // An operator that ran this resource before left it, and it has the name of the next server.
    (rule === "start" && (phase === "Succeeded" || phase === "Failed"))
  const pod = server._tag === "Own" && isOver(server.pod) ? server.pod : undefined
  return [
    ...(pod === undefined || pod.deleting ? [] : [{ _tag: "DeletePod" as const, podName: pod.name, uid: pod.uid }]),
    ...attemptsWithObjects
      .filter((id) => id !== current && id !== next)
      .map((submissionId) => ({ _tag: "DeleteAttempt" as const, submissionId })),
    ...(s.reachable === undefined ? [] : otherServices.map((name) => ({ _tag: "DeleteService" as const, name }))),
  ]
}

/** How the server is reached, and what to do about it. A spec with problems changes nothing. */
const withAccess = (s: Situation): { readonly status: SparkConnectStatus; readonly actions: ReadonlyArray<Action> } => {
  const { reachable, observed } = s
  if (reachable === undefined) return { status: s.status, actions: [] }
  const { serviceName, endpoint, connections, tokenSecretName } = reachable
  const access = observed.access?.applied ?? s.status.access
  const status = {
    ...without(s.status, "tokenSecretName"),
    ...(tokenSecretName === undefined ? {} : { tokenSecretName }),
    server: { ...s.status.server, serviceName },
    endpoint,
    connections,
    ...(access === undefined ? {} : { access }),
  }
  const isApplied = Equal.equals(access, reachable.access) && observed.hasService && (s.routeDue ?? 1) > 0
  return { status, actions: isApplied || observed.access !== undefined || s.deleting ? [] : [{ _tag: "EnsureAccess" }] }
}

/** An Event when the server cannot be reached as the spec requests, for each new reason. */
const exposureNotes = ({ name, observed: { access } }: Situation, before: SparkConnectStatus) => {
  const [first] = access?.failures ?? []
  const known = before.conditions?.find(({ type }) => type === "Exposed")
  return first === undefined || known?.reason === first.reason
    ? []
    : [note("Warning", "SparkConnectNotExposed", `SparkConnect ${name}: ${first.message}`)]
}

/** Seconds until a failed access object is tried again. */
const accessRetry = 30
/** Seconds that must pass between two writes of what changes often. */
const busyInterval = 5

const busyKeys = ["executors", "sessions", "operations", "lastActivityTime"] as const

/** Executors and sessions come and go: where nothing else changed, they are written at most every few seconds. */
const paced = ({ status: before, now }: Situation, decision: Decision): Decision => {
  const { status } = decision
  const since = epoch(before.lastUpdateTime)
  if (since === undefined || status === before || decision.actions.length > 0) return decision
  const wait = busyInterval - (now - since) / 1000
  const onlyBusy = Equal.equals(
    without(status, ...busyKeys, "lastUpdateTime"),
    without(before, ...busyKeys, "lastUpdateTime"),
  )
  return wait > 0 && onlyBusy ? { ...decision, status: before, next: sooner(decision.next, wait) } : decision
}

/** The one decision about a SparkConnect. Total: every status with every fact has an answer. */
export const decide = (situation: Situation): Decision => {
  const before = situation.status
  const reached = withAccess(situation)
  const s: Situation = { ...situation, status: observe({ ...situation, status: reached.status }) }
  const rule = rules.find(({ when }) => when(s))!
  const { status, actions, events, next } = rule.then(s, before)
  const conditions = conditionsOf(before.conditions, claimsOf({ ...s, status }), s.generation, () => timestamp(s.now))
  const reported = {
    ...status,
    conditions,
    observedGeneration: s.generation,
    lastUpdateTime: before.lastUpdateTime ?? null,
  }
  const isSame = Equal.equals({ ...before, lastUpdateTime: reported.lastUpdateTime }, reported)
  // What is about to be started is recorded when it exists, with all the rest: a repetition would start the same.
  const isLater = actions.some(({ _tag }) => _tag === "Start")
  const failed = s.observed.access !== undefined && s.observed.access.failures.length > 0
  const accessCheck = failed ? accessRetry : s.routeDue
  return paced(situation, {
    rule: rule.name,
    status: isSame || isLater ? before : { ...reported, lastUpdateTime: timestamp(s.now) },
    // The Service is there before the server that it leads to.
    actions: [...reached.actions, ...actions, ...leftovers(s, rule.name, status)],
    events: [...events, ...exposureNotes(s, before)],
    next: reached.actions.length > 0 ? again : accessCheck === undefined ? next : sooner(next, accessCheck),
  })
}
