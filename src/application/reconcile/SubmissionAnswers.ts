/** What the API server's answers mean for a submission: which refusals are final, and which conflicts the user has to resolve. */

import { Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { isPermanent, type KubeError } from "../../kube/KubeError.ts"
import type { KubeObject } from "../../kube/Resource.ts"
import { deletionOf } from "../../spark/observe/Deletion.ts"
import type { SubmissionOutcome } from "../lifecycle/Observed.ts"
import { isLeaving, ofEarlierRun } from "./Ownership.ts"

/** A final refusal as an outcome, and the restart policy decides what happens then; an error that may be temporary stays an error. */
export const refusalAsOutcome = <R>(
  submission: Effect.Effect<SubmissionOutcome, KubeError, R>,
): Effect.Effect<SubmissionOutcome, KubeError, R> =>
  Effect.catchIf(submission, isPermanent, (error) =>
    Effect.succeed<SubmissionOutcome>({ _tag: "Refused", reason: error.reason, message: error.message }),
  )

/** The user has to resolve this conflict. */
const nameTaken = (object: KubeObject): SubmissionOutcome => ({
  _tag: "Refused",
  reason: "NameConflict",
  message: `${object.kind ?? "an object"} ${object.metadata?.name} exists already and does not belong to this application; delete it or set spec.driver.podName`,
})

/** An object of an earlier run, with what is known of its deletion. */
export const stillExists = (object: KubeObject): string => {
  const deletion = deletionOf(object)
  const kind = object.kind === "Pod" ? "driver pod" : (object.kind ?? "an object")
  const message = `${kind} ${object.metadata?.name} of an earlier run still exists`
  return deletion === undefined ? message : `${message}: ${deletion}`
}

/** What an object means for a submission that needs its name and is not its owner: an earlier run's is waited for. */
export const conflictWith = (object: KubeObject, application: SparkApplication): SubmissionOutcome => {
  const isPod = object.kind === "Pod"
  if (!isLeaving(object, application) && !(isPod && ofEarlierRun(object, application))) return nameTaken(object)
  return {
    _tag: "Blocked",
    reason: isPod ? "DriverPodExists" : "EarlierObjectExists",
    message: stillExists(object),
  }
}
