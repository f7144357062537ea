/** Which container of a pod is Spark's: found by the names that Spark gives it, because sidecars may stand before or behind it. */
import type { ContainerStatus, Pod } from "kubernetes-types/core/v1"

/** `KubernetesClusterManager`. */
export const driverContainers = ["spark-kubernetes-driver"]
/** `BasicExecutorFeatureStep`; `executor` before Spark 3.0. */
export const executorContainers = ["spark-kubernetes-executor", "executor"]

/** Spark's container, else the only one. */
export const sparkContainer = (
  pod: Pod,
  names: ReadonlyArray<string> = [...driverContainers, ...executorContainers],
): ContainerStatus | undefined => {
  const statuses = pod.status?.containerStatuses ?? []
  return statuses.find((status) => names.includes(status.name)) ?? (statuses.length === 1 ? statuses[0] : undefined)
}
