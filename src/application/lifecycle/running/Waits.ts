/**
 * How long a change of the status may wait for others, so that one write carries them all. Executors come and go in bursts: five that start
 * together are fifteen changes of pods within a second, and each reading of a driver changes its progress. Pure.
 */

import type { SparkApplicationStatus } from "../../../api/application/SparkApplicationStatus.ts"
import { stateOf } from "../../../api/States.ts"
import { sameJson } from "../../../kube/json/SameJson.ts"
import { lastAttempt } from "../Attempts.ts"
import { withoutPoints } from "./Timeline.ts"

/** The more executors, the longer their changes may wait. */
const executorsSeconds = (executors: number) => Math.min(15, 3 + executors / 100)

/** The status without what may wait: its fields about executors and progress, which change often, and about companion objects. */
const withoutDetails = (status: SparkApplicationStatus) => {
  const { executorState: _state, executors: _counts, recentExecutorFailures: _failures, waiting, ...rest } = status
  const { progress: _progress, children: _children, driverInfo, attempts = [], ...others } = rest
  const last = lastAttempt(status)
  return {
    ...others,
    driverPod: driverInfo.podName,
    attempts: last === undefined ? attempts : [...attempts.slice(0, -1), withoutPoints(last)],
    // A running driver waits for nothing but executors.
    waiting: stateOf(status) === "RUNNING" ? undefined : waiting,
  }
}

/** The status without what may wait longest: the progress, and which companion objects exist. */
const withoutSlow = (status: SparkApplicationStatus) => ({
  ...status,
  progress: undefined,
  children: undefined,
  driverInfo: status.driverInfo.podName,
})

/** Where the progress of drivers is not read. */
const slowSeconds = 15
/** For pods that end after their application. */
export const usageSeconds = 15

/**
 * Seconds that this change of the status may wait; undefined: it is written at once. Points of the timeline are timestamps of pods, which
 * stay, except that the driver's start is written at once. `progressSeconds`: for progress after the first, and companion objects.
 */
export const mayWait = (
  before: SparkApplicationStatus,
  after: SparkApplicationStatus,
  executors: number,
  progressSeconds: number | undefined,
): number | undefined => {
  if (before === after || !sameJson(withoutDetails(before), withoutDetails(after))) return undefined
  const isFirstProgress = before.progress === undefined && after.progress !== undefined
  const isSlow = !isFirstProgress && sameJson(withoutSlow(before), withoutSlow(after))
  return isSlow ? (progressSeconds ?? slowSeconds) : executorsSeconds(executors)
}
