/** Reads the facts of `Observed` out of driver and executor pods. Spark's container is found by name, as Spark names it. */

import type { ContainerStatus, Pod, PodCondition } from "kubernetes-types/core/v1"
import { epoch } from "../../kube/Time.ts"
import * as Labels from "../Labels.ts"
import { deletionOf } from "./Deletion.ts"
import type { DriverPod, Executor, SubmitterPod, Terminated, Waiting } from "./ObservedPod.ts"
import { pastOf, type SeenPod } from "./PodPast.ts"
import {
  driverContainers,
  type EndedContainer,
  endedContainer,
  executorContainers,
  signalled,
  sparkContainer,
} from "./SparkContainer.ts"

/** Waiting reasons of an ordinary start. */
const ordinary = new Set(["ContainerCreating", "PodInitializing"])

const terminatedOf = (ended: EndedContainer | undefined, kill: Kill | undefined): Terminated | undefined => {
  if (ended === undefined) return undefined
  const { terminated, init, status } = ended
  return {
    ...(init ? { initContainer: status.name } : {}),
    exitCode: terminated.exitCode,
    reason: kill?.reason ?? (terminated.reason || (terminated.exitCode === 0 ? "Completed" : "Error")),
    message: kill?.message ?? (terminated.message?.trim() || undefined),
    finishedAt: epoch(terminated.finishedAt),
  }
}

const condition = (pod: Pod, type: string): PodCondition | undefined =>
  pod.status?.conditions?.find((condition) => condition.type === type)

const trueSince = (pod: Pod, type: string): number | undefined => {
  const found = condition(pod, type)
  return found?.status === "True" ? epoch(found.lastTransitionTime) : undefined
}

const startedAtOf = (container: ContainerStatus | undefined): number | undefined =>
  epoch(container?.state?.running?.startedAt ?? container?.state?.terminated?.startedAt)

/**
 * `PodReadyToStartContainers`, if it came before the first container: kubelets before 1.35 report it only after the images were pulled,
 * and a time that late says nothing about the sandbox.
 */
const sandboxAtOf = (pod: Pod, startedAt: number | undefined): number | undefined => {
  const readyAt = trueSince(pod, "PodReadyToStartContainers")
  const starts = [...(pod.status?.initContainerStatuses ?? []).map(startedAtOf), startedAt]
  const first = Math.min(...starts.filter((time) => time !== undefined))
  return readyAt !== undefined && readyAt < first ? readyAt : undefined
}

/** Native sidecars do not end; only containers that ended count. */
const initializedAtOf = (pod: Pod, startedAt: number | undefined): number | undefined => {
  const ends = (pod.status?.initContainerStatuses ?? []).map(({ state }) => epoch(state?.terminated?.finishedAt))
  const last = Math.max(...ends.filter((time) => time !== undefined))
  return startedAt !== undefined && last <= startedAt && last > 0 ? last : undefined
}

/** Why a pod does not start, as its status says it; undefined for an ordinary start. */
export const waitingOf = (pod: Pod): Waiting | undefined => {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const container = statuses.find(({ state }) => state?.waiting?.reason && !ordinary.has(state.waiting.reason))
  if (container?.state?.waiting?.reason) {
    return { reason: container.state.waiting.reason, message: container.state.waiting.message || undefined }
  }
  const scheduled = condition(pod, "PodScheduled")
  return scheduled?.status === "False"
    ? { reason: scheduled.reason || "Unschedulable", message: scheduled.message || undefined }
    : undefined
}

/** Why a container was killed, where more is known than in its status. */
export interface Kill {
  readonly reason: string
  readonly message: string
}

const phases = ["Pending", "Running", "Succeeded", "Failed"] as const

/** `deleted`: the pod is gone and this is its last state. */
export const driverFacts = (pod: Pod, deleted = false, kill?: Kill): DriverPod => {
  const container = sparkContainer(pod, driverContainers)
  const createdAt = epoch(pod.metadata?.creationTimestamp) ?? 0
  const startedAt = startedAtOf(container)
  const runSpecHash = pod.metadata?.annotations?.[Labels.runSpecHash]
  return {
    _tag: "Present",
    name: pod.metadata?.name ?? "",
    uid: pod.metadata?.uid ?? "",
    labels: pod.metadata?.labels ?? {},
    sparkApplicationId: pod.metadata?.labels?.[Labels.sparkAppSelector],
    ...(runSpecHash === undefined ? {} : { runSpecHash }),
    phase: phases.find((phase) => phase === (pod.status?.phase || "Pending")) ?? "Unknown",
    terminated: terminatedOf(endedContainer(pod, driverContainers), kill),
    podReason: pod.status?.reason || disruption(pod),
    podMessage: pod.status?.message || undefined,
    waiting: waitingOf(pod),
    createdAt,
    scheduledAt: trueSince(pod, "PodScheduled"),
    sandboxAt: sandboxAtOf(pod, startedAt),
    initializedAt: initializedAtOf(pod, startedAt),
    startedAt,
    readyAt: trueSince(pod, "Ready"),
    deleting: deleted || pod.metadata?.deletionTimestamp !== undefined,
    deletion: deletionOf(pod),
    deleted,
  }
}

/** The pod of a Job that runs spark-submit, until it has ended. */
export const submitterFacts = (pod: Pod): SubmitterPod | undefined =>
  pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed"
    ? undefined
    : { waiting: waitingOf(pod), deleting: pod.metadata?.deletionTimestamp !== undefined, deletion: deletionOf(pod) }

/** Why the control plane removed the pod: `PreemptionByScheduler`, `DeletionByTaintManager`, `TerminationByKubelet`, … */
const disruption = (pod: Pod): string | undefined => {
  const target = condition(pod, "DisruptionTarget")
  return target?.status === "True" ? target.reason || "DisruptionTarget" : undefined
}

/**
 * An executor that the driver deletes (scale-down, end of the application) ends on request and counts as completed, whatever its exit code
 * is; one that ends by itself with a code other than 0, is killed for its memory, or is removed by the cluster, failed. The driver deletes
 * those as well: an executor that ended before its deletion did not end on request.
 */
export const executorFacts = (pod: SeenPod, deleted = false, kill?: Kill): Executor => {
  const container = sparkContainer(pod, executorContainers)
  const terminated = terminatedOf(endedContainer(pod, executorContainers), kill)
  const deleting = deleted || pod.metadata?.deletionTimestamp !== undefined
  const taken = pod.status?.reason || disruption(pod)
  const phase = pod.status?.phase || "Pending"
  const lost = terminated?.reason === "OOMKilled" || taken !== undefined || kill !== undefined
  const wasAsked = deleting && pastOf(pod).endedUnasked !== true
  const dismissed = wasAsked && !lost && (terminated === undefined || signalled.has(terminated.exitCode))
  const state = (): Executor["state"] => {
    if (phase === "Succeeded" || terminated?.exitCode === 0) return "COMPLETED"
    if (phase === "Failed" || terminated !== undefined) return dismissed ? "COMPLETED" : "FAILED"
    if (deleted) return lost ? "FAILED" : phase === "Running" ? "COMPLETED" : "UNKNOWN"
    return phase === "Pending" ? "PENDING" : phase === "Running" ? "RUNNING" : "UNKNOWN"
  }
  return {
    name: pod.metadata?.name ?? "",
    uid: pod.metadata?.uid ?? "",
    labels: pod.metadata?.labels ?? {},
    id: Number.parseInt(pod.metadata?.labels?.[Labels.sparkExecId] ?? "0", 10) || 0,
    state: state(),
    reason: taken ?? terminated?.reason,
    message: terminated?.message ?? (pod.status?.message || undefined),
    exitCode: terminated?.exitCode,
    initContainer: terminated?.initContainer,
    waiting: waitingOf(pod),
    createdAt: epoch(pod.metadata?.creationTimestamp),
    startedAt: startedAtOf(container),
    finishedAt: terminated?.finishedAt,
    deleting,
    deletion: deletionOf(pod),
    deleted,
  }
}
