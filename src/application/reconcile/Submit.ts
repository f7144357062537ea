/**
 * Carries out a submission, natively or by a Job. The object that is created first has the record of the submission; if it exists already and
 * was made from another spec, an earlier try has begun and nothing more is created: the status records that try, and then the changed spec
 * restarts the application as in any other state.
 */

import { Clock, Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { find, Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { type KubeObject, pods } from "../../kube/Resource.ts"
import type { BuildOptions } from "../../spark/driver/Build.ts"
import { driverPodName } from "../../spark/Names.ts"
import { driverFacts } from "../../spark/observe/PodFacts.ts"
import type { Valid } from "../../spark/Validate.ts"
import type { Action } from "../lifecycle/Action.ts"
import type { Begun } from "../lifecycle/Begun.ts"
import type { Observed, SubmissionOutcome } from "../lifecycle/Observed.ts"
import { ofSubmission } from "./Ownership.ts"
import { refusalAsOutcome } from "./SubmissionAnswers.ts"
import { recordOf } from "./SubmissionRecord.ts"
import { submitByJob } from "./SubmitByJob.ts"
import { submitNatively } from "./SubmitNatively.ts"

type SubmitAction = Extract<Action, { _tag: "Submit" }>

/** A submission that is being carried out. */
export interface InProgress {
  readonly action: SubmitAction
  readonly application: SparkApplication
  readonly valid: Valid
  readonly options: BuildOptions
  /**
   * Takes in the object that is created first, as the API has it. If an earlier try made it from another spec, the outcome of that: its driver
   * pod, or nothing yet. Nothing more is to be created then.
   */
  readonly begin: (object: KubeObject) => Effect.Effect<EarlierTry | undefined, KubeError, Kube>
}

interface EarlierTry {
  readonly outcome: SubmissionOutcome | undefined
}

/** The outcome, and what has begun. A final refusal is an outcome; what may be temporary is an error, and the queue retries. */
export const submit = Effect.fn("submit")(function* (
  action: SubmitAction,
  application: SparkApplication,
  valid: Valid,
  options: BuildOptions,
): Effect.fn.Return<Pick<Observed, "submission" | "begun">, KubeError, Kube> {
  const now = yield* Clock.currentTimeMillis
  const { submissionId, attempt, by, runSpecHash } = action
  const ownDriver = driverPodName(application)
  let begun: Begun = { submissionId, attempt, by, startedAt: now, runSpecHash, driverPodName: ownDriver, required: [] }

  const begin = Effect.fnUntraced(function* (
    object: KubeObject,
  ): Effect.fn.Return<EarlierTry | undefined, KubeError, Kube> {
    const record = recordOf(object, application, action, by, now)
    begun = { ...record, runSpecHash: record.runSpecHash ?? runSpecHash }
    if (begun.runSpecHash === runSpecHash) return undefined
    const pod = yield* find(yield* Kube, pods, application.metadata.namespace, begun.driverPodName)
    const isOwn = pod !== undefined && ofSubmission(pod, application, submissionId)
    return { outcome: isOwn ? { _tag: "Accepted", driver: driverFacts(pod) } : undefined }
  })

  const inProgress: InProgress = { action, application, valid, options, begin }
  const submission = yield* refusalAsOutcome(by === "job" ? submitByJob(inProgress) : submitNatively(inProgress))
  return { submission, begun }
})
