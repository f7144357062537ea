/**
 * From the many words in which Kubernetes and Spark say why something failed to the few of `FailureReason`. The word of the pod or the
 * container decides; where it says no more than that there was an error, the exit code does. Pure and total.
 */

import type { FailureReason } from "../../api/application/SparkApplicationStatus.ts"
import { signalled } from "./SparkContainer.ts"

export interface FailureFacts {
  readonly of: "run" | "submission" | "executor"
  /** The word of the scheduler, the kubelet, the API server or of Firesteel itself. */
  readonly reason: string | undefined
  readonly message?: string | undefined
  readonly exitCode?: number | undefined
}

/** Reasons of pods, containers, the condition `DisruptionTarget`, `KubeError` and Firesteel's own. */
const words: Readonly<Record<string, FailureReason>> = {
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
  SchedulingGated: "Unschedulable",
  // The kubelet does not admit what the scheduler sent.
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

/** Why it failed; `Unknown` where nobody says anything. */
export const failureReason = ({ of, reason, message, exitCode }: FailureFacts): FailureReason => {
  if (reason === "Forbidden" && message?.includes("exceeded quota")) return "QuotaExceeded"
  const word = reason !== undefined && Object.hasOwn(words, reason) ? words[reason] : undefined
  if (word !== undefined) return word
  if (exitCode === outOfMemory) return "OutOfMemoryError"
  if (exitCode !== undefined && signalled.has(exitCode)) return "Killed"
  if (exitCode !== undefined && exitCode !== 0) return of === "run" ? "UserError" : "Error"
  return "Unknown"
}
