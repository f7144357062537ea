/** What a decision may do to the cluster, as data; `reconcile/Perform.ts` carries it out. Every action is idempotent. */

export type Action =
  /** Create or update what clients reach the server through, and delete what is no longer requested. */
  | { readonly _tag: "EnsureAccess" }
  /** Create the objects of this attempt, unless they exist. */
  | {
      readonly _tag: "Start"
      readonly submissionId: string
      readonly submittedAt: number
      readonly attempt: number
    }
  /** Delete the server pod; its executors go with it. */
  | { readonly _tag: "DeletePod"; readonly podName: string; readonly uid: string }
  /** Delete the other objects of this attempt. */
  | { readonly _tag: "DeleteAttempt"; readonly submissionId: string }
  /** Delete a Service for clients that the spec no longer names. */
  | { readonly _tag: "DeleteService"; readonly name: string }
  /** Delete the SparkConnect itself. */
  | { readonly _tag: "DeleteConnect" }
