/**
 * What a decision is: plain data. `Decide` makes it, `reconcile/` carries it out: the status is written first, then the actions are
 * performed in order, then the events are recorded. Nothing else changes the cluster.
 */

import type { ChildStatus, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import type { Note } from "../../kube/EventRecorder.ts"
import type { Next } from "../../runtime/Next.ts"
import type { Submitter } from "../../spark/submit/Submitter.ts"

/** Every action is idempotent: performing it twice, or again after a crash, ends in the same state. */
export type Action =
  /** Create the objects of this submission, unless they exist: those of the run itself, or the Job that runs spark-submit. */
  | {
      readonly _tag: "Submit"
      readonly submissionId: string
      readonly submittedAt: number
      readonly attempt: number
      readonly by: Submitter["by"]
    }
  /** Delete Service, ConfigMaps, these executors, the driver pod and, if there was one, the Job of this submission. */
  | {
      readonly _tag: "DeleteRun"
      readonly submissionId: string
      readonly driverPodName: string
      readonly by: Submitter["by"]
      readonly executors: ReadonlyArray<string>
    }
  /** Delete only the driver pod; its logs and the status are all that stays interesting. */
  | { readonly _tag: "DeleteDriver"; readonly podName: string; readonly uid: string }
  /** Delete the pod of one executor; its driver makes another. */
  | { readonly _tag: "DeleteExecutor"; readonly podName: string; readonly uid: string }
  /** Create these objects beside the driver of this submission, unless they exist. */
  | {
      readonly _tag: "EnsureChildren"
      readonly submissionId: string
      readonly submittedAt: number
      readonly attempt: number
      readonly children: ReadonlyArray<ChildStatus>
    }
  /** Delete these objects, if they are the application's. */
  | { readonly _tag: "DeleteChildren"; readonly children: ReadonlyArray<ChildStatus> }
  /** Delete the SparkApplication itself (its time to live is over). */
  | { readonly _tag: "DeleteApplication" }

export interface Decision {
  /** The whole new status; the same object as before when nothing is to be written. */
  readonly status: SparkApplicationStatus
  readonly actions: ReadonlyArray<Action>
  readonly events: ReadonlyArray<Note>
  readonly next: Next
}
