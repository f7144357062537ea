/**
 * The Spark container of a pod, found by the names that Spark gives it, because sidecars may come before or after it; and the container
 * whose end is that of the pod.
 */

import type { ContainerStateTerminated, ContainerStatus, Pod } from "kubernetes-types/core/v1"
import { driverContainerName, executorContainerName } from "../pod/SparkPod.ts"

export const driverContainers = [driverContainerName]
/** `executor` before Spark 3.0. */
export const executorContainers = [executorContainerName, "executor"]

/** Exit codes of a container that was ended by SIGKILL or SIGTERM: 128 and the number of the signal. */
export const signalled: ReadonlySet<number> = new Set([137, 143])

/** Spark's container, else the only one. */
export const sparkContainer = (
  pod: Pod,
  names: ReadonlyArray<string> = [...driverContainers, ...executorContainers],
): ContainerStatus | undefined => {
  const statuses = pod.status?.containerStatuses ?? []
  return statuses.find((status) => names.includes(status.name)) ?? (statuses.length === 1 ? statuses[0] : undefined)
}

/** The container whose end is that of the pod. */
export interface EndedContainer {
  readonly status: ContainerStatus
  readonly terminated: ContainerStateTerminated
  /** An init container that failed: Spark's container has never started. */
  readonly init: boolean
}

/** Undefined while the pod has no such container: Spark's has not ended, and no init container keeps it from starting forever. */
export const endedContainer = (pod: Pod, names?: ReadonlyArray<string>): EndedContainer | undefined => {
  const spark = sparkContainer(pod, names)
  const ended = spark?.state?.terminated
  const failed = ended?.startedAt ? undefined : failedInit(pod)
  if (failed?.state?.terminated) return { status: failed, terminated: failed.state.terminated, init: true }
  return spark && ended && { status: spark, terminated: ended, init: false }
}

/**
 * The init container that ended the pod. Init containers run in order, and native sidecars that were started before the one that failed are
 * stopped after it, perhaps with a signal; so the last one with an end is the one that failed.
 */
const failedInit = ({ status }: Pod): ContainerStatus | undefined => {
  const initialized = status?.conditions?.some((one) => one.type === "Initialized" && one.status === "True")
  if (status?.phase !== "Failed" || initialized) return undefined
  const last = status.initContainerStatuses?.findLast(({ state }) => state?.terminated !== undefined)
  return last?.state?.terminated?.exitCode === 0 ? undefined : last
}
