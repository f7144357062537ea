/**
 * What the API server's answers mean for a submission: which refusals are final, which conflicts the user has to see, and which failures
 * of a deletion are none. Shared by both ways to submit.
 */

import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { KubeApi } from "../../kube/Kube.ts"
import { isPermanent, isStale, type KubeError } from "../../kube/KubeError.ts"
import type { KubeObject, Resource } from "../../kube/Resource.ts"
import type { SubmissionOutcome } from "../lifecycle/Observed.ts"

/** Creates the object, or finds what an earlier try of this very submission has created. */
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

/** A final refusal as an outcome, for which the restart policy says what happens then; what may pass by itself stays an error. */
export const refusedForGood = <R>(
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

export const blocked = (pod: Pod): SubmissionOutcome => ({
  _tag: "Blocked",
  message: `driver pod ${pod.metadata?.name} of an earlier run still exists`,
})

/** Deleting what is gone already is fine, and so is an object of that name that is not the one we meant. */
export const goneIsFine = <A>(effect: Effect.Effect<A, KubeError>): Effect.Effect<A | undefined, KubeError> =>
  Effect.catchIf(effect, isStale, () => Effect.succeed(undefined))
