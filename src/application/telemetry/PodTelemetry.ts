/**
 * What pods do to instruments. Per pod uid it is remembered whether it was counted as running, under which attributes, and
 * whether its end was counted; so a repeated list counts nothing twice.
 */

import type { Pod } from "kubernetes-types/core/v1"
import * as Labels from "../../spark/Labels.ts"
import { endReason } from "../../spark/observe/PodEnd.ts"
import type { AttributeLimit } from "../../telemetry/meter/AttributeLimit.ts"
import type { Identity } from "./ApplicationIdentity.ts"
import type { Sinks } from "./ApplicationTelemetry.ts"
import { applicationName, newestTimestamp, podRole, type PodRole } from "./PodDetails.ts"
import type { PodEvent } from "./PodHandling.ts"
import { presetValue } from "./ProbeInstruments.ts"

export interface PodChange {
  readonly before: Pod | undefined
  readonly after: Pod | undefined
  /** Part of the first list: such pods only set the gauges. */
  readonly initial: boolean
  /** The probe that ended its Spark container. */
  readonly killedBy?: "startup" | "liveness" | undefined
}

/** The container whose probe failed. `preset` undefined: the pod has none. */
export interface FailedProbe {
  readonly namespace: string
  readonly role: PodRole
  readonly probe: "startup" | "readiness" | "liveness"
  readonly preset: string | undefined
}

export interface PodTelemetry {
  /** `now` is milliseconds since 1970. */
  readonly observed: (change: PodChange, now: number) => void
  readonly probeFailed: (failed: FailedProbe, times: number) => void
  /** The labels of an application changed, or it appeared or was deleted: its executors are counted under what is true now. */
  readonly relabelled: (namespace: string, name: string) => void
}

interface Counted {
  readonly version: string | undefined
  readonly running: Identity | undefined
  readonly ended: boolean
  readonly application: string
}

const counterOf = {
  created: "spark.operator.pod.creations",
  updated: "spark.operator.pod.updates",
  deleted: "spark.operator.pod.deletions",
} as const satisfies Record<PodEvent, string>

const applicationKey = (namespace: string, name: string | undefined): string => `${namespace}/${name ?? ""}`
const namespaceOf = (pod: Pod): string => pod.metadata?.namespace ?? ""

/** `limit` bounds the reasons. */
export const make = (
  { meters, counters, identities, progress, labels }: Sinks,
  limit: AttributeLimit,
): PodTelemetry => {
  /** By uid. */
  const counts = new Map<string, Counted>()
  /** Running executors by application and uid: what they are counted under depends on the labels of the application. */
  const executors = new Map<string, Map<string, Pod>>()

  const remember = (uid: string, application: string, pod: Pod) => {
    const pods = executors.get(application) ?? new Map<string, Pod>()
    executors.set(application, pods.set(uid, pod))
  }

  const forget = (uid: string, application: string) => {
    const pods = executors.get(application)
    if (pods?.delete(uid) && pods.size === 0) executors.delete(application)
  }

  const identityOf = (pod: Pod): Identity => {
    const namespace = namespaceOf(pod)
    return identities.of(namespace, pod.metadata?.labels, labels.of(namespace, applicationName(pod)))
  }

  const moveRunning = (from: Identity | undefined, to: Identity | undefined) =>
    meters.gauge("spark.executor.running").move(from?.application, to?.application)

  const count = (event: PodEvent, pod: Pod) => {
    const namespace = namespaceOf(pod)
    const application = applicationName(pod)
    const known = labels.isKnown(namespace, application)
    const stages = progress.stageState(namespace, application)
    counters.count(counterOf[event], namespace, application, known, stages)
  }

  /** Only a timestamp that the pod did not have before explains this event. */
  const latency = (event: "created" | "updated", before: Pod | undefined, pod: Pod, now: number) => {
    const time = newestTimestamp(pod)
    if (time === undefined || (before !== undefined && newestTimestamp(before) === time)) return
    const seconds = (now - Date.parse(time)) / 1000
    if (Number.isFinite(seconds)) {
      meters.record("spark.operator.pod.event.latency", Math.max(0, seconds), { event })
    }
  }

  const ended = (pod: Pod, reason: string) => {
    const stage_state = progress.stageState(namespaceOf(pod), applicationName(pod))
    const namespace = identities.inNamespace(namespaceOf(pod))
    const role = podRole(pod)
    if (role === undefined) return
    meters.add("spark.operator.pod.final_state", 1, {
      ...namespace,
      role,
      reason: limit.limit("reason", reason),
      stage_state,
    })
  }

  const killed = (pod: Pod, probe: "startup" | "liveness", kills: 0 | 1) => {
    const role = podRole(pod)
    if (role === undefined) return
    const preset = presetValue(pod.metadata?.annotations?.[Labels.healthPresetAnnotation])
    meters.add("spark.operator.probe.kills", kills, {
      ...identities.inNamespace(namespaceOf(pod)),
      role,
      probe,
      preset,
    })
  }

  /** An alert fires at the first driver that is killed by a probe, so that counter must exist before. */
  const mayBeKilled = (pod: Pod) => {
    if (podRole(pod) !== "driver") return
    for (const probe of ["startup", "liveness"] as const) killed(pod, probe, 0)
  }

  const present = (
    before: Pod | undefined,
    pod: Pod,
    { initial, killedBy }: Pick<PodChange, "initial" | "killedBy">,
    now: number,
  ) => {
    const uid = pod.metadata?.uid ?? ""
    const known = counts.get(uid)
    const executes = podRole(pod) === "executor" && pod.status?.phase === "Running"
    const running = executes ? identityOf(pod) : undefined
    const reason = endReason(pod)
    if (known === undefined && reason === undefined) mayBeKilled(pod)
    moveRunning(known?.running, running)
    const application = applicationKey(namespaceOf(pod), applicationName(pod))
    if (known?.running !== undefined) forget(uid, known.application)
    if (running !== undefined) remember(uid, application, pod)
    const version = pod.metadata?.resourceVersion
    counts.set(uid, { version, running, ended: reason !== undefined || known?.ended === true, application })
    if (initial || (known !== undefined && known.version === version)) return

    const event = known === undefined && before === undefined ? "created" : "updated"
    count(event, pod)
    latency(event, before, pod, now)
    if (reason === undefined || known?.ended === true) return
    ended(pod, reason)
    if (killedBy !== undefined) killed(pod, killedBy, 1)
  }

  const removed = (pod: Pod, initial: boolean) => {
    const uid = pod.metadata?.uid ?? ""
    const known = counts.get(uid)
    if (known === undefined) return
    counts.delete(uid)
    moveRunning(known.running, undefined)
    forget(uid, known.application)
    if (initial) return
    count("deleted", pod)
    if (!known.ended) ended(pod, "Deleted")
  }

  return {
    observed: ({ before, after, ...change }, now) => {
      const replaced = before !== undefined && after !== undefined && before.metadata?.uid !== after.metadata?.uid
      if (before !== undefined && (after === undefined || replaced)) removed(before, change.initial)
      if (after !== undefined) present(replaced ? undefined : before, after, change, now)
    },
    probeFailed: ({ namespace, role, probe, preset }, times) => {
      const attributes = { ...identities.inNamespace(namespace), role, probe, preset: presetValue(preset) }
      meters.add("spark.operator.probe.failures", times, attributes)
    },
    relabelled: (namespace, name) => {
      for (const [uid, pod] of executors.get(applicationKey(namespace, name)) ?? []) {
        const known = counts.get(uid)
        const running = identityOf(pod)
        if (known === undefined || known.running === running) continue
        moveRunning(known.running, running)
        counts.set(uid, { ...known, running })
      }
    },
  }
}
