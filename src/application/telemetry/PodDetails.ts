/** What telemetry reads from a pod: role, application, and newest timestamp. For why it ended see `spark/observe/PodEnd.ts`. */

import type { ContainerStatus, Pod } from "kubernetes-types/core/v1"
import * as Labels from "../../spark/Labels.ts"

export type PodRole = "driver" | "executor"

/** From Spark's own label. */
export const podRole = (pod: Pod): PodRole | undefined => {
  const role = pod.metadata?.labels?.[Labels.sparkRole]
  return role === Labels.driverRole || role === Labels.executorRole ? role : undefined
}

/** The application that a pod belongs to, from the label that the operator puts on everything of a run. */
export const applicationName = (pod: Pod): string | undefined => pod.metadata?.labels?.[Labels.appName]

/**
 * The newest timestamp that the pod carries (RFC 3339 in UTC, as Kubernetes writes it): creation, conditions, containers
 * that started or ended. A deletion is left out, because its timestamp lies in the future by the grace period.
 */
export const newestTimestamp = (pod: Pod): string | undefined => {
  let newest = pod.metadata?.creationTimestamp
  const see = (time: string | undefined) => {
    if (time !== undefined && (newest === undefined || time > newest)) newest = time
  }
  for (const condition of pod.status?.conditions ?? []) see(condition.lastTransitionTime)
  for (const status of pod.status?.initContainerStatuses ?? []) seeContainer(status, see)
  for (const status of pod.status?.containerStatuses ?? []) seeContainer(status, see)
  return newest
}

const seeContainer = ({ state }: ContainerStatus, see: (time: string | undefined) => void): void => {
  see(state?.running?.startedAt)
  see(state?.terminated?.finishedAt)
}
