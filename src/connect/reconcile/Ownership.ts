/** Whether an object belongs to a SparkConnect: a matching name is not proof, the uid of its owner is. */

import type { Pod } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import { sparkConnects } from "../../api/Kinds.ts"
import type { KubeObject } from "../../kube/Resource.ts"
import { keyOf } from "../../runtime/Store.ts"
import * as Labels from "../../spark/Labels.ts"
import { deletionOf } from "../../spark/observe/Deletion.ts"
import { driverFacts, type Kill } from "../../spark/observe/PodFacts.ts"
import type { Server, ServerPod } from "../lifecycle/Observed.ts"

/** Key of the SparkConnect that an object belongs to, by its labels. */
export const connectKeyOf = (object: KubeObject): string | undefined => {
  const name = object.metadata?.labels?.[Labels.connectName]
  return name === undefined ? undefined : keyOf({ metadata: { ...object.metadata, name } })
}

/** Owned by this very SparkConnect, not by an earlier one of the same name. */
export const ownedBy = (object: KubeObject, { metadata }: SparkConnect): boolean =>
  object.metadata?.ownerReferences?.some(({ uid }) => uid === metadata.uid) ?? false

/** Of an earlier SparkConnect of this name: the garbage collector deletes it. */
export const isLeaving = (object: KubeObject, { metadata }: SparkConnect): boolean =>
  object.metadata?.ownerReferences?.some(
    ({ kind, name, uid }) => kind === sparkConnects.kind && name === metadata.name && uid !== metadata.uid,
  ) ?? false

/** The object that has a name that is needed, in a sentence. */
export const takenBy = ({ kind, metadata }: KubeObject): string =>
  `${kind ?? "an object"} ${metadata?.name} exists already and does not belong to this SparkConnect; delete it or rename the SparkConnect`

/** `deleted`: the pod is gone and this is its last state. */
export const serverFacts = (pod: Pod, deleted = false, kill?: Kill): ServerPod => {
  const facts = driverFacts(pod, deleted, kill)
  const annotations = pod.metadata?.annotations ?? {}
  const attempt = Number(annotations[Labels.attemptAnnotation])
  return {
    ...facts,
    ip: pod.status?.podIP,
    ready: facts.readyAt !== undefined && facts.phase === "Running",
    attempt: attempt > 0 ? attempt : undefined,
    revision: annotations[Labels.revisionAnnotation],
  }
}

/** What a pod with the name of the server is for this SparkConnect. `factsOf`: the facts of one that is its own. */
export const serverOf = (pod: Pod, connect: SparkConnect, factsOf: (pod: Pod) => ServerPod = serverFacts): Server => {
  if (ownedBy(pod, connect)) return { _tag: "Own", pod: factsOf(pod) }
  if (!isLeaving(pod, connect)) return { _tag: "Foreign", message: takenBy({ ...pod, kind: "Pod" }) }
  const deletion = deletionOf(pod)
  const message = `pod ${pod.metadata?.name} of an earlier SparkConnect of this name still exists`
  return { _tag: "Leaving", message: deletion === undefined ? message : `${message}: ${deletion}` }
}
