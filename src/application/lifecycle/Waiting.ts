/** `status.waiting`: why an application waits, and since when for this reason. */

import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { timestamp } from "../../kube/Time.ts"
import type { Waiting } from "../../spark/observe/ObservedPod.ts"
import { without } from "./Step.ts"

/** The status with this reason to wait, or with none. `now` is in epoch milliseconds. */
export const withWaiting = (
  status: SparkApplicationStatus,
  waiting: Waiting | undefined,
  now: number,
): SparkApplicationStatus => {
  if (waiting === undefined) return without(status, "waiting")
  const { reason, message } = waiting
  const since = status.waiting?.reason === reason ? status.waiting.since : timestamp(now)
  return { ...status, waiting: { reason, ...(message ? { message: message.slice(0, 1024) } : {}), since } }
}
