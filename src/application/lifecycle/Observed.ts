/**
 * The facts a decision may use, read from pods once and then free of Kubernetes' shapes. "Missing", "of an earlier submission" and
 * "somebody else's" are different facts; `reconcile/Gather` has confirmed a missing driver by a live read before it says so.
 */

import type { ChildStatus, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import type { DriverPod, Executor, SubmitterPod } from "../../spark/observe/ObservedPod.ts"
import type { ExecutorHeartbeats } from "./Heartbeats.ts"
import type { Reading } from "./ProgressStatus.ts"

export type Driver =
  | DriverPod
  /** Neither in the cache nor in the API. */
  | { readonly _tag: "Missing" }
  /** Ours, but not of the submission in the status: of an earlier one, or of a deleted application. */
  | {
      readonly _tag: "Leftover"
      readonly name: string
      /** It belongs to this very application and stays; `createdAt` is in epoch milliseconds. Only `Adoption` looks at it. */
      readonly unreported?: { readonly submissionId: string; readonly createdAt: number }
    }

/** What the API server answered to the objects of the current submission. */
export type SubmissionOutcome =
  | { readonly _tag: "Accepted"; readonly driver: DriverPod }
  /** The answer will not change by asking again: invalid, forbidden, quota, a name taken by somebody else. */
  | { readonly _tag: "Refused"; readonly reason: string; readonly message: string }
  /** Something of an earlier run still holds the driver pod's name. */
  | { readonly _tag: "Blocked"; readonly message: string }
  /** A Job runs spark-submit; the driver pod is yet to come. */
  | { readonly _tag: "Pending"; readonly message: string }

/** What became of one object beside the driver when it was to be made or taken away. */
export interface ChildResult {
  readonly child: Pick<ChildStatus, "apiVersion" | "kind" | "name">
  readonly outcome:
    | { readonly _tag: "Created"; readonly uid: string | undefined }
    | { readonly _tag: "Failed"; readonly reason: string; readonly message: string }
    | { readonly _tag: "Gone" }
}

export interface ChildrenOutcome {
  readonly results: ReadonlyArray<ChildResult>
  /** What is known now of the driver's UI. */
  readonly info: Partial<SparkApplicationStatus["driverInfo"]>
}

export interface Observed {
  readonly driver: Driver
  /** Executor pods of the current submission. */
  readonly executors: ReadonlyArray<Executor>
  readonly submitters: ReadonlyArray<SubmitterPod>
  /** Only in a reconcile that has just submitted: what came of it. */
  readonly submission: SubmissionOutcome | undefined
  /** Only in a reconcile that has just created or deleted companion objects: what came of it. */
  readonly children?: ChildrenOutcome | undefined
  /** What the driver of the current submission said of its work last. */
  readonly progress?: Reading | undefined
  /** Which executors it has counted. */
  readonly heartbeats?: ExecutorHeartbeats | undefined
  /** Changes that only executors made are not reported yet since then, in epoch milliseconds. */
  readonly executorChangesSince?: number | undefined
}
