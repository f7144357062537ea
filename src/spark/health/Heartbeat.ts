/**
 * The operator's check that drivers count their executors: after how much time a silent executor is reported, and whether it is replaced.
 */

import type { HealthChecks } from "../../api/application/HealthChecks.ts"

export interface HeartbeatLimits {
  /** Seconds in which the driver does not count an executor whose pod runs. */
  readonly silentSeconds: number
  /** The pod of a silent executor is deleted; the driver makes another. */
  readonly replace: boolean
}

/** Above Spark's own `spark.network.timeout` of 120 s, after which the driver drops an executor and its pod should go. */
const usualSeconds = 300

/** Undefined: heartbeats are not checked. */
export const heartbeatOf = ({ executor }: HealthChecks): HeartbeatLimits | undefined => {
  const heartbeat = executor?.heartbeat
  return executor?.disabled === true || heartbeat?.disabled === true
    ? undefined
    : { silentSeconds: heartbeat?.silentSeconds ?? usualSeconds, replace: heartbeat?.replace === true }
}
