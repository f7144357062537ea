/** Writes that may be repeated after a lost answer or a crash: creations that find what exists, and deletions of what is gone. */

import { Effect } from "effect"
import type { KubeApi } from "./Kube.ts"
import { isStale, type KubeError } from "./KubeError.ts"
import type { KubeObject, Resource } from "./Resource.ts"

/** An object that was just created, or one that existed. */
export interface Ensured<A> {
  readonly created: boolean
  readonly object: A
}

/** How often an object of the same name may vanish between its creation and the read of the existing one, before that is an error. */
const vanishings = 3

/**
 * Creates the object, or returns the existing one of that name; the caller checks whether it is the one that was meant. An existing one that is
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

/** For deletions: the object is gone, or (`Conflict`) another one with its name exists. */
export const ignoreNotFound = <A>(effect: Effect.Effect<A, KubeError>): Effect.Effect<A | undefined, KubeError> =>
  Effect.catchIf(effect, isStale, () => Effect.succeed(undefined))
