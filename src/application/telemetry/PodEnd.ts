/** What telemetry reads from a pod: its role, how it ended, and when it last said that something happened. */

import type { ContainerStatus, Pod } from "kubernetes-types/core/v1"
import * as Labels from "../../spark/Labels.ts"

export type PodRole = "driver" | "executor"

/** From Spark's own label `spark-role`. */
export const podRole = (pod: Pod): PodRole | undefined => {
  const role = pod.metadata?.labels?.[Labels.sparkRole]
  return role === "driver" || role === "executor" ? role : undefined
}

/** The application that a pod belongs to, from the label that the operator puts on everything of a run. */
export const applicationName = (pod: Pod): string | undefined => pod.metadata?.labels?.[Labels.appName]

/**
 * Why a pod ended: `Completed`, or the reason given by the pod (`Evicted`, `NodeLost`), by the disruption that took it
 * (`PreemptionByScheduler`), or by its Spark container (`OOMKilled`, `Error`); `Error` when nobody says. Absent while
 * the pod has not reached a final phase.
 */
export const finalReason = (pod: Pod): string | undefined => {
  const phase = pod.status?.phase
  if (phase === "Succeeded") return "Completed"
  if (phase !== "Failed") return undefined
  return pod.status?.reason ?? disruption(pod) ?? containerReason(pod) ?? "Error"
}

const disruption = (pod: Pod): string | undefined =>
  pod.status?.conditions?.find(({ type, status }) => type === "DisruptionTarget" && status === "True")?.reason

/** The Spark container is the first one, or has Spark's name; sidecars only count when it did not end. */
const containerReason = (pod: Pod): string | undefined => {
  const statuses = pod.status?.containerStatuses ?? []
  const spark = statuses.find(({ name }) => name.startsWith("spark-kubernetes-"))
  const failed = [...(spark === undefined ? [] : [spark]), ...statuses].find(
    ({ state }) => state?.terminated !== undefined && state.terminated.exitCode !== 0,
  )
  return failed?.state?.terminated?.reason
}

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
