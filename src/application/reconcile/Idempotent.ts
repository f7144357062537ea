/**
 * What the API server's answers mean for a submission: which refusals are final, which conflicts the user has to resolve, and which
 * failures of a deletion can be ignored. Shared by both submitters.
 */

import { Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { KubeApi } from "../../kube/Kube.ts"
import { isPermanent, isStale, type KubeError } from "../../kube/KubeError.ts"
import type { KubeObject, Resource } from "../../kube/Resource.ts"
import { deletionOf } from "../../spark/observe/Deletion.ts"
import type { SubmissionOutcome } from "../lifecycle/Observed.ts"
import { isLeaving, ofEarlierRun } from "./Ownership.ts"

/** An object that was just created, or one that existed. */
export interface Ensured<A> {
  readonly created: boolean
  readonly object: A
}

/** How often an object of the same name may vanish between its creation and the read of the existing one, before that is an error. */
const vanishings = 3

/**
 * Creates the object, or returns the existing one of that name; the caller checks whether it is of this submission. An existing one that is
 * deleted before it can be read is no obstacle: the object is created again.
 */
export const createOrGet = <A extends KubeObject>(
  kube: KubeApi,
  resource: Resource<A>,
  namespace: string,
  object: A,
  tries = vanishings,
): Effect.Effect<Ensured<A>, KubeError> =>
  Effect.matchEffect(kube.create(resource, namespace, object), {
    onSuccess: (created) => Effect.succeed({ created: true, object: created }),
    onFailure: (error) =>
      error.reason !== "AlreadyExists"
        ? Effect.fail(error)
        : Effect.matchEffect(kube.get(resource, namespace, object.metadata?.name ?? ""), {
            onSuccess: (existing) => Effect.succeed({ created: false, object: existing }),
            onFailure: (unread) =>
              unread.reason !== "NotFound"
                ? Effect.fail(unread)
                : tries > 1
                  ? createOrGet(kube, resource, namespace, object, tries - 1)
                  : Effect.fail(error),
          }),
  })

/** As `createOrGet`; returns only the object. */
export const ensure = <A extends KubeObject>(
  kube: KubeApi,
  resource: Resource<A>,
  namespace: string,
  object: A,
): Effect.Effect<A, KubeError> => Effect.map(createOrGet(kube, resource, namespace, object), ({ object }) => object)

/** A final refusal as an outcome, and the restart policy decides what happens then; an error that may be temporary stays an error. */
export const refusalAsOutcome = <R>(
  submission: Effect.Effect<SubmissionOutcome | undefined, KubeError, R>,
): Effect.Effect<SubmissionOutcome | undefined, KubeError, R> =>
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

/** For deletions: the object is gone, or (`Conflict`) another one with its name exists. */
export const ignoreNotFound = <A>(effect: Effect.Effect<A, KubeError>): Effect.Effect<A | undefined, KubeError> =>
  Effect.catchIf(effect, isStale, () => Effect.succeed(undefined))
