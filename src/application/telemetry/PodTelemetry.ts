/**
 * What pods do to instruments. Per pod uid it is remembered whether it was counted as running, under which attributes, and
 * whether its end was counted; so a list done again counts nothing twice.
 */

import type { Pod } from "kubernetes-types/core/v1"
import * as Labels from "../../spark/Labels.ts"
import { type Identity, namespaceAttribute } from "./ApplicationIdentity.ts"
import type { ApplicationTelemetry, Sinks } from "./ApplicationTelemetry.ts"
import type { Attributes } from "./Measurement.ts"
import { applicationName, finalReason, newestTimestamp, podRole, type PodRole } from "./PodEnd.ts"
import { presetValue } from "./ProbeInstruments.ts"

export interface PodChange {
  readonly before: Pod | undefined
  readonly after: Pod | undefined
  /** Part of the first list: such pods only set the gauges. */
  readonly initial: boolean
  /** The probe that ended its Spark container. */
  readonly killedBy?: "startup" | "liveness" | undefined
}

/** A probe failed so many more times. `preset` undefined: the pod has none. */
export interface ProbeNews {
  readonly namespace: string
  readonly role: PodRole
  readonly probe: "startup" | "readiness" | "liveness"
  readonly preset: string | undefined
}

interface Counted {
  readonly version: string | undefined
  readonly running: Identity | undefined
  readonly ended: boolean
  readonly application: string
}

const applicationKey = (namespace: string, name: string | undefined): string => `${namespace}/${name ?? ""}`

export class PodTelemetry {
  readonly #sinks: Sinks
  readonly #applications: ApplicationTelemetry
  readonly #counted = new Map<string, Counted>()
  /** Running executors by application and uid: what they are counted under depends on the labels of the application. */
  readonly #running = new Map<string, Map<string, Pod>>()

  constructor(sinks: Sinks, applications: ApplicationTelemetry) {
    this.#sinks = sinks
    this.#applications = applications
  }

  /** The labels of an application changed, or it came or went: its executors are counted under what holds now. */
  relabelled(namespace: string, name: string): void {
    for (const [uid, pod] of this.#running.get(applicationKey(namespace, name)) ?? []) {
      const known = this.#counted.get(uid)
      const running = this.#identify(pod)
      if (known === undefined || known.running === running) continue
      this.#moveRunning(known.running, running)
      this.#counted.set(uid, { ...known, running })
    }
  }

  /** `now` is milliseconds since 1970. */
  observed({ before, after, initial, killedBy }: PodChange, now: number): void {
    const replaced = before !== undefined && after !== undefined && before.metadata?.uid !== after.metadata?.uid
    if (before !== undefined && (after === undefined || replaced)) this.#removed(before, initial)
    if (after !== undefined) this.#present(replaced ? undefined : before, after, initial, killedBy, now)
  }

  #present(before: Pod | undefined, pod: Pod, initial: boolean, killedBy: PodChange["killedBy"], now: number): void {
    const uid = pod.metadata?.uid ?? ""
    const known = this.#counted.get(uid)
    const executes = podRole(pod) === "executor" && pod.status?.phase === "Running"
    const running = executes ? this.#identify(pod) : undefined
    const reason = finalReason(pod)
    this.#moveRunning(known?.running, running)
    const application = applicationKey(pod.metadata?.namespace ?? "", applicationName(pod))
    if (known?.running !== undefined) this.#forget(uid, known.application)
    if (running !== undefined) this.#remember(uid, application, pod)
    const version = pod.metadata?.resourceVersion
    this.#counted.set(uid, { version, running, ended: reason !== undefined || known?.ended === true, application })
    if (initial || (known !== undefined && known.version === version)) return

    const event = known === undefined && before === undefined ? "created" : "updated"
    this.#count(event, pod)
    this.#latency(event, before, pod, now)
    if (reason === undefined || known?.ended === true) return
    this.#ended(pod, reason)
    if (killedBy !== undefined) this.#killed(pod, killedBy)
  }

  probeFailed({ namespace, role, probe, preset }: ProbeNews, times: number): void {
    const attributes = { ...this.#namespace(namespace), role, probe, preset: presetValue(preset) }
    this.#sinks.meters.add("spark.operator.probe.failures", times, attributes)
  }

  #killed(pod: Pod, probe: "startup" | "liveness"): void {
    const role = podRole(pod)
    if (role === undefined) return
    const preset = presetValue(pod.metadata?.annotations?.[Labels.healthPresetAnnotation])
    const attributes = { ...this.#namespace(pod.metadata?.namespace ?? ""), role, probe, preset }
    this.#sinks.meters.add("spark.operator.probe.kills", 1, attributes)
  }

  #namespace(name: string): Attributes {
    const { limit, meters } = this.#sinks
    const namespace = { [namespaceAttribute]: limit.limit(namespaceAttribute, name) }
    meters.startAtZero("namespace", namespace)
    return namespace
  }

  #removed(pod: Pod, initial: boolean): void {
    const uid = pod.metadata?.uid ?? ""
    const known = this.#counted.get(uid)
    if (known === undefined) return
    this.#counted.delete(uid)
    this.#moveRunning(known.running, undefined)
    this.#forget(uid, known.application)
    if (initial) return
    this.#count("deleted", pod)
    if (!known.ended) this.#ended(pod, "Deleted")
  }

  #remember(uid: string, application: string, pod: Pod): void {
    const pods = this.#running.get(application) ?? new Map<string, Pod>()
    this.#running.set(application, pods.set(uid, pod))
  }

  #forget(uid: string, application: string): void {
    const pods = this.#running.get(application)
    if (pods?.delete(uid) && pods.size === 0) this.#running.delete(application)
  }

  #identify(pod: Pod): Identity {
    const namespace = pod.metadata?.namespace ?? ""
    const labels = this.#applications.labels(namespace, applicationName(pod))
    const identity = this.#sinks.identify(namespace, pod.metadata?.labels, labels)
    this.#sinks.meters.startAtZero("application", identity.attributes)
    return identity
  }

  #moveRunning(from: Identity | undefined, to: Identity | undefined): void {
    this.#sinks.meters.gauge("spark.executor.running").move(from?.attributes, to?.attributes)
    this.#sinks.legacy.move("executors-running", from?.legacy, to?.legacy)
  }

  #count(event: "created" | "updated" | "deleted", pod: Pod): void {
    const namespace = pod.metadata?.namespace ?? ""
    const application = applicationName(pod)
    const known = this.#applications.isKnown(namespace, application)
    const stages = this.#sinks.progress.stageState(namespace, application)
    this.#sinks.counters.count(`spark.operator.pod.${event}`, namespace, application, known, stages)
  }

  /** Only a timestamp that the pod did not have before explains this event. */
  #latency(event: "created" | "updated", before: Pod | undefined, pod: Pod, now: number): void {
    const time = newestTimestamp(pod)
    if (time === undefined || (before !== undefined && newestTimestamp(before) === time)) return
    const seconds = (now - Date.parse(time)) / 1000
    if (Number.isFinite(seconds)) {
      this.#sinks.meters.record("spark.operator.pod.event.latency", Math.max(0, seconds), { event })
    }
  }

  #ended(pod: Pod, reason: string): void {
    const { limit, meters, progress } = this.#sinks
    const stage_state = progress.stageState(pod.metadata?.namespace ?? "", applicationName(pod))
    const namespace = this.#namespace(pod.metadata?.namespace ?? "")
    const role = podRole(pod)
    if (role === undefined) return
    meters.add("spark.operator.pod.final_state", 1, {
      ...namespace,
      role,
      reason: limit.limit("reason", reason),
      stage_state,
    })
  }
}
