/** What the runtime reports about itself: outcomes of reconciles, leadership, and its work queues. */

import type { AttributeLimit } from "../meter/AttributeLimit.ts"
import type { Meters } from "../meter/Meters.ts"
import type { OperatorInstruments } from "./OperatorInstruments.ts"

export interface ReconcileMetrics {
  readonly reconciled: (result: {
    /** `requeue`: a success that asks for another reconcile; `dropped`: interrupted by shutdown. */
    readonly outcome: "success" | "requeue" | "error" | "dropped"
    /** A `KubeError` reason, or `Defect`. */
    readonly reason?: string | undefined
    readonly seconds: number
  }) => void
}

/** What happened to the part of this replica in the election of a leader. An operator that runs alone acquires leadership once. */
export type LeadershipChange = "acquired" | "paused" | "resumed" | "released" | "lost"

/** What a work queue reports about itself. */
export interface WorkqueueMetrics {
  readonly added: () => void
  readonly retried: () => void
  readonly started: (waitedSeconds: number) => void
  readonly finished: (workedSeconds: number) => void
  /** `read` is called at every collection; the last one given counts. */
  readonly observe: (read: () => WorkqueueReading) => void
}

export interface WorkqueueReading {
  /** Keys ready to be worked on; delayed ones are not counted. */
  readonly depth: number
  /** Sum over the keys being worked on. */
  readonly unfinishedSeconds: number
  /** The one worked on for longest. */
  readonly longestSeconds: number
}

export interface RuntimeMetrics extends ReconcileMetrics {
  readonly leadership: (change: LeadershipChange) => void
  /** Whether the CustomResourceDefinition of this name has every field that the operator needs, as far as is known. */
  readonly definition: (name: string, isComplete: boolean) => void
  /** The same queue for the same name; names that differ only in `-` and `_` are the same. */
  readonly workqueue: (name: string) => WorkqueueMetrics
}

/** `limit` bounds the reasons of reconciles. */
export const make = (
  meters: Meters<typeof OperatorInstruments>,
  limit: AttributeLimit,
  workqueue: RuntimeMetrics["workqueue"],
): RuntimeMetrics => {
  let leads = false
  return {
    reconciled: ({ outcome, reason, seconds }) => {
      const why = reason === undefined ? {} : { reason: limit.limit("reason", reason) }
      meters.add("spark.operator.reconciles", 1, { outcome, ...why })
      meters.record("spark.operator.reconcile.duration", seconds, { outcome })
    },
    leadership: (change) => {
      const now = change === "acquired" || change === "resumed"
      meters.gauge("leader_election.master_status").add(Number(now) - Number(leads), {})
      leads = now
      meters.add("leader_election.transitions", 1, { transition: change })
    },
    definition: (name, isComplete) => {
      const incomplete = meters.gauge("spark.operator.definitions.incomplete")
      const attributes = { definition: name }
      incomplete.add(Number(!isComplete) - incomplete.value(attributes), attributes)
    },
    workqueue,
  }
}
