/**
 * Whether a running application gets on, from what its driver says of its work. Silence of the driver proves nothing: only what was read
 * counts, so an operator that cannot reach drivers takes none of them for stalled.
 */

import type { Stall } from "../../api/application/SparkApplicationStatus.ts"
import { timestamp } from "../../kube/Time.ts"
import type { WatchdogLimits } from "../../spark/health/WatchdogLimits.ts"
import type { Reading } from "./ProgressStatus.ts"

export interface Watched {
  readonly stalled: Stall | undefined
  /** Seconds until it may be stalled, if nothing moves; undefined when only news can change anything. */
  readonly next: number | undefined
}

const unwatched: Watched = { stalled: undefined, next: undefined }

/** Seconds between looks when so many seconds have passed and the driver did not say yet whether anything moved meanwhile. */
const patience = (seconds: number) => Math.min(30, Math.max(1, seconds / 10))

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
            message: `micro-batch ${batch.id} is the newest for ${batchSeconds} s (spec.healthChecks.watchdog.batchSeconds)`,
          },
        ]
      : []),
  ]
}

/** `before` holds as long as the driver has not said anything to this operator. `now` is epoch milliseconds. */
export const watch = (
  reading: Reading | undefined,
  before: Stall | undefined,
  limits: WatchdogLimits | undefined,
  now: number,
): Watched => {
  if (limits === undefined) return unwatched
  if (reading === undefined) return { stalled: before, next: undefined }
  const running = limitsOf(reading, limits)
  const passed = running.find(({ since, seconds }) => (reading.readAt - since) / 1000 >= seconds)
  if (passed !== undefined) {
    const { reason, message, since } = passed
    return { stalled: { reason, message, since: timestamp(since) }, next: undefined }
  }
  if (running.length === 0) return unwatched
  const waits = running.map(({ since, seconds }) => {
    const remaining = seconds - (now - since) / 1000
    return remaining > 0 ? remaining : patience(seconds)
  })
  return { stalled: undefined, next: Math.min(...waits) }
}
