/** The resource kinds that this operator runs, with what each takes from the settings. A new kind is a folder, and an element here. */

import * as Application from "./application/Kind.ts"
import * as Connect from "./connect/Kind.ts"
import type { EventRecorder } from "./kube/EventRecorder.ts"
import type { Kube } from "./kube/Kube.ts"
import type { MakeKind } from "./runtime/Kind.ts"
import { buildOptions } from "./settings/PodSettings.ts"
import type { Settings } from "./settings/Settings.ts"
import { noHealthDefaults } from "./spark/health/HealthDefaults.ts"
import { type Environment, endpointOf } from "./telemetry/otlp/OtlpEnvironment.ts"
import { samplerOf } from "./telemetry/otlp/Sampler.ts"
import type { Telemetry } from "./telemetry/Telemetry.ts"

/** What the operator has for every kind. */
export interface KindContext {
  readonly settings: Settings
  /** The variables of OpenTelemetry. */
  readonly environment: Environment
  readonly events: EventRecorder
}

export const kinds: ReadonlyArray<MakeKind<KindContext, Kube | Telemetry>> = [
  ({ settings, environment, events }) =>
    Application.make({
      namespaces: settings.namespaces,
      workers: settings.workers,
      policy: settings.policy,
      rules: {
        batchScheduling: settings.pods.scheduling,
        submitter: settings.pods.submitter,
        buildOptions: buildOptions(settings.pods.build, isSampled(environment)),
      },
      progress: settings.progress,
      metrics: settings.metrics,
      healthChecks: settings.healthChecks,
      events,
    }),
  ({ settings, environment, events }) =>
    Connect.make({
      namespaces: settings.namespaces,
      workers: settings.workers.status,
      rules: {
        batchScheduling: settings.pods.scheduling,
        buildOptions: buildOptions(settings.pods.build, isSampled(environment)),
        healthDefaults: () => noHealthDefaults,
      },
      activity: settings.progress && { ...settings.progress, interval: activityInterval },
      events,
    }),
]

/** Seconds between two readings of the sessions of a Connect server: idleness is counted in minutes. */
const activityInterval = 15

/** Without an exporter every trace counts as sampled, so that others may export it. */
const isSampled = (environment: Environment) =>
  endpointOf(environment, "traces") === undefined ? () => true : samplerOf(environment).isSampled
