/** SparkHistoryServer as a kind that the operator runs: its caches, what their changes do, and its reconcile. */

import { Effect, type Scope } from "effect"
import type { SparkHistoryServer } from "../api/history/SparkHistoryServer.ts"
import { sparkHistoryServers } from "../api/Kinds.ts"
import type { EventRecorder } from "../kube/EventRecorder.ts"
import * as RouteCheck from "../kube/gateway/RouteCheck.ts"
import { Kube } from "../kube/Kube.ts"
import type { PodReports } from "../pods/PodReports.ts"
import type { Kind } from "../runtime/Kind.ts"
import * as LeftNotices from "../runtime/namespaces/LeftNotices.ts"
import { forEachSelected, type Namespaces } from "../runtime/namespaces/Namespaces.ts"
import type { Change } from "../runtime/Store.ts"
import * as Watched from "../runtime/Watched.ts"
import { Telemetry } from "../telemetry/Telemetry.ts"
import * as Caches from "./reconcile/Caches.ts"
import * as Reconcile from "./reconcile/Reconcile.ts"
import * as Report from "./reconcile/Report.ts"
import * as StrayRoutes from "./reconcile/StrayRoutes.ts"
import * as Targets from "./select/Targets.ts"
import * as HistoryMetrics from "./telemetry/HistoryMetrics.ts"

export interface HistoryServers extends Targets.Providers {
  readonly watched: Watched.Watched<SparkHistoryServer>
}

/** The servers and whom they select, for this kind and for those that submit applications. Followed by this kind. */
export const servers = Effect.fnUntraced(function* (
  namespaces: Namespaces,
): Effect.fn.Return<HistoryServers, never, Kube | Telemetry> {
  const { kube: metrics } = yield* Telemetry
  const watched = Caches.watchServers(yield* Kube, namespaces, metrics)
  return { watched, ...Targets.make(watched.store.values) }
})

export interface HistoryKindOptions {
  readonly namespaces: Namespaces
  readonly workers: number
  readonly servers: HistoryServers
  readonly podReports: PodReports
  readonly events: EventRecorder
}

/** The name of the work queue. */
export const historyQueue = "spark_history_server_controller"

export const make = Effect.fnUntraced(function* ({
  namespaces,
  workers,
  servers: { watched, others },
  podReports,
  events,
}: HistoryKindOptions): Effect.fn.Return<Kind, never, Kube | Telemetry | Scope.Scope> {
  const telemetry = yield* Telemetry
  const metrics = HistoryMetrics.make(telemetry)
  forEachSelected(namespaces, metrics.namespaceSelected)
  const caches = Caches.make(yield* Kube, namespaces, telemetry.kube)
  const routes = yield* RouteCheck.make

  const observed = ({ key, before, after }: Change<SparkHistoryServer>) => {
    if (before?.status !== after?.status || before?.metadata.uid !== after?.metadata.uid)
      metrics.observed(before, after)
    return key
  }
  const reconcile = Reconcile.make({
    servers: watched.store,
    sources: {
      caches,
      podReports,
      providers: { others },
      rewritten: new Set(),
      strayRoutes: StrayRoutes.make(),
      routes,
    },
    report: Report.make({ events, written: (server) => watched.store.put(server).forEach(observed) }),
  })

  // A server is never finished.
  const notices = LeftNotices.make({
    resource: sparkHistoryServers,
    watched,
    namespaces,
    isUnfinished: () => true,
    events,
  })

  return {
    name: historyQueue,
    lanes: { servers: workers },
    follow: (changed, leading) => {
      podReports.join({ pods: caches.pods, keyOf: Caches.serverKeyOf, changed })
      /** Another spec may select what others select. */
      const take = (change: Change<SparkHistoryServer>) => {
        if (change.before?.metadata.generation !== change.after?.metadata.generation) {
          for (const { metadata } of watched.store.values()) changed(`${metadata.namespace}/${metadata.name}`)
        }
        return observed(change)
      }
      return Watched.follow([watched.taking(take), ...caches.taken], namespaces, changed, leading)
    },
    ready: watched.store.ready,
    liveness: () => [...watched.liveness(), ...caches.liveness()],
    reconcile,
    asLeader: [notices],
  }
})
