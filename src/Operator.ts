/**
 * The operator on one screen: caches follow the cluster, every change becomes a key in the queue, workers reconcile keys, and
 * telemetry and health can be looked at from outside. Everything lives in one scope; closing it is a graceful shutdown.
 */

import { Clock, Effect, Layer, type Scope } from "effect"
import { HttpServerResponse } from "effect/http"
import type { Deadlines } from "./api/application/SparkApplication.ts"
import * as HealthSettings from "./application/probes/HealthSettings.ts"
import * as ProbeFailures from "./application/probes/ProbeFailures.ts"
import * as ProgressFollower from "./application/progress/ProgressFollower.ts"
import * as Caches from "./application/reconcile/Caches.ts"
import * as Reconcile from "./application/reconcile/Reconcile.ts"
import * as ApplicationMetrics from "./application/telemetry/ApplicationMetrics.ts"
import { applicationQueue } from "./application/telemetry/KnownValues.ts"
import type { ConnectionError } from "./kube/Connection.ts"
import * as EventRecorder from "./kube/EventRecorder.ts"
import { Kube } from "./kube/Kube.ts"
import * as KubeHttp from "./kube/KubeHttp.ts"
import * as Controller from "./runtime/Controller.ts"
import { healthOf } from "./runtime/Health.ts"
import * as LeaderElection from "./runtime/LeaderElection.ts"
import { alone, fenced, type LeadershipLost } from "./runtime/Leadership.ts"
import * as Workqueue from "./runtime/Workqueue.ts"
import { batchSchedulingOf, buildOptionsOf } from "./settings/PodSettings.ts"
import type { Settings } from "./settings/Settings.ts"
import * as AccessReview from "./telemetry/http/AccessReview.ts"
import { BindError, listen } from "./telemetry/http/HttpEndpoint.ts"
import { metricsRoute } from "./telemetry/http/MetricsRoute.ts"
import type { ProcessReadings } from "./telemetry/operator/ProcessTelemetry.ts"
import { type Environment, endpointOf } from "./telemetry/otlp/OtlpEnvironment.ts"
import { samplerOf } from "./telemetry/otlp/Sampler.ts"
import { tracesAndLogs } from "./telemetry/otlp/TracesAndLogs.ts"
import { Telemetry, type TelemetryApi } from "./telemetry/Telemetry.ts"
import { version } from "./Version.ts"

export interface Operator {
  /** Absent: switched off. */
  readonly metricsUrl: string | undefined
  readonly healthUrl: string | undefined
  /** Waits until the caches hold the cluster. */
  readonly ready: Effect.Effect<void>
  /** Fails when another replica leads instead of this one: it has stopped all its work then, and should end. */
  readonly lost: Effect.Effect<never, LeadershipLost>
}

/**
 * Starts the operator in the scope, connected as the settings say; `environment` holds the variables of OpenTelemetry. With a candidacy it
 * stands by until it is elected.
 */
export const runOperator = Effect.fnUntraced(function* (
  settings: Settings,
  environment: Environment,
  candidacy?: LeaderElection.Candidacy,
  process?: ProcessReadings,
): Effect.fn.Return<Operator, ConnectionError | BindError, Scope.Scope> {
  const telemetry = Telemetry.layer({ serviceVersion: version, environment, process })
  const kube = Layer.unwrap(
    Effect.map(Telemetry, (telemetry) =>
      KubeHttp.layer(
        {
          kubeconfig: settings.kubeconfig,
          context: settings.context,
          concurrency: settings.kubeApiConcurrency,
          deadlineSeconds: settings.requestTimeout,
          version,
        },
        telemetry.kube,
      ),
    ),
  )
  const services = yield* Layer.build(
    kube.pipe(Layer.provideMerge(tracesAndLogs(environment, version)), Layer.provideMerge(telemetry)),
  )
  return yield* Effect.provideContext(startOperator(settings, environment, candidacy), services)
})

/** The operator over whatever `Kube` there is: the way tests and local mode run it, too. */
export const startOperator = Effect.fnUntraced(function* (
  settings: Settings,
  environment: Environment = {},
  candidacy?: LeaderElection.Candidacy,
): Effect.fn.Return<Operator, BindError, Scope.Scope | Kube | Telemetry> {
  const telemetry = yield* Telemetry
  const applicationMetrics = ApplicationMetrics.make(telemetry, metricsSettingsOf(settings))
  const caches = yield* Caches.make(
    settings.namespaces,
    applicationMetrics,
    settings.followProbes ? yield* ProbeFailures.make(settings.namespaces, applicationMetrics) : undefined,
  )
  const leadership = candidacy
    ? yield* LeaderElection.make(yield* Kube, candidacy, caches.ready, telemetry.runtime.leadership)
    : yield* Effect.as(
        Effect.sync(() => telemetry.runtime.leadership("acquired")),
        alone,
      )
  const kube = fenced(yield* Kube, leadership)
  const queue = yield* Workqueue.make({
    lane: (key) => Reconcile.laneOf(caches.applications.get(key)),
    metrics: telemetry.runtime.workqueue(applicationQueue),
  })
  const progress =
    settings.sparkUiAccess === "off"
      ? undefined
      : yield* ProgressFollower.make(
          caches,
          {
            access: settings.sparkUiAccess,
            shortest: settings.sparkUiInterval,
            rate: settings.sparkUiRate,
            concurrency: settings.sparkUiConcurrency,
          },
          queue.add,
          applicationMetrics,
        )
  const events = yield* EventRecorder.make(kube)
  const healthSettings =
    settings.healthChecksConfig === undefined
      ? HealthSettings.noHealthSettings
      : yield* HealthSettings.make(settings.healthChecksConfig, events, telemetry.kube)
  const reconcile = Reconcile.make({
    caches,
    events,
    healthDefaults: healthSettings.read,
    policy: {
      deadlines: deadlinesOf(settings),
      timeToLiveSeconds: settings.defaultTimeToLive || undefined,
      maxTrackedExecutors: settings.maxTrackedExecutors,
      followsProgress: progress !== undefined,
    },
    progressOf: progress?.read ?? (() => undefined),
    heardOf: progress?.heard ?? (() => undefined),
    batchScheduling: batchSchedulingOf(settings),
    submitter: settings.submitter,
    buildOptions: buildOptionsOf(settings, exportsTraces(environment) ? samplerOf(environment).isSampled : () => true),
  })

  const lag = yield* eventLoopLag
  const health = Clock.currentTimeMillis.pipe(
    Effect.map((now) =>
      healthOf({
        now,
        watches: [...caches.liveness(), ...healthSettings.liveness()],
        queues: [{ name: applicationQueue, ...queue.read() }],
        eventLoopLagSeconds: lag(),
        synced: caches.isReady(),
      }),
    ),
  )
  const metrics = yield* serveMetrics(settings, telemetry)
  const probes = yield* listen(settings.healthProbeBindAddress, {
    "/healthz": Effect.map(health, ({ healthy, reasons }) => answer(healthy, reasons)),
    "/readyz": Effect.map(health, ({ ready, reasons }) =>
      answer(
        ready,
        leadership.leads()
          ? reasons
          : [...reasons, `does not lead, ${leadership.leader() ?? "nobody"} holds the Lease`],
      ),
    ),
  })

  yield* Effect.forkScoped(
    caches.follow((key) => {
      queue.add(key)
      progress?.consider(key)
    }, candidacy && leadership.elected),
  )
  yield* Effect.forkScoped(healthSettings.follow)
  /** Begins when everything is read and this replica is elected; ends at once when it no longer leads. */
  const asLeader = <R>(work: Effect.Effect<never, never, R>) =>
    Effect.andThen(caches.ready, healthSettings.ready).pipe(
      Effect.andThen(leadership.elected),
      Effect.andThen(work),
      Effect.raceFirst(Effect.ignore(leadership.lost)),
      Effect.forkScoped,
    )
  yield* Effect.forkScoped(
    Effect.andThen(
      caches.ready,
      Effect.suspend(() =>
        Effect.logInfo("caches are synced", { applications: caches.applications.size(), pods: caches.pods.size() }),
      ),
    ),
  )
  if (progress !== undefined) yield* asLeader(progress.run)
  yield* asLeader(
    Effect.provideService(
      Controller.run({
        queue,
        reconcile,
        metrics: telemetry.runtime,
        concurrency: { status: settings.statusWorkers, submission: settings.submissionWorkers },
        drainSeconds: settings.shutdownGrace,
      }),
      Kube,
      kube,
    ),
  )
  return {
    metricsUrl: metrics && metrics.url + settings.metricsEndpoint,
    healthUrl: probes?.url,
    ready: caches.ready,
    lost: leadership.lost,
  }
})

/** The metrics to whoever may have them. */
const serveMetrics = Effect.fnUntraced(function* (settings: Settings, telemetry: TelemetryApi) {
  const { metricsBindAddress: address, metricsEndpoint: path, metricsTlsCertFile, metricsTlsKeyFile } = settings
  if ((metricsTlsCertFile === undefined) !== (metricsTlsKeyFile === undefined)) {
    const message = "TLS needs both --metrics-tls-cert-file and --metrics-tls-key-file"
    return yield* new BindError({ address, message })
  }
  const tls =
    metricsTlsCertFile && metricsTlsKeyFile ? { certFile: metricsTlsCertFile, keyFile: metricsTlsKeyFile } : undefined
  const access = settings.metricsTokenReview ? AccessReview.make(yield* Kube, path) : undefined
  if (access !== undefined && tls === undefined) {
    yield* Effect.logWarning("scrapers send their tokens without TLS: whoever listens on the way can use them")
  }
  return yield* listen(address, { [path]: metricsRoute(telemetry, { access }) }, { tls })
})

const exportsTraces = (environment: Environment) => endpointOf(environment, "traces") !== undefined

const metricsSettingsOf = (settings: Settings): ApplicationMetrics.ApplicationMetricsSettings => ({
  metricsPrefix: settings.metricsPrefix,
  labelKeys: settings.metricsLabels,
  legacy: settings.metricsLegacy,
  applicationBuckets: settings.metricsApplicationBuckets,
  submitLatencyBuckets: settings.metricsJobSubmitLatencyBuckets,
  startLatencyBuckets: settings.metricsJobStartLatencyBuckets,
  perApplication: settings.metricsPerApplication,
  progressCap: settings.metricsProgressLimit,
  namespaces: settings.namespaces,
})

/** 0 in the settings means no deadline. */
const deadlinesOf = (settings: Settings): Deadlines =>
  Object.fromEntries(
    Object.entries({
      submittedSeconds: settings.submittedDeadline,
      scheduledSeconds: settings.scheduledDeadline,
      startedSeconds: settings.startedDeadline,
      readySeconds: settings.readyDeadline,
      runningSeconds: settings.runningDeadline,
    }).filter(([, seconds]) => seconds > 0),
  )

const answer = (good: boolean, reasons: ReadonlyArray<string>) =>
  HttpServerResponse.text(`${[good ? "ok" : "failed", ...reasons].join("\n")}\n`, { status: good ? 200 : 503 })

/** How late a timer of one second last was; reads in seconds. */
const eventLoopLag = Effect.gen(function* () {
  let late = 0
  const measure = Effect.gen(function* () {
    const before = yield* Clock.currentTimeMillis
    yield* Effect.sleep(1000)
    late = Math.max(0, (yield* Clock.currentTimeMillis) - before - 1000) / 1000
  })
  yield* Effect.forkScoped(Effect.forever(measure))
  return () => late
})
