/**
 * Whether the cache has all that an earlier leader did with an application. A submission is the one action that no status write precedes, so
 * nothing would refuse it if the cache of a replica that has just taken over were behind: a run that ended long ago would begin again.
 *
 * Only the leader writes, and its cache has what it wrote. So an application that has changed since this replica leads is up to date; one that has
 * not is read from the API before it is submitted.
 */

import { Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import { Kube } from "../../kube/Kube.ts"
import { KubeError } from "../../kube/KubeError.ts"
import { compareVersions, keyOf } from "../../runtime/Store.ts"

/** Fails with reason `Conflict` if the API has another version of the application: the cache will have it soon. */
export type ConfirmFresh = (application: SparkApplication) => Effect.Effect<void, KubeError, Kube>

/** To be used as leader only. */
export const make = (): ConfirmFresh => {
  /** The newest version of any application when this leader submitted for the first time. */
  let first: string | undefined

  return Effect.fnUntraced(function* (application: SparkApplication): Effect.fn.Return<void, KubeError, Kube> {
    const { namespace, name, resourceVersion } = application.metadata
    if (first !== undefined && compareVersions(resourceVersion, first) > 0) return
    const kube = yield* Kube
    const { items, metadata } = yield* kube.list(sparkApplications, {
      namespace,
      fieldSelector: `metadata.name=${name}`,
    })
    first ??= metadata.resourceVersion
    const current = items[0]?.metadata.resourceVersion
    if (current === resourceVersion) return
    return yield* new KubeError({
      reason: "Conflict",
      request: `submission of ${keyOf(application)}`,
      message: `the API has ${current === undefined ? "no version" : `version ${current}`}, the cache ${resourceVersion}`,
    })
  })
}
