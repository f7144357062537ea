/**
 * The Deployment controller of the local cluster: the pods of the template, replaced by the strategy, and the status. The Deployment owns its
 * pods itself; there are no ReplicaSets. One fiber does everything, in the order of the events.
 */

import { createHash } from "node:crypto"
import { Clock, Effect, Stream } from "effect"
import type { Deployment, DeploymentCondition, DeploymentStatus } from "kubernetes-types/apps/v1"
import type { Pod } from "kubernetes-types/core/v1"
import { Kube, type KubeApi } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { type ReflectorEvent, reflect } from "../../kube/Reflector.ts"
import { type KubeObject, pods, resource } from "../../kube/Resource.ts"
import { timestamp } from "../../kube/Time.ts"
import { keyOf, make as makeStore, type Store } from "../../runtime/Store.ts"

const deployments = resource<Deployment>("apps", "v1", "deployments", "Deployment")

const hashLabel = "pod-template-hash"
const byOwner = "owner"

const ownersOf = ({ metadata }: Pod) =>
  (metadata?.ownerReferences ?? []).filter(({ kind }) => kind === "Deployment").map(({ uid }) => uid)

const hashOf = ({ spec }: Deployment): string =>
  createHash("sha256")
    .update(JSON.stringify(spec?.template ?? {}))
    .digest("hex")
    .slice(0, 10)

const podOf = ({ metadata = {}, spec }: Deployment, hash: string): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  ...spec?.template,
  metadata: {
    ...spec?.template.metadata,
    generateName: `${metadata.name ?? ""}-${hash}-`,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    labels: { ...spec?.template.metadata?.labels, [hashLabel]: hash },
    ownerReferences: [
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        name: metadata.name ?? "",
        uid: metadata.uid ?? "",
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
})

const isReady = ({ status }: Pod) =>
  status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false
const isLeaving = ({ metadata }: Pod) => metadata?.deletionTimestamp !== undefined
/** A pod that has ended is replaced; its object stays. */
const hasEnded = ({ status }: Pod) => status?.phase === "Failed" || status?.phase === "Succeeded"

interface Plan {
  readonly create: number
  readonly remove: ReadonlyArray<Pod>
}

/** With a rolling update there is one more pod than wanted, and never one less that is ready. */
const planOf = (deployment: Deployment, hash: string, all: ReadonlyArray<Pod>): Plan => {
  const wanted = deployment.spec?.replicas ?? 1
  const active = all.filter((pod) => !isLeaving(pod) && !hasEnded(pod))
  const isNew = ({ metadata }: Pod) => metadata?.labels?.[hashLabel] === hash
  const [current, old] = [active.filter(isNew), active.filter((pod) => !isNew(pod))]
  const surplus = current.slice(wanted)
  if (deployment.spec?.strategy?.type === "Recreate") {
    const isClear = old.length === 0 && all.every((pod) => isNew(pod) || hasEnded(pod))
    return { create: isClear ? Math.max(0, wanted - current.length) : 0, remove: [...surplus, ...old] }
  }
  const room = wanted + (old.length > 0 ? 1 : 0) - active.length
  const unready = old.filter((pod) => !isReady(pod))
  const spare = Math.max(0, active.filter(isReady).length - wanted)
  return {
    create: Math.max(0, Math.min(room + unready.length, wanted - current.length)),
    remove: [...surplus, ...unready, ...old.filter(isReady).slice(0, spare)],
  }
}

const conditionsOf = (
  before: ReadonlyArray<DeploymentCondition> = [],
  now: string,
  ready: number,
  wanted: number,
  complete: boolean,
): Array<DeploymentCondition> => {
  const of = (type: string, isTrue: boolean, reason: string): DeploymentCondition => {
    const status = isTrue ? "True" : "False"
    const known = before.find((one) => one.type === type)
    const since = known?.status === status ? (known.lastTransitionTime ?? now) : now
    return { type, status, reason, lastTransitionTime: since, lastUpdateTime: since }
  }
  return [
    of("Available", ready >= wanted, ready >= wanted ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable"),
    of("Progressing", true, complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated"),
  ]
}

const statusOf = (deployment: Deployment, hash: string, all: ReadonlyArray<Pod>, now: string): DeploymentStatus => {
  const wanted = deployment.spec?.replicas ?? 1
  const active = all.filter((pod) => !isLeaving(pod) && !hasEnded(pod))
  const updated = active.filter(({ metadata }) => metadata?.labels?.[hashLabel] === hash)
  const ready = active.filter(isReady).length
  const complete = updated.length === wanted && active.length === wanted && ready === wanted
  return {
    observedGeneration: deployment.metadata?.generation ?? 0,
    replicas: active.length,
    updatedReplicas: updated.length,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, wanted - ready),
    conditions: conditionsOf(deployment.status?.conditions, now, ready, wanted, complete),
  }
}

/** One step: pods that are missing are created, those that are too many deleted; the own writes are in the store at once. */
const reconcile = Effect.fnUntraced(function* (
  kube: KubeApi,
  deployment: Deployment,
  store: Store<Pod>,
): Effect.fn.Return<void, KubeError> {
  const { namespace = "default", name = "", uid = "" } = deployment.metadata ?? {}
  const hash = hashOf(deployment)
  const { create, remove } = planOf(deployment, hash, store.by(byOwner, uid))
  for (const pod of remove) {
    const deletionTimestamp = timestamp(yield* Clock.currentTimeMillis)
    yield* Effect.ignore(kube.delete(pods, namespace, pod.metadata?.name ?? "", { uid: pod.metadata?.uid }))
    // The same version, so that what the watch delivers replaces it.
    store.reread({ ...pod, metadata: { ...pod.metadata, deletionTimestamp } })
  }
  for (let made = 0; made < create; made++) store.put(yield* kube.create(pods, namespace, podOf(deployment, hash)))
  const status = statusOf(deployment, hash, store.by(byOwner, uid), timestamp(yield* Clock.currentTimeMillis))
  if (JSON.stringify(status) === JSON.stringify(deployment.status)) return
  yield* kube.patch(deployments, namespace, name, {
    type: "merge",
    subresource: "status",
    body: { metadata: { uid }, status },
  })
})

/** Runs until its scope closes. */
export const run = Effect.gen(function* () {
  const kube = yield* Kube
  const wanted = makeStore<Deployment>()
  const made = makeStore<Pod>({ indexes: { [byOwner]: ownersOf } })
  const step = (deployment: Deployment) =>
    deployment.metadata?.deletionTimestamp !== undefined
      ? Effect.void
      : Effect.catch(reconcile(kube, deployment, made), ({ reason, message }) =>
          reason === "NotFound" || reason === "Conflict"
            ? Effect.void
            : Effect.logWarning(`Deployment ${keyOf(deployment)}: ${message}`),
        )
  const ofPod = (pod: Pod | undefined) => {
    const [owner] = pod === undefined ? [] : ownersOf(pod)
    return [...wanted.values()].filter(({ metadata }) => metadata?.uid === owner && owner !== undefined)
  }
  const events = <A extends KubeObject>(
    of: Stream.Stream<ReflectorEvent<A>>,
    store: Store<A>,
    affected: (before: A | undefined, after: A | undefined) => ReadonlyArray<Deployment>,
  ) => Stream.map(of, (event) => () => store.apply(event).flatMap(({ before, after }) => affected(before, after)))
  yield* Stream.merge(
    events(reflect(kube, deployments).events, wanted, (_, after) => (after === undefined ? [] : [after])),
    events(reflect(kube, pods).events, made, (before, after) => ofPod(after ?? before)),
  ).pipe(
    Stream.runForEach((apply) =>
      Effect.suspend(() => {
        const affected = new Set(apply().map(keyOf))
        return Effect.forEach(
          [...affected].flatMap((key) => wanted.get(key) ?? []),
          step,
          { discard: true },
        )
      }),
    ),
  )
  return yield* Effect.never
})
