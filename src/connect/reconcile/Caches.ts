/** What the operator knows of the cluster: the SparkConnects, the pods of servers and executors, and their Services, kept by watches. */

import { Effect } from "effect"
import type { Service } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import { sparkConnects } from "../../api/Kinds.ts"
import { Kube } from "../../kube/Kube.ts"
import type { WatchMetrics } from "../../kube/Reflector.ts"
import { type KubeObject, services as serviceResource } from "../../kube/Resource.ts"
import * as LastSeen from "../../runtime/LastSeen.ts"
import type { Namespaces } from "../../runtime/namespaces/Namespaces.ts"
import * as Watched from "../../runtime/Watched.ts"
import * as Labels from "../../spark/Labels.ts"
import { followedPods, keepPod } from "../../spark/observe/FollowedPods.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import { connectKeyOf } from "./Ownership.ts"

export interface Caches {
  readonly connects: Watched.Watched<SparkConnect>
  readonly pods: Watched.Watched<SeenPod>
  readonly services: Watched.Watched<Service>
  readonly lastSeen: LastSeen.LastSeen<SeenPod>
}

/** Index of pods and Services: by key of the SparkConnect. */
export const byConnect = "connect"

/** Empty until they are followed. */
export const make = (namespaces: Namespaces, metrics: WatchMetrics): Effect.Effect<Caches, never, Kube> =>
  Effect.map(Kube, (kube) => ({
    connects: Watched.make(kube, {
      resource: sparkConnects,
      namespaces,
      metrics,
      // An operator that was updated before the definitions runs applications all the same.
      optional: true,
    }),
    pods: Watched.make<SeenPod>(kube, {
      resource: followedPods,
      namespaces,
      metrics,
      labelSelector: `${Labels.launchedBy}=true,${Labels.connectName}`,
      keep: keepPod,
      indexes: { [byConnect]: byKey },
    }),
    services: Watched.make(kube, {
      resource: serviceResource,
      namespaces,
      metrics,
      labelSelector: Labels.connectName,
      indexes: { [byConnect]: byKey },
    }),
    lastSeen: LastSeen.make<SeenPod>(),
  }))

const byKey = (object: KubeObject) => [connectKeyOf(object)].filter((key) => key !== undefined)
