/**
 * What the API server's answers mean for a submission: which refusals are final, which conflicts the user has to resolve, and which
 * failures of a deletion can be ignored. Shared by both submitters.
 */

import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { KubeApi } from "../../kube/Kube.ts"
import { isPermanent, isStale, type KubeError } from "../../kube/KubeError.ts"
import type { KubeObject, Resource } from "../../kube/Resource.ts"
import { deletionOf } from "../../spark/observe/Deletion.ts"
import type { SubmissionOutcome } from "../lifecycle/Observed.ts"

/** Creates the object, or returns the existing one of that name; the caller checks whether it is of this submission. */
export const ensure = <A extends KubeObject>(
  kube: KubeApi,
  resource: Resource<A>,
  namespace: string,
  object: A,
): Effect.Effect<A, KubeError> =>
  kube.create(resource, namespace, object).pipe(
    Effect.catchIf(
      (error) => error.reason === "AlreadyExists",
      () => kube.get(resource, namespace, object.metadata?.name ?? ""),
    ),
  )

/** A final refusal as an outcome, and the restart policy decides what happens then; an error that may be temporary stays an error. */
export const refusalAsOutcome = <R>(
  submission: Effect.Effect<SubmissionOutcome, KubeError, R>,
): Effect.Effect<SubmissionOutcome, KubeError, R> =>
  Effect.catchIf(submission, isPermanent, (error) =>
    Effect.succeed<SubmissionOutcome>({ _tag: "Refused", reason: error.reason, message: error.message }),
  )

export const nameTaken = (object: KubeObject): SubmissionOutcome => ({
  _tag: "Refused",
  reason: "NameConflict",
  message: `${object.kind ?? "an object"} ${object.metadata?.name} exists already and does not belong to this application; delete it or set spec.driver.podName`,
})

export const blocked = (pod: Pod): SubmissionOutcome => {
  const deletion = deletionOf(pod)
  const message = `driver pod ${pod.metadata?.name} of an earlier run still exists`
  return { _tag: "Blocked", message: deletion === undefined ? message : `${message}: ${deletion}` }
}

/** For deletions: the object is gone, or (`Conflict`) another one with its name exists. */
export const ignoreNotFound = <A>(effect: Effect.Effect<A, KubeError>): Effect.Effect<A | undefined, KubeError> =>
  Effect.catchIf(effect, isStale, () => Effect.succeed(undefined))
