/**
 * Sets labels of the pods of a run. The Service under which executors reach their driver selects it by all labels that it was created with,
 * as spark-submit makes it: those that change are removed from its selector first, or executors that are created later would not find the
 * driver. What remains of the selector is unique to the run.
 */

import { Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { pods, services } from "../../kube/Resource.ts"
import * as Labels from "../../spark/Labels.ts"
import type { Action } from "../lifecycle/Action.ts"
import { ignoreNotFound } from "./Idempotent.ts"

type LabelPods = Extract<Action, { _tag: "LabelPods" }>

/** Following the run matters more than the labels of its pods: a failure is logged, and the next reconcile tries again. */
export const labelPods = Effect.fn("labelPods")(function* (
  action: LabelPods,
  { metadata: { namespace } }: SparkApplication,
): Effect.fn.Return<void, never, Kube> {
  const kube = yield* Kube
  const label = Effect.forEach(
    action.pods,
    ({ name, uid, labels }) =>
      kube.patch(pods, namespace, name, { type: "merge", body: { metadata: { uid, labels } } }).pipe(ignoreNotFound),
    { concurrency: 10, discard: true },
  )
  yield* Effect.andThen(unselect(action.replaced, namespace), label).pipe(
    Effect.catch((error) =>
      Effect.logWarning("labels of pods cannot be updated").pipe(
        Effect.annotateLogs({ pods: action.pods.length, error: error.message }),
      ),
    ),
  )
})

/** Removes these labels from the selectors of the run's Services. */
const unselect = Effect.fnUntraced(function* (
  replaced: LabelPods["replaced"],
  namespace: string,
): Effect.fn.Return<void, KubeError, Kube> {
  if (replaced === undefined) return
  const kube = yield* Kube
  const labelSelector = `${Labels.sparkAppSelector}=${replaced.sparkApplicationId}`
  const { items } = yield* kube.list(services, { namespace, labelSelector })
  yield* Effect.forEach(
    items,
    ({ metadata, spec }) => {
      const keys = replaced.keys.filter((key) => Object.hasOwn(spec?.selector ?? {}, key))
      const selector = Object.fromEntries(keys.map((key) => [key, null]))
      if (keys.length === 0) return Effect.void
      const body = { metadata: { uid: metadata?.uid }, spec: { selector } }
      return kube
        .patch(services, namespace, metadata?.name ?? "", { type: "merge", body })
        .pipe(ignoreNotFound, Effect.asVoid)
    },
    { discard: true },
  )
})
