/**
 * The operator on one screen: caches follow the cluster, every change becomes a key in the queue, workers reconcile keys, and
 * telemetry and health can be looked at from outside. Everything lives in one scope; closing it is a graceful shutdown.
 */

import { Clock, Effect, Layer, type Scope } from "effect"
import { HttpServerResponse } from "effect/http"
import * as HealthSettings from "./application/probes/HealthSettings.ts"
import * as ProbeFailures from "./application/probes/ProbeFailures.ts"
import * as ProgressFollower from "./application/progress/ProgressFollower.ts"
import * as Caches from "./application/reconcile/Caches.ts"
import * as Reconcile from "./application/reconcile/Reconcile.ts"
import type { ConnectionError } from "./kube/Connection.ts"
import * as EventRecorder from "./kube/EventRecorder.ts"
import { Kube } from "./kube/Kube.ts"
import * as KubeHttp from "./kube/KubeHttp.ts"
import * as Controller from "./runtime/Controller.ts"
import { healthOf } from "./runtime/Health.ts"
import * as LeaderElection from "./runtime/LeaderElection.ts"
import { alone, fenced, type LeadershipLost } from "./runtime/Leadership.ts"
import * as Workqueue from "./runtime/Workqueue.ts"
import * as PodSettings from "./settings/PodSettings.ts"
import type { Settings } from "./settings/Settings.ts"
import * as AccessReview from "./telemetry/http/AccessReview.ts"
import { type BindError, listen } from "./telemetry/http/HttpEndpoint.ts"
import { metricsRoute } from "./telemetry/http/MetricsRoute.ts"
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

/** The queue's name in telemetry; the original operator's. */
const queueName = "spark_application_controller"

/**
 * Starts the operator in the scope, connected as the settings say; `environment` holds the variables of OpenTelemetry. With settings for
 * an election it stands by until it is elected.
 */
export const runOperator = Effect.fnUntraced(function* (
  settings: Settings,
  environment: Environment,
): Effect.fn.Return<Operator, ConnectionError | BindError, Scope.Scope> {
  const { prefix, progressLimit, ...metricsSettings } = settings.metrics
  const telemetry = Telemetry.layer({
    ...metricsSettings,
    metricsPrefix: prefix,
    serviceVersion: version,
    progressCap: progressLimit,
    namespaces: settings.namespaces,
    environment,
  })
  const kube = Layer.unwrap(Effect.map(Telemetry, (metrics) => KubeHttp.layer({ ...settings.kube, version }, metrics)))
  const services = yield* Layer.build(
    kube.pipe(Layer.provideMerge(tracesAndLogs(environment, version)), Layer.provideMerge(telemetry)),
  )
  return yield* Effect.provideContext(startOperator(settings, environment), services)
})

/** The operator over whatever `Kube` there is: the way tests and local mode run it, too. */
export const startOperator = Effect.fnUntraced(function* (
  settings: Settings,
  environment: Environment = {},
): Effect.fn.Return<Operator, BindError, Scope.Scope | Kube | Telemetry> {
  const telemetry = yield* Telemetry
  const caches = yield* Caches.make(
    settings.namespaces,
    settings.healthChecks.followProbes ? yield* ProbeFailures.make(settings.namespaces) : undefined,
  )
  const leadership = settings.election
    ? yield* LeaderElection.make(yield* Kube, settings.election, caches.ready, telemetry.leadership)
    : yield* Effect.as(
        Effect.sync(() => telemetry.leadership("acquired")),
        alone,
      )
  const kube = fenced(yield* Kube, leadership)
  const queue = yield* Workqueue.make({
    lane: (key) => Reconcile.laneOf(caches.applications.get(key)),
    metrics: telemetry.workqueue(queueName),
  })
  const progress = settings.progress && (yield* ProgressFollower.make(caches, settings.progress, queue.add))
  const events = yield* EventRecorder.make(kube)
  const healthSettings =
    settings.healthChecks.config === undefined
      ? HealthSettings.noHealthSettings
      : yield* HealthSettings.make(settings.healthChecks.config, events, telemetry)
  const reconcile = Reconcile.make({
    caches,
    events,
    healthDefaults: healthSettings.read,
    policy: { ...settings.policy, followsProgress: progress !== undefined },
    progressOf: progress?.read ?? (() => undefined),
    heardOf: progress?.heard ?? (() => undefined),
    batchScheduling: settings.pods.scheduling,
    submitter: settings.pods.submitter,
    buildOptions: PodSettings.buildOptions(
      settings.pods.build,
      exportsTraces(environment) ? samplerOf(environment).isSampled : () => true,
    ),
  })

  const lag = yield* eventLoopLag
  const health = Clock.currentTimeMillis.pipe(
    Effect.map((now) =>
      healthOf({
        now,
        watches: [...caches.liveness(), ...healthSettings.liveness()],
        queues: [{ name: queueName, ...queue.read() }],
        eventLoopLagSeconds: lag(),
        synced: caches.isReady(),
      }),
    ),
  )
  const metrics = yield* serveMetrics(settings.metrics, telemetry)
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
    }, settings.election && leadership.elected),
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
        metrics: telemetry,
        concurrency: settings.workers,
        drainSeconds: settings.drainSeconds,
      }),
      Kube,
      kube,
    ),
  )
  return {
    metricsUrl: metrics && metrics.url + settings.metrics.path,
    healthUrl: probes?.url,
    ready: caches.ready,
    lost: leadership.lost,
  }
})

/** The metrics, with TLS and authorization as the settings say. */
const serveMetrics = Effect.fnUntraced(function* (
  { bindAddress, path, tls, tokenReview }: Settings["metrics"],
  telemetry: TelemetryApi,
) {
  const access = tokenReview ? AccessReview.make(yield* Kube, path) : undefined
  if (access !== undefined && tls === undefined) {
    yield* Effect.logWarning("scrapers send their tokens without TLS: whoever listens on the way can use them")
  }
  return yield* listen(bindAddress, { [path]: metricsRoute(telemetry, { access }) }, { tls })
})

const exportsTraces = (environment: Environment) => endpointOf(environment, "traces") !== undefined

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
