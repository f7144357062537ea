/**
 * What the console shows: the stores that the kinds keep up to date for themselves. Each kind publishes its stores when it is made; the
 * console opens no watch of its own.
 */

import type { SparkApplication } from "../api/application/SparkApplication.ts"
import type { SparkConnect } from "../api/connect/SparkConnect.ts"
import type { SparkHistoryServer } from "../api/history/SparkHistoryServer.ts"
import type { ScheduledSparkApplication } from "../api/schedule/ScheduledSparkApplication.ts"
import { applicationKeyOf } from "../application/reconcile/Ownership.ts"
import { connectKeyOf } from "../connect/reconcile/Ownership.ts"
import type { Change, Store } from "../runtime/Store.ts"
import type { SeenPod } from "../spark/observe/PodPast.ts"
import type { WorkqueueReading } from "../telemetry/operator/RuntimeMetrics.ts"

export interface Stores {
  readonly applications: Store<SparkApplication>
  /** Drivers, executors and submitters. Indexed by `byApplication` of the kind. */
  readonly applicationPods: Store<SeenPod>
  readonly schedules: Store<ScheduledSparkApplication>
  readonly connects: Store<SparkConnect>
  /** Servers and executors. Indexed by `byConnect` of the kind. */
  readonly connectPods: Store<SeenPod>
  readonly historyServers: Store<SparkHistoryServer>
}

/** The kinds that the console shows, as in the paths of its API. */
export const shownKinds = ["applications", "schedules", "connects", "historyServers"] as const
export type ShownKind = (typeof shownKinds)[number]

/** Called with the key of the resource that changed, or whose pods did. */
export type Listener = (kind: ShownKind, key: string) => void

export type QueueReading = WorkqueueReading & { readonly name: string }

export interface Sources extends Stores {
  /** Returns what ends it. */
  readonly onChange: (listener: Listener) => () => void
  readonly queues: () => ReadonlyArray<QueueReading>
}

/** Receives stores from the kinds; complete when each has published its own. */
export interface Registry {
  readonly publish: (stores: Partial<Stores>) => void
  /** Undefined while a kind is missing, as in an operator that does not run all of them. */
  readonly complete: (queues: Sources["queues"]) => Sources | undefined
}

export const registry = (): Registry => {
  let published: Partial<Stores> = {}
  return {
    publish: (stores) => {
      published = { ...published, ...stores }
    },
    complete: (queues) => {
      const { applications, applicationPods, schedules, connects, connectPods, historyServers } = published
      if (!applications || !applicationPods || !schedules || !connects || !connectPods || !historyServers) {
        return undefined
      }
      const stores = { applications, applicationPods, schedules, connects, connectPods, historyServers }
      return { ...stores, queues, onChange: (listener) => subscribe(stores, listener) }
    },
  }
}

const subscribe = (stores: Stores, listener: Listener): (() => void) => {
  const ofPod = (kind: ShownKind, keyOf: (pod: SeenPod) => string | undefined) => (change: Change<SeenPod>) => {
    const pod = change.after ?? change.before
    const key = pod && keyOf(pod)
    if (key !== undefined) listener(kind, key)
  }
  const ends = [
    stores.applications.subscribe(({ key }) => listener("applications", key)),
    stores.applicationPods.subscribe(ofPod("applications", applicationKeyOf)),
    stores.schedules.subscribe(({ key }) => listener("schedules", key)),
    stores.connects.subscribe(({ key }) => listener("connects", key)),
    stores.connectPods.subscribe(ofPod("connects", connectKeyOf)),
    stores.historyServers.subscribe(({ key }) => listener("historyServers", key)),
  ]
  return () => ends.forEach((end) => end())
}
