/**
 * What applications do to instruments. Gauges follow the cache: what was counted for an object is remembered by its uid, so
 * an edit of its labels or a missed event leaves no drift. Counters and histograms follow what the operator has written.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { isFinal } from "../../api/States.ts"
import type { Attributes } from "../../telemetry/meter/Attributes.ts"
import { instrumentOf, namesOf } from "../../telemetry/meter/InstrumentTable.ts"
import type { ApplicationCounters } from "./ApplicationCounters.ts"
import type { Identities, Identity, Labels } from "./ApplicationIdentity.ts"
import type { ApplicationLabels } from "./ApplicationLabels.ts"
import { type ApplicationMeters, instruments, type NameOf } from "./ApplicationMeters.ts"
import { stateValue } from "./KnownValues.ts"
import type { Measurement } from "./Measurement.ts"
import type { ProgressTelemetry } from "./ProgressTelemetry.ts"
import type { StateAges } from "./StateAges.ts"
import { transitions } from "./Transitions.ts"

export interface Sinks {
  readonly meters: ApplicationMeters
  readonly counters: ApplicationCounters
  readonly ages: StateAges
  readonly identities: Identities
  readonly progress: ProgressTelemetry
  readonly labels: ApplicationLabels
}

export interface ApplicationTelemetry {
  readonly observed: (before: SparkApplication | undefined, after: SparkApplication | undefined) => void
  readonly committed: (previous: SparkApplicationStatus | undefined, application: SparkApplication) => void
}

const sourceOf = (name: keyof typeof instruments): string | undefined => instrumentOf(instruments, name).on

/** Which instruments change when a measurement of a source is made. */
const counters = Map.groupBy(namesOf(instruments, "counter"), sourceOf)
const histograms = Map.groupBy(namesOf(instruments, "histogram"), sourceOf)

/** What an object adds to the gauges. */
type Share = readonly [name: NameOf<"positive-gauge">, attributes: Attributes, units: number]

const sharesOf = (attributes: Attributes, state: string, { status }: SparkApplication): ReadonlyArray<Share> => {
  const inState: Share = ["spark.application.state", { ...attributes, state }, 1]
  if (state !== "RUNNING") return [inState]
  const shares: ReadonlyArray<Share> = [
    inState,
    ["spark.application.running", attributes, 1],
    ["spark.application.stalled", attributes, status?.stalled === undefined ? 0 : 1],
    ["spark.executor.silent", attributes, status?.silentExecutors?.count ?? 0],
  ]
  return shares.filter(([, , units]) => units > 0)
}

/** `relabelled` is called when the labels of an application became known, changed, or went with it. */
export const make = (
  { meters, counters: podCounters, ages, identities, progress, labels }: Sinks,
  relabelled: (namespace: string, name: string) => void,
): ApplicationTelemetry => {
  /** By uid. */
  const shares = new Map<string, ReadonlyArray<Share>>()

  const startAtZero = (namespace: string, given: Labels): Identity => {
    const identity = identities.of(namespace, given)
    meters.startAtZero("application", identity.application)
    meters.startAtZero("namespace", identity.namespace)
    return identity
  }

  const record = ({ source, value, attributes }: Measurement, identity: Identity) => {
    const all = (name: keyof typeof instruments) => ({ ...identity[instruments[name].identity], ...attributes })
    for (const name of counters.get(source) ?? []) meters.add(name, value, all(name))
    for (const name of histograms.get(source) ?? []) meters.record(name, value, all(name))
  }

  /** Replaces what one application added to the gauges. */
  const replace = (uid: string, now: ReadonlyArray<Share>) => {
    for (const [name, attributes, units] of shares.get(uid) ?? []) meters.gauge(name).add(-units, attributes)
    for (const [name, attributes, units] of now) meters.gauge(name).add(units, attributes)
    if (now.length === 0) shares.delete(uid)
    else shares.set(uid, now)
  }

  const forget = ({ metadata: { uid, namespace, name } }: SparkApplication) => {
    replace(uid, [])
    ages.forget(uid)
    if (labels.remove(namespace, name)) relabelled(namespace, name)
    podCounters.close(namespace, name)
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
      if (!isFinal(state)) podCounters.open(namespace, name)
      replace(uid, sharesOf(identity.application, state, after))
      ages.place(uid, identity.namespace, state, enteredAt(after))
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
