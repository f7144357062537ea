/**
 * Whether a running application makes progress, from the readings of its driver. A driver that does not answer proves nothing: only what
 * was read counts, so an operator that cannot reach drivers considers none of them stalled.
 */

import type { Stall } from "../../../api/application/SparkApplicationStatus.ts"
import { timestamp } from "../../../kube/Time.ts"
import type { WatchdogLimits } from "../../../spark/health/WatchdogLimits.ts"
import type { Reading } from "./ProgressStatus.ts"

export interface StallCheck {
  readonly stalled: Stall | undefined
  /** Seconds until it may be stalled, if nothing moves; undefined if only another reading can change the result. */
  readonly next: number | undefined
}

const notStalled: StallCheck = { stalled: undefined, next: undefined }

/** Seconds until the next check if a limit of `seconds` has passed, but the last reading is from before that. */
const recheckAfter = (seconds: number) => Math.min(30, Math.max(1, seconds / 10))

interface Limit {
  readonly reason: Stall["reason"]
  /** Epoch milliseconds. */
  readonly since: number
  readonly seconds: number
  readonly message: string
}

const limitsOf = ({ progress, movedAt }: Reading, limits: WatchdogLimits): ReadonlyArray<Limit> => {
  const { stalledSeconds, batchSeconds, onlyBusy } = limits
  const { batch, jobs, tasks } = progress
  const watchesWork = stalledSeconds !== undefined && (!onlyBusy || jobs.active > 0)
  return [
    ...(watchesWork
      ? [
          {
            reason: "NoProgress" as const,
            since: movedAt,
            seconds: stalledSeconds,
            message: `no job, stage, task or micro-batch has begun or ended for ${stalledSeconds} s (spec.healthChecks.watchdog.stalledSeconds); ${jobs.active} jobs and ${tasks.active} tasks are active`,
          },
        ]
      : []),
    ...(batchSeconds !== undefined && batch !== undefined
      ? [
          {
            reason: "BatchOverdue" as const,
            since: batch.at,
            seconds: batchSeconds,
            message: `micro-batch ${batch.id} has been the newest for ${batchSeconds} s (spec.healthChecks.watchdog.batchSeconds)`,
          },
        ]
      : []),
  ]
}

/** `before` stays valid until this operator has read the driver. `now` is in epoch milliseconds. */
export const checkForStall = (
  reading: Reading | undefined,
  before: Stall | undefined,
  limits: WatchdogLimits | undefined,
  now: number,
): StallCheck => {
  if (limits === undefined) return notStalled
  if (reading === undefined) return { stalled: before, next: undefined }
  const running = limitsOf(reading, limits)
  const passed = running.find(({ since, seconds }) => (reading.readAt - since) / 1000 >= seconds)
  if (passed !== undefined) {
    const { reason, message, since } = passed
    return { stalled: { reason, message, since: timestamp(since) }, next: undefined }
  }
  if (running.length === 0) return notStalled
  const waits = running.map(({ since, seconds }) => {
    const remaining = seconds - (now - since) / 1000
    return remaining > 0 ? remaining : recheckAfter(seconds)
  })
  return { stalled: undefined, next: Math.min(...waits) }
}
