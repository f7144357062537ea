/**
 * The selector of the Service under which executors reach their driver. As spark-submit makes it, it has all labels of the driver, also those
 * that come from the application and may be edited: without what is done here, executors that are created after an edit would not find
 * their driver.
 */

import { Effect, Equal } from "effect"
import type { Service } from "kubernetes-types/core/v1"
import { ignoreNotFound } from "../../kube/Idempotent.ts"
import { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { services } from "../../kube/Resource.ts"
import * as Labels from "../../spark/Labels.ts"
import type { Action } from "../lifecycle/Action.ts"

type Selector = Readonly<Record<string, string | null>>

/** Merges into the selector of a Service; null removes a label. */
const patch = Effect.fnUntraced(function* (
  { metadata }: Service,
  namespace: string,
  selector: Selector,
): Effect.fn.Return<void, KubeError, Kube> {
  const kube = yield* Kube
  const body = { metadata: { uid: metadata?.uid }, spec: { selector } }
  yield* kube.patch(services, namespace, metadata?.name ?? "", { type: "merge", body }).pipe(ignoreNotFound)
})

/** Removes labels of which the driver will have another value. What remains of the selector is unique to the run. */
export const unselect = Effect.fnUntraced(function* (
  { sparkApplicationId, keys }: NonNullable<Extract<Action, { _tag: "LabelPods" }>["replaced"]>,
  namespace: string,
): Effect.fn.Return<void, KubeError, Kube> {
  const kube = yield* Kube
  const labelSelector = `${Labels.sparkAppSelector}=${sparkApplicationId}`
  const { items } = yield* kube.list(services, { namespace, labelSelector })
  for (const service of items) {
    const selected = keys.filter((key) => Object.hasOwn(service.spec?.selector ?? {}, key))
    if (selected.length > 0) yield* patch(service, namespace, Object.fromEntries(selected.map((key) => [key, null])))
  }
})

/** A Service that an earlier try of the same submission made gets the selector of this one: the labels may have been edited in between. */
export const reselect = (found: Service, desired: Service, namespace: string): Effect.Effect<void, KubeError, Kube> => {
  const [present = {}, selector = {}] = [found.spec?.selector, desired.spec?.selector]
  if (Equal.equals(present, selector)) return Effect.void
  const without = Object.fromEntries(Object.keys(present).map((key) => [key, null]))
  return patch(found, namespace, { ...without, ...selector })
}
