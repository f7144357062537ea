/** The resource kinds that this operator runs, with what each takes from the settings. A new kind is a folder, and an element here. */

import { Effect, Result } from "effect"
import type { SparkApplication } from "./api/application/SparkApplication.ts"
import type { Problem } from "./api/Problem.ts"
import * as Application from "./application/Kind.ts"
import { validate } from "./application/Validate.ts"
import * as Connect from "./connect/Kind.ts"
import * as History from "./history/Kind.ts"
import type { KindContext } from "./KindContext.ts"
import type { Kube } from "./kube/Kube.ts"
import type { MakeKind } from "./runtime/Kind.ts"
import * as Schedule from "./schedule/Kind.ts"
import type { TemplateFindings } from "./schedule/Validate.ts"
import { buildOptions } from "./settings/PodSettings.ts"
import type { Settings } from "./settings/Settings.ts"
import { noHealthDefaults } from "./spark/health/HealthDefaults.ts"
import { type EventLogTargetOf, noTarget, orElse } from "./spark/history/EventLogTarget.ts"
import { type Environment, endpointOf } from "./telemetry/otlp/OtlpEnvironment.ts"
import { samplerOf } from "./telemetry/otlp/Sampler.ts"
import type { Telemetry } from "./telemetry/Telemetry.ts"

/** Of the history server of the cluster that selects a workload, or else of the settings. */
const eventLogOf =
  ({ history }: Settings, { targetOf }: History.HistoryServers): EventLogTargetOf =>
  (metadata) =>
    orElse(targetOf(metadata), history)

/** A kind that submits nothing before it is known which history servers there are. */
const afterHistoryServers =
  <R>(make: MakeKind<KindContext, R>): MakeKind<KindContext, R> =>
  (context) =>
    Effect.map(make(context), (kind) => ({
      ...kind,
      ready: Effect.andThen(kind.ready, context.historyServers.watched.store.ready),
    }))

export const kinds: ReadonlyArray<MakeKind<KindContext, Kube | Telemetry>> = [
  afterHistoryServers(
    ({ settings, namespaces, environment, events, healthSettings, podReports, costPrices, historyServers, publish }) =>
      Application.make({
        namespaces,
        workers: settings.workers,
        policy: settings.policy,
        rules: {
          batchScheduling: settings.pods.scheduling,
          submitter: settings.pods.submitter,
          podMetadata: settings.pods.metadata.applications,
          buildOptions: buildOptions(settings.pods.build, isSampled(environment)),
          eventLogOf: eventLogOf(settings, historyServers),
        },
        progress: settings.progress,
        metrics: settings.metrics,
        healthSettings,
        podReports,
        costPrices,
        events,
        publish: ({ applications, pods }) => publish({ applications, applicationPods: pods }),
      }),
  ),
  afterHistoryServers(
    ({ settings, namespaces, environment, events, healthSettings, podReports, historyServers, publish }) =>
      Connect.make({
        namespaces,
        workers: settings.workers.status,
        rules: {
          batchScheduling: settings.pods.scheduling,
          podMetadata: settings.pods.metadata.connects,
          buildOptions: buildOptions(settings.pods.build, isSampled(environment)),
          eventLogOf: eventLogOf(settings, historyServers),
        },
        activity: settings.progress && { ...settings.progress, interval: activityInterval },
        healthSettings,
        podReports,
        events,
        publish: ({ connects, pods }) => publish({ connects, connectPods: pods }),
      }),
  ),
  ({ settings, namespaces, events, publish }) =>
    Schedule.make({
      namespaces,
      workers: { status: settings.workers.status, start: settings.workers.submission },
      rules: {
        precision: settings.schedules.precision,
        localZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
        validateTemplate: (run) => judgeRun(run, settings),
      },
      perSchedule: settings.metrics.perApplication,
      events,
      publish: (schedules) => publish({ schedules }),
    }),
  ({ settings, namespaces, events, podReports, historyServers }) =>
    History.make({
      namespaces,
      workers: settings.workers.status,
      servers: historyServers,
      podReports,
      events,
    }),
]

/** Seconds between two readings of the sessions of a Connect server: idleness is counted in minutes. */
const activityInterval = 15

/**
 * What the kind SparkApplication will find in a run. Whether the operator has the template of health checks that the run names is known only
 * there, because the templates may change at any time.
 */
const judgeRun = (run: SparkApplication, { pods }: Settings): TemplateFindings => {
  const known = ({ field }: Problem) => field !== "spec.healthChecks.template"
  const settings = {
    scheduling: pods.scheduling,
    submitter: pods.submitter,
    podMetadata: pods.metadata.applications,
    healthDefaults: noHealthDefaults,
    eventLog: noTarget,
  }
  return Result.match(validate({ ...run, metadata: { ...run.metadata, uid: "" } }, settings), {
    onFailure: (problems) => ({ problems: problems.filter(known), warnings: [] }),
    onSuccess: ({ warnings }) => ({ problems: [], warnings }),
  })
}

/** Without an exporter every trace counts as sampled, so that others may export it. */
const isSampled = (environment: Environment) =>
  endpointOf(environment, "traces") === undefined ? () => true : samplerOf(environment).isSampled
