/** SparkApplication as a kind that the operator runs: its caches, what their changes do, its reconcile, and the readings of progress. */

import { Effect, type Scope } from "effect"
import { sparkApplicationCrd } from "../api/application/CustomResource.ts"
import type { SparkApplication } from "../api/application/SparkApplication.ts"
import { installDefinitions } from "../api/Crds.ts"
import { sparkApplications } from "../api/Kinds.ts"
import { exampleStatus } from "../api/schema/Example.ts"
import { isFinal, stateOf } from "../api/States.ts"
import type { EventRecorder } from "../kube/EventRecorder.ts"
import * as RouteCheck from "../kube/gateway/RouteCheck.ts"
import type { Kube } from "../kube/Kube.ts"
import type { CostPrices } from "../pods/CostPrices.ts"
import type { HealthSettings } from "../pods/HealthSettings.ts"
import type { PodReports } from "../pods/PodReports.ts"
import * as DefinitionCheck from "../runtime/DefinitionCheck.ts"
import type { Kind } from "../runtime/Kind.ts"
import * as LeftNotices from "../runtime/namespaces/LeftNotices.ts"
import { forEachSelected, type Namespaces } from "../runtime/namespaces/Namespaces.ts"
import * as StatusWrites from "../runtime/StatusWrites.ts"
import * as Watched from "../runtime/Watched.ts"
import type { SeenPod } from "../spark/observe/PodPast.ts"
import { Telemetry } from "../telemetry/Telemetry.ts"
import type { Policy } from "./lifecycle/Situation.ts"
import * as ProgressFollower from "./progress/ProgressFollower.ts"
import * as Caches from "./reconcile/Caches.ts"
import * as Changes from "./reconcile/Changes.ts"
import * as ChildrenWork from "./reconcile/ChildrenWork.ts"
import { applicationKeyOf } from "./reconcile/Ownership.ts"
import type { SpecRules } from "./reconcile/ReadSpec.ts"
import * as Reconcile from "./reconcile/Reconcile.ts"
import * as Report from "./reconcile/Report.ts"
import type { ApplicationWrite } from "./reconcile/Reported.ts"
import * as Reported from "./reconcile/Reported.ts"
import * as ApplicationMetrics from "./telemetry/ApplicationMetrics.ts"
import * as AttemptTraces from "./telemetry/AttemptTraces.ts"
import { applicationQueue } from "./telemetry/KnownValues.ts"
import * as PodHandling from "./telemetry/PodHandling.ts"
import * as PodUses from "./usage/PodUses.ts"

export interface ApplicationKindOptions {
  readonly namespaces: Namespaces
  readonly workers: { readonly status: number; readonly submission: number }
  readonly policy: Omit<Policy, "progressSeconds">
  readonly rules: Omit<SpecRules, "followsProgress" | "healthDefaults">
  /** Absent: drivers are not asked for their progress. */
  readonly progress: ProgressFollower.ProgressOptions | undefined
  readonly healthSettings: HealthSettings
  readonly podReports: PodReports
  readonly costPrices: CostPrices
  readonly metrics: ApplicationMetrics.ApplicationMetricsSettings
  readonly events: EventRecorder
  /** Gets the stores that the kind keeps up to date, for reading. */
  readonly publish?: ((stores: ProgressFollower.ProgressCaches) => void) | undefined
}

/** A change of the progress alone is written together with those of the following readings. */
const readingsPerWrite = 3

export const make = Effect.fnUntraced(function* (
  options: ApplicationKindOptions,
): Effect.fn.Return<Kind, never, Kube | Telemetry | Scope.Scope> {
  const { namespaces, events, policy, rules, workers, healthSettings, podReports, costPrices } = options
  const telemetry = yield* Telemetry
  const metrics = ApplicationMetrics.make(telemetry, options.metrics)
  forEachSelected(namespaces, metrics.namespaceSelected)
  const traces = yield* AttemptTraces.make
  const { applications, pods, lastSeen } = yield* Caches.make(namespaces, telemetry.kube)
  podReports.countWith(({ pod: { namespace }, role, probe }, preset, times) =>
    metrics.probeFailed({ namespace, role, probe, preset }, times),
  )
  const stores = { applications: applications.store, pods: pods.store }
  options.publish?.(stores)
  const progress = options.progress && (yield* ProgressFollower.make(stores, options.progress, metrics))

  const definition = DefinitionCheck.make({
    resource: sparkApplications,
    example: exampleStatus(sparkApplicationCrd),
    waiting: "submissions and restarts",
    remedy: installDefinitions,
    objects: applications.store,
    reread: Effect.suspend(() => applications.reread(changes.ofApplication)),
    events,
    metrics: telemetry.runtime,
  })
  const writes: StatusWrites.StatusWrites<SparkApplication, ApplicationWrite> = StatusWrites.make()
  const podUses = PodUses.make(pods.store)
  const reported = Reported.make({ lastSeen, metrics, traces, podUses })
  const changes = Changes.make({
    lastSeen,
    definition,
    writes,
    reported,
    metrics,
    traces,
    podReports,
    podUses,
  })
  const podHandling = PodHandling.make(metrics.podHandled)
  const takePod: Watched.Take<SeenPod> = (change, now, received) => {
    const key = changes.ofPod(change, now)
    if (key !== undefined) podHandling.arrived(key, change, received)
    return key
  }
  const report = Report.make({ applications: applications.store, changes, definition, writes, reported, events })
  const childrenWork = yield* ChildrenWork.make
  const routes = yield* RouteCheck.make
  const reconcile = Reconcile.make({
    applications: applications.store,
    namespaces,
    sources: { pods: pods.store, podReports, progress: progress ?? ProgressFollower.noReadings },
    lastSeen,
    definition,
    report,
    childrenWork,
    routes,
    podUses,
    priceOf: costPrices.priceOf,
    policy: { ...policy, progressSeconds: options.progress && readingsPerWrite * options.progress.shortest },
    rules: { ...rules, healthDefaults: healthSettings.read },
  })
  const notices = LeftNotices.make({
    resource: sparkApplications,
    watched: applications,
    namespaces,
    isUnfinished: ({ status }) => !isFinal(stateOf(status)),
    events,
  })
  const logSynced = Effect.suspend(() =>
    Effect.logInfo("caches are synced", { applications: applications.store.size(), pods: pods.store.size() }),
  )

  return {
    name: applicationQueue,
    lanes: workers,
    laneOf: (key) => Reconcile.laneOf(applications.store.get(key)),
    follow: (changed, leading) => {
      childrenWork.wakes(changed)
      podReports.join({ pods: pods.store, keyOf: applicationKeyOf, changed })
      return Watched.follow(
        [applications.taking(changes.ofApplication, changes.ofAside), pods.taking(takePod)],
        namespaces,
        (key) => {
          changed(key)
          progress?.consider(key)
        },
        leading,
      )
    },
    ready: Effect.all([applications.store.ready, pods.store.ready, healthSettings.ready, costPrices.ready], {
      concurrency: "unbounded",
    }).pipe(Effect.andThen(logSynced)),
    liveness: () => [
      ...applications.liveness(),
      ...pods.liveness(),
      ...healthSettings.liveness(),
      ...costPrices.liveness(),
    ],
    definition,
    reconcile: (key) => podHandling.handling(key, reconcile(key)),
    asLeader: [notices, ...(progress === undefined ? [] : [progress.run])],
  }
})
