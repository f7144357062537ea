/**
 * Maps the many reasons that Kubernetes and Spark give for a failure to the few of `FailureReason`. The reason of the pod or the container
 * decides; where that is only a general error, the exit code does. Pure and total.
 */

import type { FailureReason } from "../../api/application/SparkApplicationStatus.ts"
import { signalled } from "./SparkContainer.ts"

export interface FailureFacts {
  readonly of: "run" | "submission" | "executor"
  /** The reason given by the scheduler, the kubelet, the API server or Firesteel itself. */
  readonly reason: string | undefined
  readonly message?: string | undefined
  readonly exitCode?: number | undefined
  /** The init container that failed, if it was not Spark's container. */
  readonly initContainer?: string | undefined
}

/** Reasons of pods, containers, Events, the condition `DisruptionTarget`, `KubeError` and Firesteel's own. */
const reasons: Readonly<Record<string, FailureReason>> = {
  OOMKilled: "OOMKilled",

  Evicted: "Evicted",
  EvictionByEvictionAPI: "Evicted",
  TerminationByKubelet: "Evicted",
  DisruptionTarget: "Evicted",
  Preempting: "Preempted",
  PreemptionByScheduler: "Preempted",
  NodeLost: "NodeLost",
  NodeShutdown: "NodeLost",
  Terminated: "NodeLost",
  DeletionByTaintManager: "NodeLost",
  DeletionByPodGC: "NodeLost",

  ErrImagePull: "ImagePull",
  ImagePullBackOff: "ImagePull",
  ErrImageNeverPull: "ImagePull",
  InvalidImageName: "ImagePull",
  ImageInspectError: "ImagePull",
  RegistryUnavailable: "ImagePull",
  SignatureValidationFailed: "ImagePull",

  Unschedulable: "Unschedulable",
  SchedulerError: "Unschedulable",
  // No scheduler of the pod's schedulerName has reported on it.
  Unscheduled: "Unschedulable",
  SchedulingGated: "Unschedulable",
  // The kubelet rejects a pod that the scheduler assigned to it.
  NodeAffinity: "Unschedulable",
  OutOfcpu: "Unschedulable",
  OutOfmemory: "Unschedulable",
  OutOfpods: "Unschedulable",
  UnexpectedAdmissionError: "Unschedulable",

  CreateContainerConfigError: "ContainerStart",
  CreateContainerError: "ContainerStart",
  RunContainerError: "ContainerStart",
  CreatePodSandboxError: "ContainerStart",
  ContainerCannotRun: "ContainerStart",
  StartError: "ContainerStart",
  PostStartHookError: "ContainerStart",
  CrashLoopBackOff: "ContainerStart",
  FailedAttachVolume: "ContainerStart",
  FailedMapVolume: "ContainerStart",
  FailedMount: "ContainerStart",
  FailedPrepareDynamicResources: "ContainerStart",
  NetworkNotReady: "ContainerStart",
  FailedCreatePodSandBox: "ContainerStart",

  // An init container that still runs when a deadline passes.
  PodInitializing: "InitContainer",

  DeadlineExceeded: "Timeout",
  Stalled: "Stalled",
  LivenessProbeFailed: "ProbeFailed",
  StartupProbeFailed: "ProbeFailed",
  DriverNotFound: "DriverLost",

  InvalidSpec: "InvalidSpec",
  Forbidden: "Refused",
  Invalid: "Refused",
  NotFound: "Refused",
  NameConflict: "Refused",
  DriverPodExists: "Refused",
  SubmitJobFailed: "SubmitFailed",
}

/** Spark's own exit code for a `java.lang.OutOfMemoryError` (`SparkExitCode.OOM`). */
const outOfMemory = 52

/** Why it failed; `Unknown` without any information. */
export const failureReason = ({ of, reason, message, exitCode, initContainer }: FailureFacts): FailureReason => {
  if (reason === "Forbidden" && message?.includes("exceeded quota")) return "QuotaExceeded"
  const known = reason !== undefined && Object.hasOwn(reasons, reason) ? reasons[reason] : undefined
  if (known !== undefined) return known
  if (exitCode !== undefined && signalled.has(exitCode)) return "Killed"
  if (initContainer !== undefined) return "InitContainer"
  if (exitCode === outOfMemory) return "OutOfMemoryError"
  if (exitCode !== undefined && exitCode !== 0) return of === "run" ? "UserError" : "Error"
  return "Unknown"
}
