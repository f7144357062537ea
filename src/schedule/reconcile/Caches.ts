/** What the operator knows of schedules and their runs, kept up to date by watches; and runs that were deleted. */

import { Effect } from "effect"
import { scheduledSparkApplications } from "../../api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { Kube } from "../../kube/Kube.ts"
import type { WatchMetrics } from "../../kube/Reflector.ts"
import * as LastSeen from "../../runtime/LastSeen.ts"
import type { Namespaces } from "../../runtime/namespaces/Namespaces.ts"
import * as Watched from "../../runtime/Watched.ts"
import * as Labels from "../../spark/Labels.ts"
import { keepRun, ownersOf, type RunObject, runs } from "./Runs.ts"

export interface Caches {
  readonly schedules: Watched.Watched<ScheduledSparkApplication>
  readonly runs: Watched.Watched<RunObject>
  /** Deleted runs: the status of their schedule may know neither that they were started nor how they ended. */
  readonly lastSeen: LastSeen.LastSeen<RunObject>
}

/** Index of the runs: by uid of the schedule that owns them. */
export const byOwner = "owner"

/** Of the managed fields, only who manages any is of interest. */
const keepSchedule = ({ metadata, ...schedule }: ScheduledSparkApplication): ScheduledSparkApplication => {
  const { managedFields, ...rest } = metadata
  const managers = [...new Set((managedFields ?? []).flatMap(({ manager }) => manager ?? []))]
  return { ...schedule, metadata: { ...rest, managedFields: managers.map((manager) => ({ manager })) } }
}

/** Empty until they are followed. */
export const make = (namespaces: Namespaces, metrics: WatchMetrics): Effect.Effect<Caches, never, Kube> =>
  Effect.map(Kube, (kube) => ({
    schedules: Watched.make(kube, {
      resource: scheduledSparkApplications,
      namespaces,
      metrics,
      keep: keepSchedule,
      // An operator that was updated before the definitions runs applications all the same.
      optional: true,
    }),
    runs: Watched.make<RunObject>(kube, {
      resource: runs,
      namespaces,
      metrics,
      labelSelector: Labels.scheduledAppName,
      keep: keepRun,
      indexes: { [byOwner]: ownersOf },
    }),
    lastSeen: LastSeen.make<RunObject>(),
  }))
