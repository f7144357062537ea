/** SparkConnect as a kind that the operator runs: its caches, what their changes do, its reconcile, and the readings of sessions. */

import { Effect, type Scope } from "effect"
import { sparkConnectCrd } from "../api/connect/CustomResource.ts"
import type { SparkConnect } from "../api/connect/SparkConnect.ts"
import { installDefinitions } from "../api/Crds.ts"
import { sparkConnects } from "../api/Kinds.ts"
import { exampleStatus } from "../api/schema/Example.ts"
import type { EventRecorder } from "../kube/EventRecorder.ts"
import * as RouteCheck from "../kube/gateway/RouteCheck.ts"
import type { Kube } from "../kube/Kube.ts"
import type { HealthSettings } from "../pods/HealthSettings.ts"
import type { PodReports } from "../pods/PodReports.ts"
import * as DefinitionCheck from "../runtime/DefinitionCheck.ts"
import type { Kind } from "../runtime/Kind.ts"
import * as LeftNotices from "../runtime/namespaces/LeftNotices.ts"
import { forEachSelected, type Namespaces } from "../runtime/namespaces/Namespaces.ts"
import * as StatusWrites from "../runtime/StatusWrites.ts"
import * as Watched from "../runtime/Watched.ts"
import { SpanSink } from "../telemetry/otlp/SpanSink.ts"
import { Telemetry } from "../telemetry/Telemetry.ts"
import * as ActivityFollower from "./activity/ActivityFollower.ts"
import * as Caches from "./reconcile/Caches.ts"
import * as Changes from "./reconcile/Changes.ts"
import { connectKeyOf } from "./reconcile/Ownership.ts"
import type { ConnectRules } from "./reconcile/ReadSpec.ts"
import * as Reconcile from "./reconcile/Reconcile.ts"
import * as Report from "./reconcile/Report.ts"
import * as ConnectMetrics from "./telemetry/ConnectMetrics.ts"

export interface ConnectKindOptions {
  readonly namespaces: Namespaces
  readonly workers: number
  readonly rules: Omit<ConnectRules, "healthDefaults">
  readonly healthSettings: HealthSettings
  readonly podReports: PodReports
  /** Absent: servers are not asked for their sessions. */
  readonly activity: ActivityFollower.ActivityOptions | undefined
  readonly events: EventRecorder
  /** Gets the stores that the kind keeps up to date, for reading. */
  readonly publish?: ((stores: ActivityFollower.ActivityCaches) => void) | undefined
}

/** The name of the work queue. */
export const connectQueue = "spark_connect_controller"

export const make = Effect.fnUntraced(function* (
  options: ConnectKindOptions,
): Effect.fn.Return<Kind, never, Kube | Telemetry | Scope.Scope> {
  const { namespaces, events, workers, healthSettings, podReports } = options
  const rules = { ...options.rules, healthDefaults: healthSettings.read }
  const telemetry = yield* Telemetry
  const metrics = ConnectMetrics.make(telemetry)
  forEachSelected(namespaces, metrics.namespaceSelected)
  const { connects, pods, services, lastSeen } = yield* Caches.make(namespaces, telemetry.kube)
  const stores = { connects: connects.store, pods: pods.store }
  options.publish?.(stores)
  const activity = options.activity && (yield* ActivityFollower.make(stores, options.activity, metrics))

  const definition = DefinitionCheck.make({
    resource: sparkConnects,
    example: exampleStatus(sparkConnectCrd),
    waiting: "starts and restarts of servers",
    remedy: installDefinitions,
    objects: connects.store,
    reread: Effect.suspend(() => connects.reread(changes.ofConnect)),
    events,
    metrics: telemetry.runtime,
  })
  const writes: StatusWrites.StatusWrites<SparkConnect, Report.ConnectWrite> = StatusWrites.make()
  const committed = Report.committedTo(lastSeen, metrics, yield* SpanSink)
  const changes = Changes.make({ lastSeen, definition, writes, committed, metrics })
  const report = Report.make({ connects: connects.store, changes, definition, writes, committed, lastSeen, events })
  const reconcile = Reconcile.make({
    connects: connects.store,
    sources: {
      pods: pods.store,
      services: services.store,
      lastSeen,
      podReports,
      activity: activity ?? ActivityFollower.noActivity,
    },
    drop: lastSeen.drop,
    definition,
    report,
    routes: yield* RouteCheck.make,
    rules,
    followsActivity: activity !== undefined,
  })
  // A server is never finished.
  const notices = LeftNotices.make({
    resource: sparkConnects,
    watched: connects,
    namespaces,
    isUnfinished: () => true,
    events,
  })
  const ready = [connects.store.ready, pods.store.ready, services.store.ready, healthSettings.ready]

  return {
    name: connectQueue,
    lanes: { servers: workers },
    follow: (changed, leading) => {
      podReports.join({ pods: pods.store, keyOf: connectKeyOf, changed })
      return Watched.follow(
        [
          connects.taking(changes.ofConnect, changes.ofAside),
          pods.taking(changes.ofPod),
          services.taking(changes.ofService),
        ],
        namespaces,
        changed,
        leading,
      )
    },
    ready: Effect.all(ready, { concurrency: "unbounded", discard: true }),
    liveness: () => [...connects.liveness(), ...pods.liveness(), ...services.liveness()],
    definition,
    reconcile,
    asLeader: [notices, ...(activity === undefined ? [] : [activity.run])],
  }
})
