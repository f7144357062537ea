/**
 * Facts of a pod that its final status no longer shows: whether its Spark container passed its startup probe, and whether the pod had ended
 * before it was deleted. The driver deletes an executor within a second of its end, timestamps have whole seconds, and a kubelet that
 * removes a deleted pod changes the time of its deletion. Pure.
 */

import type { Pod } from "kubernetes-types/core/v1"
import { epoch } from "../../kube/Time.ts"
import type { Reserved } from "../usage/Reserved.ts"
import { endedContainer, sparkContainer } from "./SparkContainer.ts"

export interface PodPast {
  /** Its Spark container has passed its startup probe, or has none. */
  readonly started: boolean
  /** It ended, by its Spark or an init container, before it was deleted; undefined: it has not ended, or the order is not known. */
  readonly endedUnasked: boolean | undefined
}

/** A pod with the facts of its earlier states, and what is reserved for it. */
export interface SeenPod extends Pod {
  readonly past?: PodPast
  /** Takes the place of the spec, which the caches do not have. */
  readonly reserved?: Reserved
}

/** The pod as it is now, with the facts of `before`, an earlier state of it. */
export const withPast = (pod: Pod, before: SeenPod | undefined): SeenPod => {
  const known = before?.metadata?.uid === pod.metadata?.uid ? before?.past : undefined
  return { ...pod, past: read(pod, known) }
}

/** The facts of a pod; for one without earlier states, those of its present state. */
export const pastOf = (pod: SeenPod): PodPast => pod.past ?? read(pod, undefined)

const read = (pod: Pod, known: PodPast | undefined): PodPast => ({
  started: known?.started || sparkContainer(pod)?.started === true,
  endedUnasked: known?.endedUnasked ?? endedUnaskedOf(pod),
})

const endedUnaskedOf = (pod: Pod): boolean | undefined => {
  const { metadata = {}, status } = pod
  const terminated = endedContainer(pod)?.terminated
  const ended = terminated !== undefined || status?.phase === "Failed"
  const deletedAt = epoch(metadata.deletionTimestamp)
  if (deletedAt === undefined) return ended ? true : undefined
  if (terminated === undefined) return ended ? undefined : false
  const finishedAt = epoch(terminated.finishedAt)
  // Without a grace period the time is that of the removal, not that of the request.
  if (!metadata.deletionGracePeriodSeconds || finishedAt === undefined) return undefined
  const askedAt = deletedAt - metadata.deletionGracePeriodSeconds * 1000
  return askedAt === finishedAt ? undefined : finishedAt < askedAt
}
