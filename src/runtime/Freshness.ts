/**
 * Whether the cache has all that an earlier leader did with an object. Some actions no status write precedes, such as a submission or the
 * start of a scheduled run, so nothing would refuse them if the cache of a replica that has just taken over were behind: a run that ended
 * long ago would begin again.
 *
 * Only the leader writes, and its cache has what it wrote. So an object that has changed since this replica leads is up to date; one that has
 * not is read from the API before such an action.
 */

import { Effect } from "effect"
import { Kube } from "../kube/Kube.ts"
import { KubeError } from "../kube/KubeError.ts"
import type { KubeObject, Resource } from "../kube/Resource.ts"
import { compareVersions, keyOf } from "./Store.ts"

/** Fails with reason `Conflict` if the API has another version of the object: the cache will have it soon. */
export type ConfirmFresh<A extends KubeObject> = (object: A) => Effect.Effect<void, KubeError, Kube>

/** To be used as leader only. `action`: what fails, in messages, such as `submission`. */
export const make = <A extends KubeObject>(resource: Resource<A>, action: string): ConfirmFresh<A> => {
  /** The newest version of any object of the resource when this leader acted for the first time. */
  let first: string | undefined

  return Effect.fnUntraced(function* (object: A): Effect.fn.Return<void, KubeError, Kube> {
    const { namespace, name, resourceVersion } = object.metadata ?? {}
    if (first !== undefined && compareVersions(resourceVersion, first) > 0) return
    const kube = yield* Kube
    const { items, metadata } = yield* kube.list(resource, { namespace, fieldSelector: `metadata.name=${name}` })
    first ??= metadata.resourceVersion
    const current = items[0]?.metadata?.resourceVersion
    if (current === resourceVersion) return
    return yield* new KubeError({
      reason: "Conflict",
      request: `${action} of ${keyOf(object)}`,
      message: `the API has ${current === undefined ? "no version" : `version ${current}`}, the cache ${resourceVersion}`,
    })
  })
}
