/** What the operator has for every kind: the settings, and what is followed once for all of them. */

import { Effect, type Scope } from "effect"
import * as Sources from "./console/Sources.ts"
import * as History from "./history/Kind.ts"
import * as EventRecorder from "./kube/EventRecorder.ts"
import { Kube } from "./kube/Kube.ts"
import * as CostPrices from "./pods/CostPrices.ts"
import * as HealthSettings from "./pods/HealthSettings.ts"
import * as PodReports from "./pods/PodReports.ts"
import { fenced, type Leadership } from "./runtime/Leadership.ts"
import { listed, type Namespaces } from "./runtime/namespaces/Namespaces.ts"
import * as SelectedNamespaces from "./runtime/namespaces/SelectedNamespaces.ts"
import type { Settings } from "./settings/Settings.ts"
import type { Environment } from "./telemetry/otlp/OtlpEnvironment.ts"
import { Telemetry } from "./telemetry/Telemetry.ts"

export interface KindContext {
  readonly settings: Settings
  /** The variables of OpenTelemetry. */
  readonly environment: Environment
  readonly namespaces: Namespaces
  readonly events: EventRecorder.EventRecorder
  readonly healthSettings: HealthSettings.HealthSettings
  readonly podReports: PodReports.PodReports
  readonly costPrices: CostPrices.CostPrices
  readonly historyServers: History.HistoryServers
  /** Where kinds publish what they follow, for the console. */
  readonly publish: Sources.Registry["publish"]
  readonly published: Sources.Registry
}

/** The namespaces that the settings name or select, followed in the scope. */
export const namespacesOf = Effect.fnUntraced(function* ({
  namespaces: named,
  namespaceSelector: selector,
}: Settings): Effect.fn.Return<Namespaces, never, Kube | Telemetry | Scope.Scope> {
  const { kube: metrics } = yield* Telemetry
  return selector === undefined ? listed(named) : yield* SelectedNamespaces.make({ selector, named, metrics })
})

/** Follows in the scope what the settings name. Only while this replica leads anything is written. */
export const make = Effect.fnUntraced(function* (
  settings: Settings,
  environment: Environment,
  namespaces: Namespaces,
  leadership: Leadership,
): Effect.fn.Return<KindContext, never, Kube | Telemetry | Scope.Scope> {
  const { healthChecks, cost, policy } = settings
  const { kube: metrics } = yield* Telemetry
  const events = yield* EventRecorder.make(fenced(yield* Kube, leadership), { routine: policy.routineEvents })
  const published = Sources.registry()
  const historyServers = yield* History.servers(namespaces)
  published.publish({ historyServers: historyServers.watched.store })
  return {
    settings,
    environment,
    namespaces,
    events,
    healthSettings: yield* HealthSettings.make(healthChecks.config, events, metrics),
    costPrices: yield* CostPrices.make(cost.prices, events, metrics),
    podReports: yield* PodReports.make({
      namespaces,
      follows: healthChecks.followProbes,
      leading: leadership.elected,
      metrics,
    }),
    historyServers,
    publish: published.publish,
    published,
  }
})
