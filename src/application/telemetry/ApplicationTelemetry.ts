/**
 * What applications do to instruments. Gauges follow the cache: what was counted for an object is remembered by its uid, so
 * an edit of its labels or a missed event leaves no drift. Counters and histograms follow what the operator has written.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { isFinal } from "../../api/States.ts"
import type { AttributeLimit } from "../../telemetry/meter/AttributeLimit.ts"
import { type Attributes, namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import { namesOf } from "../../telemetry/meter/InstrumentTable.ts"
import type { ApplicationCounters } from "./ApplicationCounters.ts"
import type { Identify, Identity, Labels } from "./ApplicationIdentity.ts"
import type { ApplicationLabels } from "./ApplicationLabels.ts"
import { type ApplicationMeters, instruments } from "./ApplicationMeters.ts"
import { stateValue } from "./KnownValues.ts"
import type { Measurement, Source } from "./Measurement.ts"
import type { ProgressTelemetry } from "./ProgressTelemetry.ts"
import type { StateAges } from "./StateAges.ts"
import { transitions } from "./Transitions.ts"

export interface Sinks {
  readonly meters: ApplicationMeters
  readonly counters: ApplicationCounters
  readonly ages: StateAges
  readonly limit: AttributeLimit
  readonly identify: Identify
  readonly progress: ProgressTelemetry
  readonly labels: ApplicationLabels
}

export interface ApplicationTelemetry {
  readonly observed: (before: SparkApplication | undefined, after: SparkApplication | undefined) => void
  readonly committed: (previous: SparkApplicationStatus | undefined, application: SparkApplication) => void
}

interface Counted {
  readonly identity: Identity
  readonly state: string
  readonly stalled: boolean
  readonly silentExecutors: number
}

/** Which of these instruments change when a measurement of a source is made. */
const bySource = <Name extends keyof typeof instruments>(
  names: ReadonlyArray<Name>,
): ReadonlyMap<Source, ReadonlyArray<Name>> =>
  Map.groupBy(
    names.filter((name) => sourceOf(name) !== undefined),
    (name) => sourceOf(name)!,
  )

const sourceOf = (name: keyof typeof instruments): Source | undefined => {
  const instrument = instruments[name]
  return "on" in instrument ? instrument.on : undefined
}

const counted = bySource(namesOf(instruments, "counter"))
const measured = bySource(namesOf(instruments, "histogram"))

/** `relabelled` is called when the labels of an application became known, changed, or went with it. */
export const make = (
  { meters, counters, ages, identify, progress, labels }: Sinks,
  relabelled: (namespace: string, name: string) => void,
): ApplicationTelemetry => {
  /** By uid. */
  const counts = new Map<string, Counted>()

  const startAtZero = (namespace: string, given: Labels): Identity => {
    const identity = identify(namespace, given)
    meters.startAtZero("application", identity.attributes)
    meters.startAtZero("namespace", identity.namespace)
    ages.open(identity.namespace[namespaceAttribute])
    return identity
  }

  const record = (measurement: Measurement, identity: Identity) => {
    const { source, value } = measurement
    const attributes = (name: keyof typeof instruments) => ({
      ...(instruments[name].identity === "namespace" ? identity.namespace : identity.attributes),
      ...measurement.attributes,
    })
    for (const name of counted.get(source) ?? []) meters.add(name, value, attributes(name))
    for (const name of measured.get(source) ?? []) meters.record(name, value, attributes(name))
  }

  /** Moves the unit of one application from where it was counted to where it belongs now. */
  const move = (uid: string, to: Counted | undefined) => {
    const from = counts.get(uid)
    if (from === undefined && to === undefined) return
    if (to === undefined) counts.delete(uid)
    else counts.set(uid, to)
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
  }

  const forget = ({ metadata: { uid, namespace, name } }: SparkApplication) => {
    move(uid, undefined)
    ages.forget(uid)
    if (labels.remove(namespace, name)) relabelled(namespace, name)
    counters.close(namespace, name)
    progress.forget(`${namespace}/${name}`)
  }

  return {
    observed: (before, after) => {
      if (before !== undefined && before.metadata.uid !== after?.metadata.uid) forget(before)
      if (after === undefined) return
      const { uid, namespace, name } = after.metadata
      if (before?.status?.submissionID !== after.status?.submissionID) progress.forget(`${namespace}/${name}`)
      const state = stateValue(after.status?.applicationState?.state ?? "")
      const identity = startAtZero(namespace, after.metadata.labels)
      if (labels.set(namespace, name, after.metadata.labels, identity)) relabelled(namespace, name)
      if (!isFinal(state)) counters.open(namespace, name)
      const silentExecutors = state === "RUNNING" ? (after.status?.silentExecutors?.count ?? 0) : 0
      move(uid, {
        identity,
        state,
        silentExecutors,
        stalled: state === "RUNNING" && after.status?.stalled !== undefined,
      })
      ages.place(uid, identity.namespace[namespaceAttribute], state, enteredAt(after))
    },
    committed: (previous, application) => {
      const measurements = transitions(previous, application)
      if (measurements.length === 0) return
      const identity = startAtZero(application.metadata.namespace, application.metadata.labels)
      for (const measurement of measurements) record(measurement, identity)
    },
  }
}

/** An application is created in its first state. Where another operator set the state, the creation is the earliest possible time. */
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
