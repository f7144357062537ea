/** Everything that `Decide` depends on, as one value; and the settings of the operator that shape decisions. */

import type { Deadlines, RestartPolicy } from "../../api/application/SparkApplication.ts"
import type { ChildStatus, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import type { Problem } from "../../api/Problem.ts"
import type { HeartbeatLimits } from "../../spark/health/Heartbeat.ts"
import type { WatchdogLimits } from "../../spark/health/WatchdogLimits.ts"
import type { InheritedLabels } from "../../spark/pod/InheritedLabels.ts"
import type { Submission } from "../../spark/submit/Submission.ts"
import type { Submitter } from "../../spark/submit/Submitter.ts"
import type { Observed } from "./Observed.ts"
import type { UsageFacts } from "./running/UsageStatus.ts"

/** Operator-wide settings. */
export interface Policy {
  /** Seconds; for limits that the application does not set. Absent: no limit. */
  readonly deadlines: Deadlines
  /** Seconds after the end; absent: kept forever. */
  readonly timeToLiveSeconds: number | undefined
  /** Bound of `status.executorState`. */
  readonly maxTrackedExecutors: number
  /** Seconds that a change of the progress alone may wait to be written; undefined: the progress of drivers is not read. */
  readonly progressSeconds: number | undefined
}

/** The fields of the spec that control the life of a run; those that shape its pods are not part of it. */
export interface Desired {
  readonly suspend: boolean
  readonly restartPolicy: RestartPolicy
  readonly deadlines: Deadlines
  readonly timeToLiveSeconds: number | undefined
  /** Undefined: the progress is not watched. */
  readonly watchdog: WatchdogLimits | undefined
  /** Undefined: it is not checked whether the driver counts its executors. */
  readonly heartbeat: HeartbeatLimits | undefined
  /** Executors that Spark requests at its start; undefined when the spec has problems. */
  readonly initialExecutors: number | undefined
}

export interface Situation {
  readonly name: string
  readonly uid: string
  readonly generation: number
  /** `kubectl delete` was called, and a finalizer or foreground deletion keeps the object. */
  readonly deleting: boolean
  readonly desired: Desired
  /** The status says already what was found in the spec, so that was not read again: it has no problems, and its warnings stay as they are. */
  readonly recorded?: boolean
  /** Empty: the spec can be submitted. */
  readonly problems: ReadonlyArray<Problem>
  /** Does not prevent a run, but may not have the effect that the user expects. */
  readonly warnings: ReadonlyArray<Problem>
  /** What submits, and why not the operator itself; undefined when the spec has problems. */
  readonly submitter: Submitter | undefined
  /** The labels that the pods of a run have from the application; none when the spec has problems. */
  readonly inheritedLabels: InheritedLabels
  /** Where the run of this spec with this Spark application id can be seen in a history server; undefined: nowhere. */
  readonly historyUrlOf: (sparkApplicationId: string) => string | undefined
  /** Fingerprint of the part of the spec that shapes a run (`RunSpec.ts`). */
  readonly runSpecHash: string
  readonly driverPodName: string
  /** The companion objects of a submission, as the status lists them before any is created. */
  readonly childrenOf: (submission: Submission) => ReadonlyArray<ChildStatus>
  readonly status: SparkApplicationStatus
  readonly observed: Observed
  readonly usage: UsageFacts
  readonly policy: Policy
  /** Epoch milliseconds. */
  readonly now: number
}

/** The status of an application that was never reconciled. */
export const newStatus: SparkApplicationStatus = { applicationState: {}, driverInfo: {} }

/**
 * The status of an application with all that every written status has; a state that is empty, as earlier versions wrote it, is left out. The
 * same object if there is nothing to complete.
 */
export const completeStatus = (status: Partial<SparkApplicationStatus> | undefined): SparkApplicationStatus => {
  const { applicationState, driverInfo } = status ?? {}
  if (applicationState === undefined) return newStatus
  if (driverInfo !== undefined && applicationState.state !== "") return status as SparkApplicationStatus
  const { state, ...rest } = applicationState
  return { ...status, applicationState: state ? { state, ...rest } : rest, driverInfo: driverInfo ?? {} }
}
