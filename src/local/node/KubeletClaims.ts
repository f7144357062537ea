/**
 * The PersistentVolumeClaims without which a pod gets no node. Only their existence counts: the local cluster provisions no volumes, so a claim
 * stays `Pending`, as one of a storage class with `WaitForFirstConsumer` does until then.
 */

import { Effect, Option } from "effect"
import type { PersistentVolumeClaim, Pod } from "kubernetes-types/core/v1"
import type { Resource } from "../../kube/Resource.ts"
import { type Node, type PodWorker, update, warn } from "./KubeletNode.ts"

const claims: Resource<PersistentVolumeClaim> = {
  group: "",
  version: "v1",
  plural: "persistentvolumeclaims",
  kind: "PersistentVolumeClaim",
}

const claimsOf = (pod: Pod): ReadonlyArray<string> =>
  (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim === undefined ? [] : [persistentVolumeClaim.claimName],
  )

/** The scheduler's message (`FitError` and the plugin VolumeBinding), as Kubernetes 1.36 ends it. */
const unschedulable = (why: string) => `0/1 nodes are available: ${why}. not found`

/** Why a claim cannot be used; none if it can, or if that cannot be read. */
const obstacle = (node: Node, namespace: string, name: string): Effect.Effect<Option.Option<string>> =>
  node.kube.get(claims, namespace, name).pipe(
    Effect.map(({ metadata }) =>
      metadata?.deletionTimestamp === undefined
        ? Option.none()
        : Option.some(`persistentvolumeclaim "${name}" is being deleted`),
    ),
    Effect.catch((error) =>
      Effect.succeed(
        error.reason === "NotFound" ? Option.some(`persistentvolumeclaim "${name}" not found`) : Option.none(),
      ),
    ),
  )

/** Returns when every claim of the pod exists; checks five times a second. Until then the pod is unschedulable and says why. */
export const awaitClaims = Effect.fnUntraced(function* (node: Node, worker: PodWorker) {
  let reported: string | undefined
  for (const name of claimsOf(worker.pod)) {
    for (;;) {
      const why = yield* obstacle(node, worker.namespace, name)
      if (Option.isNone(why)) break
      const message = unschedulable(why.value)
      if (message !== reported) {
        reported = message
        yield* warn(node, worker, "FailedScheduling", message)
        yield* update(node, worker, { scheduling: { unschedulable: message } })
      }
      yield* Effect.sleep("200 millis")
    }
  }
})
