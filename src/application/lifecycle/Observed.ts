/**
 * The facts a decision may use, read from pods once and then independent of Kubernetes' types. A missing driver and one of an earlier
 * submission are different facts; `reconcile/Gather` confirms by a live read that a driver is missing.
 */

import type { ChildStatus, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import type { DriverPod, Executor, SubmitterPod } from "../../spark/observe/ObservedPod.ts"
import type { Begun } from "./Begun.ts"
import type { ExecutorHeartbeats } from "./running/Heartbeats.ts"
import type { Reading } from "./running/ProgressStatus.ts"

export type Driver =
  | DriverPod
  /** Neither in the cache nor in the API. */
  | { readonly _tag: "Missing" }
  /** Ours, but not of the submission in the status: of an earlier one, or of a deleted application. */
  | {
      readonly _tag: "Leftover"
      readonly name: string
      /** Set if this very application owns it and it is not being deleted; `createdAt` is in epoch milliseconds. For `Adoption` only. */
      readonly unreported?: { readonly submissionId: string; readonly createdAt: number }
    }

/** The API server's answer to the objects of the current submission. */
export type SubmissionOutcome =
  | { readonly _tag: "Accepted"; readonly driver: DriverPod }
  /** A retry would get the same answer: invalid, forbidden, over quota, or a name in use by another owner. */
  | { readonly _tag: "Refused"; readonly reason: string; readonly message: string }
  /** Something of an earlier run still holds the name of the driver pod or of another object; it is waited for. */
  | { readonly _tag: "Blocked"; readonly reason: "DriverPodExists" | "EarlierObjectExists"; readonly message: string }
  /** A Job runs spark-submit; the driver pod does not exist yet. */
  | { readonly _tag: "Pending"; readonly message: string }

/** The reason of a companion object that waits for one of an earlier run. */
export const earlierObjectExists = "EarlierObjectExists"

/** The outcome of creating or deleting one companion object. */
export interface ChildResult {
  readonly child: Pick<ChildStatus, "apiVersion" | "kind" | "name">
  readonly outcome:
    | { readonly _tag: "Created"; readonly uid: string | undefined }
    | { readonly _tag: "Failed"; readonly reason: string; readonly message: string }
    | { readonly _tag: "Gone" }
}

export interface ChildrenOutcome {
  readonly done: "ensured" | "deleted"
  readonly results: ReadonlyArray<ChildResult>
  /** The fields about the driver's UI that are known now. */
  readonly info: Partial<SparkApplicationStatus["driverInfo"]>
}

/** Companion objects are being created or deleted. */
export const inProgress = "InProgress"
export type ChildrenProgress = ChildrenOutcome | typeof inProgress

/** A companion object that a Gateway may refuse after it was created. */
export const isRoute = ({ kind }: Pick<ChildStatus, "kind">): boolean => kind === "HTTPRoute"

/** Errors with which a submission meets again and again, and which may be temporary. */
export interface Delay {
  /** Of the first of them, in epoch milliseconds. */
  readonly since: number
  /** Of the last of them. */
  readonly reason: string
  readonly message: string
  /** Whether nothing remains of the attempt before: its deletion succeeded. */
  readonly remainsDeleted: boolean
}

export interface Observed {
  readonly driver: Driver
  /** Executor pods of the current submission. */
  readonly executors: ReadonlyArray<Executor>
  readonly submitters: ReadonlyArray<SubmitterPod>
  /** In a reconcile that has just submitted, or has found the driver pod of the next submission: the outcome. */
  readonly submission: SubmissionOutcome | undefined
  /** What that submission is; or one that was found and that the status may not record. */
  readonly begun?: Begun | undefined
  /** Why the next submission, or the one in progress, could not be carried out. */
  readonly delay?: Delay | undefined
  /** Only in a reconcile that has just created or deleted companion objects: the outcome. */
  readonly children?: ChildrenProgress | undefined
  /** Routes that are to be looked at again, whether Gateways accept them, and in how many seconds. */
  readonly routesDue?: ReadonlyArray<{ readonly name: string; readonly seconds: number }> | undefined
  /** The last reading of the driver of the current submission. */
  readonly progress?: Reading | undefined
  /** The executors that it has counted. */
  readonly heartbeats?: ExecutorHeartbeats | undefined
  /** Since when changes wait to be reported, in epoch milliseconds. */
  readonly changesSince?: number | undefined
}
