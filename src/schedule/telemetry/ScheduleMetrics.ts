/**
 * The metrics of the kind ScheduledSparkApplication. Gauges follow the cache: what was counted for a schedule is remembered by its uid.
 * Counters and the latency follow what the operator has written. Everything is synchronous and cheap, and cannot fail.
 */

import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { type Attributes, namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import type { TelemetryApi } from "../../telemetry/Telemetry.ts"
import type { Counts } from "../decide/Step.ts"
import { ScheduleInstruments, type ScheduleState } from "./ScheduleInstruments.ts"
import * as Successes from "./Successes.ts"

export interface ScheduleMetrics {
  /** A namespace is managed from now on: its series start at zero before the first schedule. */
  readonly namespaceSelected: (namespace: string) => void
  /** Every change of the cache, the first list and deletions included: drives the gauges. */
  readonly observed: (
    before: ScheduledSparkApplication | undefined,
    after: ScheduledSparkApplication | undefined,
  ) => void
  /** After a status write of the operator succeeded: drives counters and the latency. */
  readonly committed: (schedule: ScheduledSparkApplication, counts: Counts) => void
}

export interface ScheduleMetricsSettings {
  /** Whether schedules have series of their own. */
  readonly perSchedule: boolean
}

/** Schedules with series of their own at the same time; further ones have none. */
const scheduleCap = 5_000

export const stateOf = ({ status, spec }: ScheduledSparkApplication): ScheduleState => {
  const condition = (type: string) => status?.conditions?.find((one) => one.type === type)
  if (condition("Accepted") === undefined) return "NEW"
  if (condition("Accepted")?.status === "False") return "INVALID"
  if (spec.suspend === true) return "SUSPENDED"
  return condition("Scheduled")?.status === "True" ? "SCHEDULED" : "BLOCKED"
}

/** Makes the instruments, once per telemetry. */
export const make = (telemetry: TelemetryApi, settings: ScheduleMetricsSettings): ScheduleMetrics => {
  const { limit } = telemetry
  const meters = telemetry.meters(ScheduleInstruments)
  const successes = Successes.make()
  telemetry.produce(ScheduleInstruments, successes.points)

  const inNamespace = (namespace: string): Attributes => {
    const attributes = { [namespaceAttribute]: limit.limit(namespaceAttribute, namespace) }
    meters.startAtZero("namespace", attributes)
    return attributes
  }

  /** By uid: where each schedule is counted. */
  const counted = new Map<string, Attributes>()
  /** By uid: those with series of their own. */
  const own = new Set<string>()

  const hasSeries = (uid: string): boolean => {
    if (own.has(uid)) return true
    if (!settings.perSchedule) return false
    if (own.size >= scheduleCap) {
      telemetry.fault("attribute_overflow")
      return false
    }
    own.add(uid)
    return true
  }

  const move = (uid: string, to: Attributes | undefined) => {
    meters.gauge("spark.schedule.state").move(counted.get(uid), to)
    if (to === undefined) counted.delete(uid)
    else counted.set(uid, to)
  }

  const forget = ({ metadata: { uid } }: ScheduledSparkApplication) => {
    move(uid, undefined)
    successes.forget(uid)
    own.delete(uid)
  }

  return {
    namespaceSelected: (namespace) => void inNamespace(namespace),
    observed: (before, after) => {
      if (before !== undefined && before.metadata.uid !== after?.metadata.uid) forget(before)
      if (after === undefined) return
      const { uid, namespace, name } = after.metadata
      const attributes = inNamespace(namespace)
      move(uid, { ...attributes, state: stateOf(after) })
      if (hasSeries(uid)) successes.place(after, { ...attributes, schedule: name })
    },
    committed: ({ metadata: { namespace } }, { started, missed, skipped }) => {
      const attributes = inNamespace(namespace)
      for (const { delay } of started) {
        const trigger = delay === undefined ? "manual" : "schedule"
        meters.add("spark.schedule.started", 1, { ...attributes, trigger })
        if (delay !== undefined) meters.record("spark.schedule.start.latency", Math.max(0, delay), attributes)
      }
      if (missed > 0) meters.add("spark.schedule.missed", missed, attributes)
      for (const reason of skipped) meters.add("spark.schedule.skipped", 1, { ...attributes, reason })
    },
  }
}
