/** From when to when a pod held what it requested, and how much. Pure. */

import type { Pod } from "kubernetes-types/core/v1"
import { epoch } from "../../kube/Time.ts"
import * as Labels from "../Labels.ts"
import type { SeenPod } from "../observe/PodPast.ts"
import type { Reserved } from "./Reserved.ts"

/** Times are epoch milliseconds. */
export interface PodUse {
  readonly submissionId: string
  /** The number of the executor; 0 is the driver. */
  readonly number: number
  /** When it was assigned to a node; undefined: never, so it held nothing. */
  readonly from: number | undefined
  /** When it ended; undefined: not yet. */
  readonly to: number | undefined
  readonly reserved: Reserved
  /** What it requested before it was resized in place, oldest first. */
  readonly earlier: ReadonlyArray<EarlierRequest>
  /** Whether some of its life was not watched, so that `to` or the requests may not be exact. */
  readonly uncertain: boolean
}

export interface EarlierRequest {
  /** When it was seen to be replaced by the next one. */
  readonly until: number
  readonly reserved: Reserved
}

/** How a pod was removed. */
export interface Removal {
  /** When it was seen, in epoch milliseconds. */
  readonly seenAt: number
  /** Whether the watch showed it, and not a list after a time without a watch. */
  readonly watched: boolean
}

/** Spark numbers the executors of a run from 1; pods of other roles, and executors without a number, are not counted. */
const numberOf = (pod: Pod): number | undefined => {
  const labels = pod.metadata?.labels ?? {}
  if (labels[Labels.sparkRole] === Labels.driverRole) return 0
  if (labels[Labels.sparkRole] !== Labels.executorRole) return undefined
  const number = Number.parseInt(labels[Labels.sparkExecId] ?? "", 10)
  return number > 0 ? number : undefined
}

const scheduledAt = (pod: Pod): number | undefined => {
  const condition = pod.status?.conditions?.find(({ type }) => type === "PodScheduled")
  return condition?.status === "True" ? epoch(condition.lastTransitionTime) : undefined
}

const newest = (times: ReadonlyArray<number | undefined>): number | undefined => {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** When the last container ended; undefined if one has not, as far as is known. */
const containersEndedAt = ({ status }: Pod): number | undefined => {
  const main = status?.containerStatuses ?? []
  const ends = main.map(({ state }) => epoch(state?.terminated?.finishedAt))
  if (ends.length === 0 || ends.includes(undefined)) return undefined
  const inits = (status?.initContainerStatuses ?? []).map(({ state }) => epoch(state?.terminated?.finishedAt))
  return newest([...ends, ...inits])
}

/** A pod in a final phase holds nothing. One that was evicted, or whose node is gone, may have containers without an end. */
const endedAt = (pod: Pod, removal: Removal | undefined): number | undefined => {
  const phase = pod.status?.phase
  if (phase !== "Succeeded" && phase !== "Failed") {
    return removal === undefined ? undefined : (containersEndedAt(pod) ?? removal.seenAt)
  }
  const changes = (pod.status?.conditions ?? []).map(({ lastTransitionTime }) => epoch(lastTransitionTime))
  return containersEndedAt(pod) ?? newest(changes) ?? epoch(pod.metadata?.creationTimestamp) ?? removal?.seenAt ?? 0
}

/** Whether something is reserved for the pod now. */
export const isReserving = (pod: Pod): boolean =>
  pod.status?.phase !== "Succeeded" && pod.status?.phase !== "Failed" && scheduledAt(pod) !== undefined

/** Of a driver or executor; `removal` if it no longer exists. Undefined for other pods. */
export const podUse = (
  pod: SeenPod,
  earlier: ReadonlyArray<EarlierRequest> = [],
  removal?: Removal,
): PodUse | undefined => {
  const number = numberOf(pod)
  const submissionId = pod.metadata?.labels?.[Labels.submissionId]
  const { reserved } = pod
  if (number === undefined || submissionId === undefined || reserved === undefined) return undefined
  const from = scheduledAt(pod)
  const to = endedAt(pod, removal)
  const guessed = removal?.watched === false && from !== undefined && to === removal.seenAt
  return { submissionId, number, from, to, reserved, earlier, uncertain: guessed }
}
