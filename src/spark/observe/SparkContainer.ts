/** The Spark container of a pod, found by the names that Spark gives it, because sidecars may come before or after it. */

import type { ContainerStatus, Pod } from "kubernetes-types/core/v1"
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
