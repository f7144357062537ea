/**
 * Sets labels of the pods of a run. Those that change are removed from the selector of the driver's Service first, so that it never loses the
 * driver.
 */

import { Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { ignoreNotFound } from "../../kube/Idempotent.ts"
import { Kube } from "../../kube/Kube.ts"
import { pods } from "../../kube/Resource.ts"
import type { Action } from "../lifecycle/Action.ts"
import { unselect } from "./ServiceSelector.ts"

/** Following the run matters more than the labels of its pods: a failure is logged, and the next reconcile tries again. */
export const labelPods = Effect.fn("labelPods")(function* (
  action: Extract<Action, { _tag: "LabelPods" }>,
  { metadata: { namespace } }: SparkApplication,
): Effect.fn.Return<void, never, Kube> {
  const kube = yield* Kube
  const label = Effect.forEach(
    action.pods,
    ({ name, uid, labels }) =>
      kube.patch(pods, namespace, name, { type: "merge", body: { metadata: { uid, labels } } }).pipe(ignoreNotFound),
    { concurrency: 10, discard: true },
  )
  yield* Effect.andThen(action.replaced ? unselect(action.replaced, namespace) : Effect.void, label).pipe(
    Effect.catch((error) =>
      Effect.logWarning("labels of pods cannot be updated").pipe(
        Effect.annotateLogs({ pods: action.pods.length, error: error.message }),
      ),
    ),
  )
})
