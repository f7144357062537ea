/**
 * Failed probes, as the kubelet's Events report them, and whether a container ended because of one. The status of a container that was
 * killed for a failed probe is that of any other that got a signal; only the Events before show the cause. Pure.
 */

import type { Event } from "kubernetes-types/core/v1"
import { epoch } from "../../kube/Time.ts"
import { driverContainerName, executorContainerName } from "../pod/SparkPod.ts"
import { pastOf, type SeenPod } from "./PodPast.ts"
import { signalled, sparkContainer } from "./SparkContainer.ts"

export const probeKinds = ["startup", "readiness", "liveness"] as const
export type ProbeKind = (typeof probeKinds)[number]

/** A probe of a Spark container failed. */
export interface ProbeFailure {
  readonly podUid: string
  readonly pod: { readonly namespace: string; readonly name: string }
  readonly role: "driver" | "executor"
  readonly probe: ProbeKind
  /** The kubelet's message, such as `Liveness probe failed: HTTP probe failed with statuscode: 503`. */
  readonly message: string
  /** Epoch milliseconds. */
  readonly at: number
  /** How often it was reported so far; the kubelet counts in one Event and drops some reports when there are many. */
  readonly count: number
}

const roles: Readonly<Record<string, ProbeFailure["role"]>> = {
  [`spec.containers{${driverContainerName}}`]: "driver",
  [`spec.containers{${executorContainerName}}`]: "executor",
}

/** Kubernetes' `prober.go`: `<Kind> probe failed: …`, `<Kind> probe errored: …`. */
const report = /^(Startup|Readiness|Liveness) probe (?:failed|errored)/

/** Undefined for Events of other containers, or about something else. */
export const probeFailureOf = (event: Event): ProbeFailure | undefined => {
  const { involvedObject, message = "", count, series } = event
  const role = roles[involvedObject.fieldPath ?? ""]
  const kind = report.exec(message)?.[1]?.toLowerCase()
  const probe = probeKinds.find((known) => known === kind)
  const at = epoch(event.lastTimestamp) ?? epoch(series?.lastObservedTime) ?? epoch(event.eventTime)
  if (role === undefined || probe === undefined || at === undefined || !involvedObject.uid) return undefined
  return {
    podUid: involvedObject.uid,
    pod: { namespace: involvedObject.namespace ?? "", name: involvedObject.name ?? "" },
    role,
    probe,
    message,
    at,
    count: Math.max(1, count ?? series?.count ?? 1),
  }
}

/** How a probe ended a container. */
export interface ProbeKill {
  readonly probe: "startup" | "liveness"
  readonly message: string
}

/**
 * The most milliseconds between the last report about the probe and the end of the container: its grace period, and the five minutes for
 * which the kubelet limits the Events of a pod that had many.
 */
const longestSilence = 600_000

/**
 * The probe that ended the Spark container of this pod, if one did: not one that was deleted before it ended, and not the startup probe
 * of one that had started.
 */
export const probeKillOf = (pod: SeenPod, failures: Iterable<ProbeFailure>): ProbeKill | undefined => {
  const ended = sparkContainer(pod)?.state?.terminated
  const finishedAt = epoch(ended?.finishedAt)
  if (ended === undefined || finishedAt === undefined) return undefined
  if (!signalled.has(ended.exitCode) || (ended.reason || "Error") !== "Error") return undefined
  const { started, endedUnasked } = pastOf(pod)
  if (endedUnasked !== true) return undefined
  const kills = (failure: ProbeFailure): failure is ProbeFailure & Pick<ProbeKill, "probe"> =>
    failure.probe === "liveness" || (failure.probe === "startup" && !started)
  const last = [...failures]
    .filter(kills)
    .filter(({ at }) => at <= finishedAt + 1000 && finishedAt - at <= longestSilence)
    .sort((a, b) => b.at - a.at)[0]
  return last && { probe: last.probe, message: last.message }
}

/** The reason of an attempt, or of an executor, that a probe ended. */
export const probeKillReason = ({ probe }: ProbeKill): string =>
  probe === "liveness" ? "LivenessProbeFailed" : "StartupProbeFailed"
