/**
 * What a pod has told while it lived and its status does not tell any more: whether its Spark container passed its startup probe, and
 * whether it had ended before anybody deleted the pod. The driver deletes an executor within a second of its end, timestamps have whole
 * seconds, and a kubelet that takes a deleted pod away moves the time of its deletion. Pure.
 */

import type { ContainerStatus, Pod } from "kubernetes-types/core/v1"
import { epoch } from "../../kube/Time.ts"
import { sparkContainer } from "./SparkContainer.ts"

export interface PodPast {
  /** Its Spark container has passed its startup probe, or has none. */
  readonly started: boolean
  /** Its Spark container ended while nobody wanted the pod gone; undefined: it has not ended, or it cannot be told. */
  readonly endedUnasked: boolean | undefined
}

/** A pod with what was seen of it before. */
export interface SeenPod extends Pod {
  readonly past?: PodPast
}

/** The pod as it is now, with what `before`, an earlier state of it, knows better. */
export const withPast = (pod: Pod, before: SeenPod | undefined): SeenPod => {
  const known = before?.metadata?.uid === pod.metadata?.uid ? before?.past : undefined
  return { ...pod, past: read(pod, known) }
}

/** What is known of a pod; of one that was never seen before, what its present state tells. */
export const pastOf = (pod: SeenPod): PodPast => pod.past ?? read(pod, undefined)

const read = (pod: Pod, known: PodPast | undefined): PodPast => {
  const container = sparkContainer(pod)
  return {
    started: known?.started || container?.started === true,
    endedUnasked: known?.endedUnasked ?? endedUnaskedOf(pod, container),
  }
}

const endedUnaskedOf = ({ metadata = {} }: Pod, container: ContainerStatus | undefined): boolean | undefined => {
  const terminated = container?.state?.terminated
  const deletedAt = epoch(metadata.deletionTimestamp)
  if (deletedAt === undefined) return terminated === undefined ? undefined : true
  if (terminated === undefined) return false
  const finishedAt = epoch(terminated.finishedAt)
  // Without a grace period the time is that of the removal, not that of the request.
  if (!metadata.deletionGracePeriodSeconds || finishedAt === undefined) return undefined
  const askedAt = deletedAt - metadata.deletionGracePeriodSeconds * 1000
  return askedAt === finishedAt ? undefined : finishedAt < askedAt
}
