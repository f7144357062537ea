/** The operator's look at executors through their driver: after which time of silence it speaks, and whether it acts. */

import type { HealthChecks } from "../../api/application/HealthChecks.ts"

export interface HeartbeatLimits {
  /** Seconds in which the driver does not count an executor whose pod runs. */
  readonly silentSeconds: number
  /** The pod of a silent executor is deleted; the driver makes another. */
  readonly replace: boolean
}

/** Above Spark's own `spark.network.timeout` of 120 s, after which the driver drops an executor and its pod should go. */
const usualSeconds = 300

/** Undefined: nobody looks. */
export const heartbeatOf = ({ executor }: HealthChecks): HeartbeatLimits | undefined => {
  const heartbeat = executor?.heartbeat
  return executor?.disabled === true || heartbeat?.disabled === true
    ? undefined
    : { silentSeconds: heartbeat?.silentSeconds ?? usualSeconds, replace: heartbeat?.replace === true }
}
