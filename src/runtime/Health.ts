/**
 * Whether this process is stuck, and whether it is ready for work. Pure: from facts to the answers of `/healthz` and `/readyz`.
 * An API server that cannot be reached is no reason for a restart: a watch that keeps retrying is alive. A loop that hangs is one.
 */

import type { Liveness } from "../kube/Reflector.ts"
import type { WorkqueueReading } from "../telemetry/operator/RuntimeMetrics.ts"

export interface HealthFacts {
  /** Epoch milliseconds. */
  readonly now: number
  readonly watches: ReadonlyArray<Liveness>
  readonly queues: ReadonlyArray<WorkqueueReading & { readonly name: string }>
  /** How late the event loop last was. */
  readonly eventLoopLagSeconds: number
  /** Every cache has its first list. */
  readonly synced: boolean
  /** What keeps the operator from its work until somebody changes the cluster; a restart does not help. */
  readonly problems: ReadonlyArray<string>
}

export interface HealthLimits {
  /** A watch makes a sign of life at least at its end (six minutes) and at every failure (half a minute). */
  readonly watchSilenceSeconds: number
  /** A reconcile has a deadline of one minute; one that runs far longer ignores interruption. */
  readonly reconcileSeconds: number
  readonly eventLoopLagSeconds: number
}

export const defaultLimits: HealthLimits = { watchSilenceSeconds: 900, reconcileSeconds: 300, eventLoopLagSeconds: 10 }

export interface Health {
  /** `/healthz`: false means that a restart would help. */
  readonly healthy: boolean
  /** `/readyz`: false means not yet, or not now. */
  readonly ready: boolean
  /** One sentence for each problem, those that change neither answer included. */
  readonly reasons: ReadonlyArray<string>
}

/** Judge the facts. A failing API server gives a reason, and leaves `healthy` and `ready` as they are. */
export const healthOf = (facts: HealthFacts, limits: HealthLimits = defaultLimits): Health => {
  const age = (time: number) => Math.round((facts.now - time) / 1000)
  const stuck = [
    ...facts.watches
      .filter((it) => it.lastTick > 0 && age(it.lastTick) > limits.watchSilenceSeconds)
      .map((it) => `${it.name} has done nothing for ${age(it.lastTick)} s`),
    ...facts.queues
      .filter((it) => it.longestSeconds > limits.reconcileSeconds)
      .map((it) => `a reconcile of queue ${it.name} has run for ${Math.round(it.longestSeconds)} s`),
    ...(facts.eventLoopLagSeconds > limits.eventLoopLagSeconds
      ? [`the event loop is ${Math.round(facts.eventLoopLagSeconds)} s late`]
      : []),
  ]
  const failing = facts.watches
    .filter((it) => it.failures > 0)
    .map((it) => `${it.name} failed ${it.failures} times in a row: ${it.lastError ?? "unknown"}`)
  return {
    healthy: stuck.length === 0,
    ready: facts.synced && stuck.length === 0 && facts.problems.length === 0,
    reasons: [...stuck, ...(facts.synced ? [] : ["caches are not synced yet"]), ...facts.problems, ...failing],
  }
}
