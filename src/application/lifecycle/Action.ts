/** What a decision may do to the cluster, as data; `reconcile/Perform.ts` carries it out. */

import type { ChildStatus } from "../../api/application/SparkApplicationStatus.ts"
import type { Submitter } from "../../spark/submit/Submitter.ts"

/** Every action is idempotent: performing it twice, or again after a crash, ends in the same state. */
export type Action =
  /** Create the objects of this submission, unless they exist: those of the run itself, or the Job that runs spark-submit. */
  | {
      readonly _tag: "Submit"
      readonly submissionId: string
      readonly submittedAt: number
      readonly attempt: number
      readonly runSpecHash: string
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
  /** Delete only the driver pod. */
  | { readonly _tag: "DeleteDriver"; readonly podName: string; readonly uid: string }
  /** Delete the pod of one executor; its driver requests a replacement. */
  | { readonly _tag: "DeleteExecutor"; readonly podName: string; readonly uid: string }
  /**
   * Set these labels of pods of the run. `replaced`: keys of which the driver has another value now. The Services of the run (those with this
   * application id) may select the driver by them, as spark-submit makes them; they do not lose it.
   */
  | {
      readonly _tag: "LabelPods"
      readonly replaced?: { readonly sparkApplicationId: string; readonly keys: ReadonlyArray<string> }
      readonly pods: ReadonlyArray<{
        readonly name: string
        readonly uid: string
        readonly labels: Readonly<Record<string, string>>
      }>
    }
  /** Create these companion objects of the driver of this submission, unless they exist. */
  | {
      readonly _tag: "EnsureChildren"
      readonly submissionId: string
      readonly submittedAt: number
      readonly attempt: number
      readonly children: ReadonlyArray<ChildStatus>
    }
  /** Delete these companion objects, if they belong to the application. */
  | { readonly _tag: "DeleteChildren"; readonly children: ReadonlyArray<ChildStatus> }
  /** Delete the SparkApplication itself (its time to live is over). */
  | { readonly _tag: "DeleteApplication" }
