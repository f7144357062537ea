/**
 * What applications do to instruments. Gauges follow the cache: what was counted for an object is remembered by its uid, so
 * an edit of its labels or a missed event leaves no drift. Counters and histograms follow what the operator has written.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { isFinal } from "../../api/States.ts"
import { instrument, instrumentNames, type NameOf } from "../../Instruments.ts"
import type { AttributeLimit } from "../../telemetry/meter/AttributeLimit.ts"
import type { Meters } from "../../telemetry/meter/Meters.ts"
import type { ApplicationCounters } from "./ApplicationCounters.ts"
import { type Identity, namespaceAttribute } from "./ApplicationIdentity.ts"
import { stateValue } from "./KnownValues.ts"
import type { LegacyMetrics } from "./LegacyMetrics.ts"
import type { Attributes, Measurement, Source } from "./Measurement.ts"
import type { ProgressTelemetry } from "./ProgressTelemetry.ts"
import type { StateAges } from "./StateAges.ts"
import { transitions } from "./Transitions.ts"

type Labels = Readonly<Record<string, string>> | undefined

export interface Sinks {
  readonly meters: Meters
  readonly legacy: LegacyMetrics
  readonly counters: ApplicationCounters
  readonly ages: StateAges
  readonly limit: AttributeLimit
  readonly identify: (namespace: string, ...labels: ReadonlyArray<Labels>) => Identity
  readonly progress: ProgressTelemetry
}

interface Counted {
  readonly identity: Identity
  readonly state: string
  readonly stalled: boolean
  readonly silentExecutors: number
}

type Recorded = NameOf<"counter"> | NameOf<"histogram">

const recordedOn = new Map<Source, ReadonlyArray<Recorded>>()
for (const name of instrumentNames) {
  const { kind, on } = instrument(name)
  if (on !== undefined && (kind === "counter" || kind === "histogram")) {
    recordedOn.set(on, [...(recordedOn.get(on) ?? []), name as Recorded])
  }
}

export class ApplicationTelemetry {
  readonly #sinks: Sinks
  readonly #counted = new Map<string, Counted>()
  /** By `namespace/name`. */
  readonly #labels = new Map<string, { readonly labels: Labels; readonly identity: Identity }>()

  /** Told when the labels of an application became known, changed, or went with it. */
  onRelabelled: (namespace: string, name: string) => void = () => {}

  constructor(sinks: Sinks) {
    this.#sinks = sinks
  }

  /** Labels of a known application; pods that lack a label take it from here. */
  labels(namespace: string, name: string | undefined): Labels {
    return name === undefined ? undefined : this.#labels.get(`${namespace}/${name}`)?.labels
  }

  isKnown(namespace: string, name: string | undefined): boolean {
    return name !== undefined && this.#labels.has(`${namespace}/${name}`)
  }

  observed(before: SparkApplication | undefined, after: SparkApplication | undefined): void {
    if (before !== undefined && before.metadata.uid !== after?.metadata.uid) this.#forget(before)
    if (after === undefined) return
    const { uid, namespace, name, labels } = after.metadata
    if (before?.status?.submissionID !== after.status?.submissionID) this.#sinks.progress.forget(`${namespace}/${name}`)
    const state = stateValue(after.status?.applicationState?.state ?? "")
    const identity = this.#startAtZero(namespace, labels)
    if (this.#label(`${namespace}/${name}`, labels, identity)) this.onRelabelled(namespace, name)
    if (!isFinal(state)) this.#sinks.counters.open(namespace, name)
    const silentExecutors = state === "RUNNING" ? (after.status?.silentExecutors?.count ?? 0) : 0
    this.#move(uid, {
      identity,
      state,
      silentExecutors,
      stalled: state === "RUNNING" && after.status?.stalled !== undefined,
    })
    this.#sinks.ages.place(uid, identity.namespace[namespaceAttribute], state, enteredAt(after))
  }

  committed(previous: SparkApplicationStatus | undefined, application: SparkApplication): void {
    const measurements = transitions(previous, application)
    if (measurements.length === 0) return
    const { namespace, labels } = application.metadata
    const identity = this.#startAtZero(namespace, labels)
    for (const measurement of measurements) this.#record(measurement, identity)
  }

  #startAtZero(namespace: string, labels: Labels): Identity {
    const identity = this.#sinks.identify(namespace, labels)
    this.#sinks.meters.startAtZero("application", identity.attributes)
    this.#sinks.meters.startAtZero("namespace", identity.namespace)
    this.#sinks.legacy.startAtZero(identity.legacy)
    return identity
  }

  #record(measurement: Measurement, identity: Identity): void {
    const { meters, legacy } = this.#sinks
    for (const name of recordedOn.get(measurement.source) ?? []) {
      const attributes = { ...identity.attributes, ...measurement.attributes }
      if (isHistogram(name)) meters.record(name, measurement.value, attributes)
      else meters.add(name, measurement.value, attributes)
    }
    legacy.record(measurement, identity.legacy)
  }

  /** Moves the unit of one application from where it was counted to where it belongs now. */
  #move(uid: string, to: Counted | undefined): void {
    const { meters, legacy } = this.#sinks
    const from = this.#counted.get(uid)
    if (from === undefined && to === undefined) return
    if (to === undefined) this.#counted.delete(uid)
    else this.#counted.set(uid, to)
    meters.gauge("spark.application.state").move(inState(from), inState(to))
    const wasRunning = from?.state === "RUNNING" ? from.identity : undefined
    const isRunning = to?.state === "RUNNING" ? to.identity : undefined
    meters.gauge("spark.application.running").move(wasRunning?.attributes, isRunning?.attributes)
    const silent = meters.gauge("spark.executor.silent")
    if (from !== undefined && from.silentExecutors > 0) silent.add(-from.silentExecutors, from.identity.attributes)
    if (to !== undefined && to.silentExecutors > 0) silent.add(to.silentExecutors, to.identity.attributes)
    meters
      .gauge("spark.application.stalled")
      .move(
        from?.stalled === true ? from.identity.attributes : undefined,
        to?.stalled === true ? to.identity.attributes : undefined,
      )
    legacy.move("running", wasRunning?.legacy, isRunning?.legacy)
  }

  #forget({ metadata: { uid, namespace, name } }: SparkApplication): void {
    this.#move(uid, undefined)
    this.#sinks.ages.forget(uid)
    if (this.#labels.delete(`${namespace}/${name}`)) this.onRelabelled(namespace, name)
    this.#sinks.counters.close(namespace, name)
    this.#sinks.progress.forget(`${namespace}/${name}`)
  }

  /** Answers whether that makes a difference to its executors. Identities are one object for equal labels. */
  #label(key: string, labels: Labels, identity: Identity): boolean {
    const before = this.#labels.get(key)
    this.#labels.set(key, { labels, identity })
    return before?.identity !== identity
  }
}

/** An application is created in its first state; one that another operator brought into its state has been in it for no longer than it exists. */
const enteredAt = ({ metadata, status }: SparkApplication): number =>
  Date.parse(status?.applicationState?.since ?? metadata.creationTimestamp ?? "") || 0

const byState = new WeakMap<Identity, Map<string, Attributes>>()

const inState = (counted: Counted | undefined): Attributes | undefined => {
  if (counted === undefined) return undefined
  const { identity, state } = counted
  const states = byState.get(identity) ?? new Map<string, Attributes>()
  byState.set(identity, states)
  const attributes = states.get(state) ?? { ...identity.attributes, state }
  states.set(state, attributes)
  return attributes
}

const isHistogram = (name: Recorded): name is NameOf<"histogram"> => instrument(name).kind === "histogram"
