/** What a pod of a history server tells about it: whether it answers, and why not. Pure. */

import type { ContainerStatus, Pod } from "kubernetes-types/core/v1"
import { epoch } from "../../kube/Time.ts"
import type { Waiting } from "../../spark/observe/ObservedPod.ts"
import { waitingOf } from "../../spark/observe/PodFacts.ts"
import { containerName } from "../objects/Names.ts"

/** How the server ended last. */
export interface Ended {
  readonly reason: string
  readonly exitCode: number
  /** The end of its log. */
  readonly message: string
}

export interface ServerPod {
  readonly name: string
  readonly ready: boolean
  readonly deleting: boolean
  readonly restarts: number
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly waiting: Waiting | undefined
  /** Undefined for a server that has never ended. */
  readonly ended: Ended | undefined
  /** The pod as a whole: Evicted and the like. */
  readonly podReason: string | undefined
  readonly podMessage: string | undefined
  /** When there may be another reason without a change of the pod, in epoch milliseconds. */
  readonly recheckAt?: number | undefined
}

const endOf = ({ state, lastState }: ContainerStatus): Ended | undefined => {
  const ended = state?.terminated ?? lastState?.terminated
  return (
    ended && {
      reason: ended.reason || (ended.exitCode === 0 ? "Completed" : "Error"),
      exitCode: ended.exitCode,
      message: ended.message?.trim() ?? "",
    }
  )
}

export const podState = (pod: Pod): ServerPod => {
  const { metadata = {}, status = {} } = pod
  const container = status.containerStatuses?.find(({ name }) => name === containerName)
  return {
    name: metadata.name ?? "",
    ready: status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
    deleting: metadata.deletionTimestamp !== undefined,
    restarts: container?.restartCount ?? 0,
    createdAt: epoch(metadata.creationTimestamp) ?? 0,
    waiting: waitingOf(pod),
    ended: container && endOf(container),
    podReason: status.reason || undefined,
    podMessage: status.message || undefined,
  }
}
