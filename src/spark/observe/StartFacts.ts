/**
 * Why a pod does not start, where its status does not say so: its containers are `ContainerCreating` or `PodInitializing`, and the cause is in
 * Events, or is an init container that runs for long; or its scheduler has never reported on it. Pure.
 */

import type { Event, Pod } from "kubernetes-types/core/v1"
import { epoch, timestamp } from "../../kube/Time.ts"
import type { Waiting } from "./ObservedPod.ts"

/**
 * The reasons of Events that name such a cause, the first that applies decides: of the attach-detach controller, and of the kubelet
 * (`pkg/kubelet/events`).
 */
export const startReasons = [
  "FailedAttachVolume",
  "FailedMapVolume",
  "FailedMount",
  "FailedPrepareDynamicResources",
  "NetworkNotReady",
  "FailedCreatePodSandBox",
] as const

/** What Events report about a pod for one reason and one volume. */
export interface StartProblem {
  readonly reason: (typeof startReasons)[number]
  /** The volume that the message names, else empty. */
  readonly volume: string
  /** As it was reported first: ids and times in it change with every try. */
  readonly message: string
  /** When it was last reported, in epoch milliseconds. */
  readonly at: number
}

export interface ReportedProblem {
  readonly podUid: string
  readonly pod: { readonly namespace: string; readonly name: string }
  readonly problem: StartProblem
}

/** Undefined for Events about something else. */
export const startProblemOf = (event: Event): ReportedProblem | undefined => {
  const { involvedObject, message = "", series } = event
  const reason = startReasons.find((known) => known === event.reason)
  const at = epoch(event.lastTimestamp) ?? epoch(series?.lastObservedTime) ?? epoch(event.eventTime)
  if (reason === undefined || at === undefined || involvedObject.kind !== "Pod" || !involvedObject.uid) return undefined
  return {
    podUid: involvedObject.uid,
    pod: { namespace: involvedObject.namespace ?? "", name: involvedObject.name ?? "" },
    problem: { reason, volume: /\bvolume "([^"]*)"/.exec(message)?.[1] ?? "", message: message.slice(0, 1024), at },
  }
}

/** These problems and one more report: a repetition renews the time of the one that it repeats. */
export const withProblem = (known: ReadonlyArray<StartProblem>, problem: StartProblem): ReadonlyArray<StartProblem> => {
  const same = ({ reason, volume }: StartProblem) => reason === problem.reason && volume === problem.volume
  const before = known.find(same)
  const at = Math.max(problem.at, before?.at ?? 0)
  return [...known.filter((one) => !same(one)), { ...(before ?? problem), at }].slice(-longestList)
}

const longestList = 20

/** The kubelet's summary after two minutes, which names no cause. */
const summary = /^Unable to (attach or mount|mount) volumes/

/** Milliseconds for which a report counts: the kubelet limits the Events of a pod that had many to one in five minutes. */
const longestSilence = 330_000
/** Milliseconds by which one report may be older than another and still count: retries are at most two minutes apart. */
const longestRetry = 150_000

/** Milliseconds after its assignment to a node before anything of this counts: ordinary starts pass through it. */
const ordinaryStart = 5000
/** Milliseconds that an init container may run without being reported. */
const ordinaryInit = 10_000
/** Milliseconds until a reported cause is judged again: it may be over without another change of the pod. */
const recheck = 60_000

export interface LateStart {
  readonly waiting: Waiting | undefined
  /** When there may be another answer without a change of the pod or an Event, in epoch milliseconds; undefined: never. */
  readonly recheckAt: number | undefined
}

const conditionOf = (pod: Pod, type: string) => pod.status?.conditions?.find((condition) => condition.type === type)

/** When the pod was assigned to a node, if nothing but Events can say why it does not start; in epoch milliseconds. */
const creatingSince = (pod: Pod): number | undefined => {
  const scheduled = conditionOf(pod, "PodScheduled")
  if ((pod.status?.phase ?? "Pending") !== "Pending" || scheduled?.status !== "True") return undefined
  const sandbox = conditionOf(pod, "PodReadyToStartContainers")?.status === "True"
  return sandbox || pod.status?.initContainerStatuses?.some(({ state }) => state?.running || state?.terminated)
    ? undefined
    : epoch(scheduled.lastTransitionTime)
}

/** Whether Events are needed to say why the pod does not start. `now` is in epoch milliseconds. */
export const needsEvents = (pod: Pod, now: number): boolean => {
  const since = creatingSince(pod)
  return since !== undefined && now - since >= ordinaryStart
}

/** Milliseconds that a scheduler may take before its silence is reported. */
const ordinaryScheduling = 10_000

/** Since when a pod has waited without a word of its scheduler, in epoch milliseconds: schedulers report also that no node fits. */
const unscheduledSince = (pod: Pod): number | undefined =>
  (pod.status?.phase ?? "Pending") === "Pending" && conditionOf(pod, "PodScheduled") === undefined
    ? epoch(pod.metadata?.creationTimestamp)
    : undefined

const unscheduled: Waiting = {
  reason: "Unscheduled",
  message: "no scheduler has reported on the pod since its creation; its spec.schedulerName names the one that should",
}

/** The init container that runs; native sidecars are ready while they run. */
const runningInit = (pod: Pod) => {
  const running = pod.status?.initContainerStatuses?.findLast(({ state, ready }) => state?.running && !ready)
  const since = epoch(running?.state?.running?.startedAt)
  return running && since !== undefined ? { name: running.name, since } : undefined
}

/** Why a pod does not start yet. `problems`: what Events report about it; `now` is in epoch milliseconds. */
export const lateStart = (pod: Pod, problems: ReadonlyArray<StartProblem>, now: number): LateStart => {
  const init = (pod.status?.phase ?? "Pending") === "Pending" ? runningInit(pod) : undefined
  if (init !== undefined) {
    const { name, since } = init
    const message = `init container ${name} has been running since ${timestamp(since)}`
    return now - since < ordinaryInit
      ? { waiting: undefined, recheckAt: since + ordinaryInit }
      : { waiting: { reason: "PodInitializing", message }, recheckAt: undefined }
  }
  const createdAt = unscheduledSince(pod)
  if (createdAt !== undefined) {
    return now - createdAt < ordinaryScheduling
      ? { waiting: undefined, recheckAt: createdAt + ordinaryScheduling }
      : { waiting: unscheduled, recheckAt: undefined }
  }
  const since = creatingSince(pod)
  if (since === undefined) return { waiting: undefined, recheckAt: undefined }
  if (now - since < ordinaryStart) return { waiting: undefined, recheckAt: since + ordinaryStart }
  const waiting = waitingOf(problems, now)
  return { waiting, recheckAt: waiting && now + recheck }
}

const waitingOf = (problems: ReadonlyArray<StartProblem>, now: number): Waiting | undefined => {
  const newest = Math.max(...problems.map(({ at }) => at))
  if (now - newest > longestSilence) return undefined
  const current = problems.filter(({ at }) => newest - at <= longestRetry)
  const specific = current.filter(({ message }) => !summary.test(message))
  const causes = specific.length > 0 ? specific : current
  const reason = startReasons.find((reason) => causes.some((cause) => cause.reason === reason))
  const messages = causes.filter((cause) => cause.reason === reason).map(({ message }) => message)
  return reason && { reason, message: messages.sort().join("; ") }
}
