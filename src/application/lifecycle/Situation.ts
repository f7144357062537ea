/** Everything that `Decide` looks at, as one value; and the settings of the operator that shape decisions. */

import type { Deadlines, RestartPolicy } from "../../api/application/SparkApplication.ts"
import type { ChildStatus, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import type { Problem } from "../../api/Problem.ts"
import type { HeartbeatLimits } from "../../spark/health/Heartbeat.ts"
import type { WatchdogLimits } from "../../spark/health/WatchdogLimits.ts"
import type { Submission } from "../../spark/submit/Submission.ts"
import type { Submitter } from "../../spark/submit/Submitter.ts"
import type { Observed } from "./Observed.ts"

/** Operator-wide settings. */
export interface Policy {
  /** Seconds; used where the application does not say. Absent: no limit. */
  readonly deadlines: Deadlines
  /** Seconds after the end; absent: kept for ever. */
  readonly timeToLiveSeconds: number | undefined
  /** Bound of `status.executorState`. */
  readonly maxTrackedExecutors: number
  /** Whether drivers are asked how far they are. */
  readonly followsProgress: boolean
}

/** What the spec wants of a run's life; what shapes the pods is not looked at here. */
export interface Desired {
  readonly suspend: boolean
  readonly restartPolicy: RestartPolicy
  readonly deadlines: Deadlines
  readonly timeToLiveSeconds: number | undefined
  /** Undefined: nobody watches the progress. */
  readonly watchdog: WatchdogLimits | undefined
  /** Undefined: nobody looks whether the driver counts its executors. */
  readonly heartbeat: HeartbeatLimits | undefined
  /** Executors that Spark asks for at its start; undefined when the spec has problems. */
  readonly initialExecutors: number | undefined
}

export interface Situation {
  readonly name: string
  readonly uid: string
  readonly generation: number
  /** `kubectl delete` was called and somebody's finalizer, or foreground deletion, keeps the object. */
  readonly deleting: boolean
  readonly desired: Desired
  /** Empty: the spec can be submitted. */
  readonly problems: ReadonlyArray<Problem>
  /** What does no harm but is not as the user may think. */
  readonly warnings: ReadonlyArray<Problem>
  /** Who is to submit, and why not the operator itself; undefined when the spec has problems. */
  readonly submitter: Submitter | undefined
  /** Fingerprint of the part of the spec that shapes a run (`RunSpec.ts`). */
  readonly runSpecHash: string
  readonly driverPodName: string
  /** What a submission has beside its driver, as it stands in the status before anything is made. */
  readonly childrenOf: (submission: Submission) => ReadonlyArray<ChildStatus>
  readonly status: SparkApplicationStatus
  readonly observed: Observed
  readonly policy: Policy
  /** Epoch milliseconds. */
  readonly now: number
}

/** A status of nothing: an application that nobody has looked at yet. */
export const newStatus: SparkApplicationStatus = { applicationState: { state: "" }, driverInfo: {} }
