/**
 * What the operator knows of the cluster: the applications, and the driver and executor pods of their runs, kept up to date by watches;
 * and the final state of pods that were deleted before it was reported.
 */

import { Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import { sameJson } from "../../kube/json/SameJson.ts"
import { Kube } from "../../kube/Kube.ts"
import type { WatchMetrics } from "../../kube/Reflector.ts"
import * as LastSeen from "../../runtime/LastSeen.ts"
import type { Namespaces } from "../../runtime/namespaces/Namespaces.ts"
import * as Watched from "../../runtime/Watched.ts"
import * as Labels from "../../spark/Labels.ts"
import { followedPods, keepPod } from "../../spark/observe/FollowedPods.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import { applicationKeyOf } from "./Ownership.ts"

export interface Caches {
  readonly applications: Watched.Watched<SparkApplication>
  readonly pods: Watched.Watched<SeenPod>
  readonly lastSeen: LastSeen.LastSeen<SeenPod>
}

/** Index of the pods: by key of the application. */
export const byApplication = "application"

/** Empty until they are followed. */
export const make = (namespaces: Namespaces, metrics: WatchMetrics): Effect.Effect<Caches, never, Kube> =>
  Effect.map(Kube, (kube) => ({
    applications: Watched.make(kube, { resource: sparkApplications, namespaces, metrics, keep: keepApplication }),
    pods: Watched.make<SeenPod>(kube, {
      resource: followedPods,
      namespaces,
      metrics,
      labelSelector: `${Labels.launchedBy}=true,!${Labels.connectName}`,
      keep: keepPod,
      indexes: { [byApplication]: (pod) => [applicationKeyOf(pod)].filter((key) => key !== undefined) },
    }),
    lastSeen: LastSeen.make<SeenPod>(),
  }))

/** What hardly ever changes stays the same object: it is in memory once, and what was found out about it (`ReadSpec.ts`) still holds. */
const keepApplication = (application: SparkApplication, before: SparkApplication | undefined): SparkApplication => {
  if (before === undefined) return application
  const spec = sameJson(application.spec, before.spec) ? before.spec : application.spec
  const { labels } = sameJson(application.metadata.labels, before.metadata.labels)
    ? before.metadata
    : application.metadata
  return { ...application, spec, metadata: { ...application.metadata, ...(labels && { labels }) } }
}
