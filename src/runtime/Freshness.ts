/**
 * Whether the cache has all that an earlier leader did with an object. Some actions no status write precedes, such as a submission or the
 * start of a scheduled run, so nothing would refuse them if the cache of a replica that has just taken over were behind: a run that ended
 * long ago would begin again.
 *
 * Only the leader writes, and its cache has what it wrote. So an object that has changed since this replica leads is up to date; one that has
 * not is read from the API before such an action. The same holds for the objects of a namespace that was selected meanwhile: another operator
 * may have managed it until then.
 */

import { Effect } from "effect"
import { Kube } from "../kube/Kube.ts"
import { KubeError } from "../kube/KubeError.ts"
import type { KubeObject, Resource } from "../kube/Resource.ts"
import type { Namespaces } from "./namespaces/Namespaces.ts"
import { compareVersions, keyOf } from "./Store.ts"

/** Fails with reason `Conflict` if the API has another version of the object: the cache will have it soon. */
export type ConfirmFresh<A extends KubeObject> = (object: A) => Effect.Effect<void, KubeError, Kube>

/** To be used as leader only. `action`: what fails, in messages, such as `submission`. */
export const make = <A extends KubeObject>(
  resource: Resource<A>,
  namespaces: Pick<Namespaces, "join">,
  action: string,
): ConfirmFresh<A> => {
  /** By namespace: the newest version of any object of the resource when this leader acted in it for the first time. */
  const first = new Map<string, string>()
  namespaces.join(({ namespace }) => first.delete(namespace))

  return Effect.fnUntraced(function* (object: A): Effect.fn.Return<void, KubeError, Kube> {
    const { namespace = "", name, resourceVersion } = object.metadata ?? {}
    const known = first.get(namespace)
    if (known !== undefined && compareVersions(resourceVersion, known) > 0) return
    const kube = yield* Kube
    const { items, metadata } = yield* kube.list(resource, { namespace, fieldSelector: `metadata.name=${name}` })
    if (known === undefined && metadata.resourceVersion !== undefined) first.set(namespace, metadata.resourceVersion)
    const current = items[0]?.metadata?.resourceVersion
    if (current === resourceVersion) return
    return yield* new KubeError({
      reason: "Conflict",
      request: `${action} of ${keyOf(object)}`,
      message: `the API has ${current === undefined ? "no version" : `version ${current}`}, the cache ${resourceVersion}`,
    })
  })
}
