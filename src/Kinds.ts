/** The resource kinds that this operator runs, with what each takes from the settings. A new kind is a folder, and an element here. */

import * as Application from "./application/Kind.ts"
import type { EventRecorder } from "./kube/EventRecorder.ts"
import type { Kube } from "./kube/Kube.ts"
import type { MakeKind } from "./runtime/Kind.ts"
import { batchSchedulingOf, buildOptionsOf } from "./settings/PodSettings.ts"
import type { Settings } from "./settings/Settings.ts"
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
      workers: { status: settings.statusWorkers, submission: settings.submissionWorkers },
      policy: {
        deadlines: deadlinesOf(settings),
        timeToLiveSeconds: settings.defaultTimeToLive || undefined,
        maxTrackedExecutors: settings.maxTrackedExecutors,
      },
      rules: {
        batchScheduling: batchSchedulingOf(settings),
        submitter: settings.submitter,
        buildOptions: buildOptionsOf(
          settings,
          endpointOf(environment, "traces") === undefined ? () => true : samplerOf(environment).isSampled,
        ),
      },
      progress:
        settings.sparkUiAccess === "off"
          ? undefined
          : {
              access: settings.sparkUiAccess,
              shortest: settings.sparkUiInterval,
              rate: settings.sparkUiRate,
              concurrency: settings.sparkUiConcurrency,
            },
      followProbes: settings.followProbes,
      healthChecksConfig: settings.healthChecksConfig,
      events,
    }),
]

/** 0 in the settings means no deadline. */
const deadlinesOf = (settings: Settings) =>
  Object.fromEntries(
    Object.entries({
      submittedSeconds: settings.submittedDeadline,
      scheduledSeconds: settings.scheduledDeadline,
      startedSeconds: settings.startedDeadline,
      readySeconds: settings.readyDeadline,
      runningSeconds: settings.runningDeadline,
    }).filter(([, seconds]) => seconds > 0),
  )
