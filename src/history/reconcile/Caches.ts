/**
 * What the operator knows of the cluster: the SparkHistoryServers, and what belongs to them. Objects and pods are watched only from the first
 * history server on, and HTTPRoutes from the first that requests one, so a cluster without any pays for one watch.
 */

import { Effect, Latch } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { sparkHistoryServers } from "../../api/Kinds.ts"
import type { KubeApi } from "../../kube/Kube.ts"
import type { Liveness, WatchMetrics } from "../../kube/Reflector.ts"
import { type KubeObject, pods as podResource, type Resource } from "../../kube/Resource.ts"
import type { Namespaces } from "../../runtime/namespaces/Namespaces.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import * as Watched from "../../runtime/Watched.ts"
import { httpRoutes } from "../../spark/access/HttpRoute.ts"
import * as Labels from "../../spark/Labels.ts"
import type { Existing } from "../decide/Situation.ts"
import { managed } from "../objects/Objects.ts"

/** Index of pods and objects: by key of the SparkHistoryServer. */
const byServer = "server"

/** Key of the SparkHistoryServer that an object belongs to, by its label. */
export const serverKeyOf = (object: KubeObject): string | undefined => {
  const name = object.metadata?.labels?.[Labels.historyServer]
  return name === undefined ? undefined : keyOf({ metadata: { ...object.metadata, name } })
}

export interface Caches {
  readonly pods: Store<Pod>
  readonly podsOf: (key: string) => ReadonlyArray<Pod>
  readonly objectsOf: (key: string) => ReadonlyArray<Existing>
  /** The operator's own write, before the watch delivers it. */
  readonly put: (resource: Resource, object: KubeObject) => void
  /** Starts the watches, if they have not been, and waits for what they list. Without `routes`, HTTPRoutes are left out. */
  readonly filled: (routes: boolean) => Effect.Effect<void>
  readonly liveness: () => ReadonlyArray<Liveness>
  readonly taken: ReadonlyArray<Watched.Taken>
}

/** The servers are watched by themselves, since other kinds ask which of them selects an application. */
export const watchServers = (
  kube: KubeApi,
  namespaces: Namespaces,
  metrics: WatchMetrics,
): Watched.Watched<SparkHistoryServer> =>
  // An operator that was updated before the definitions runs applications all the same.
  Watched.make(kube, { resource: sparkHistoryServers, namespaces, metrics, optional: true })

/** A started pod is known by its metadata and its status. */
const keepPod = ({ metadata, status }: Pod): Pod => ({ ...(metadata && { metadata }), ...(status && { status }) })

/** Empty until they are followed and a server needs them. */
export const make = (kube: KubeApi, namespaces: Namespaces, metrics: WatchMetrics): Caches => {
  const indexes = { [byServer]: (object: KubeObject) => [serverKeyOf(object)].filter((key) => key !== undefined) }
  const options = { namespaces, metrics, labelSelector: Labels.historyServer, indexes }
  const take = ({
    before,
    after,
  }: {
    readonly before: KubeObject | undefined
    readonly after: KubeObject | undefined
  }) => serverKeyOf(after ?? before ?? {})
  const lazily = <A extends KubeObject>(resource: Resource, watched: Watched.Watched<A>) => {
    const needed = Latch.makeUnsafe(false)
    const eager = watched.taking(take)
    const taken: Watched.Taken = {
      ...eager,
      run: (changed, isSilent) => Effect.andThen(needed.await, eager.run(changed, isSilent)),
    }
    return { resource, watched, taken, filled: Effect.andThen(needed.open, watched.store.ready) }
  }
  const pods = lazily(podResource, Watched.make<Pod>(kube, { ...options, resource: podResource, keep: keepPod }))
  const objects = managed.map((resource) =>
    // Without the right to list them, or without the Gateway API, the first write is refused, and the status says why.
    lazily(resource, Watched.make<KubeObject>(kube, { ...options, resource, optional: true })),
  )
  const all = [pods, ...objects]

  return {
    pods: pods.watched.store,
    podsOf: (key) => pods.watched.store.by(byServer, key),
    objectsOf: (key) =>
      objects.flatMap(({ resource, watched }) =>
        watched.store.by(byServer, key).map((object): Existing => ({ resource, object })),
      ),
    put: (resource, object) => void objects.find((one) => one.resource === resource)?.watched.store.put(object),
    filled: (routes) =>
      Effect.forEach(
        all.filter(({ resource }) => routes || resource !== httpRoutes),
        ({ filled }) => filled,
        { concurrency: "unbounded", discard: true },
      ),
    liveness: () => all.flatMap(({ watched }) => watched.liveness()),
    taken: all.map(({ taken }) => taken),
  }
}
