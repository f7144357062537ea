/**
 * The operator on one screen: every kind of the list follows the cluster and reconciles what it finds, while this replica leads; metrics and
 * health are served all the time. Everything lives in one scope; closing it is a graceful shutdown.
 */

import { Effect, Latch, Layer, type Scope } from "effect"
import * as Endpoints from "./Endpoints.ts"
import * as KindContext from "./KindContext.ts"
import { kinds } from "./Kinds.ts"
import type { ConnectionError } from "./kube/Connection.ts"
import { Kube } from "./kube/Kube.ts"
import * as UserKube from "./kube/user/UserKube.ts"
import type { MakeKind } from "./runtime/Kind.ts"
import * as LeaderElection from "./runtime/LeaderElection.ts"
import { alone, type LeadershipLost } from "./runtime/Leadership.ts"
import * as RunKind from "./runtime/RunKind.ts"
import type { Settings } from "./settings/Settings.ts"
import { selectedNamespacesAnnotation } from "./spark/Labels.ts"
import type { BindError } from "./telemetry/http/HttpEndpoint.ts"
import type { ProcessReadings } from "./telemetry/operator/ProcessTelemetry.ts"
import type { Environment } from "./telemetry/otlp/OtlpEnvironment.ts"
import { tracesAndLogs } from "./telemetry/otlp/TracesAndLogs.ts"
import { Telemetry } from "./telemetry/Telemetry.ts"
import { version } from "./Version.ts"

export interface Operator {
  /** Absent: switched off. */
  readonly metricsUrl: string | undefined
  readonly healthUrl: string | undefined
  readonly consoleUrl: string | undefined
  /** Resumes when the caches of all kinds are complete. */
  readonly ready: Effect.Effect<void>
  /** Fails when another replica leads instead of this one: it has stopped all its work then, and should end. */
  readonly lost: Effect.Effect<never, LeadershipLost>
}

/** Starts the operator in the scope, connected as the settings say; `environment` holds the variables of the process. */
export const runOperator = Effect.fnUntraced(function* (
  settings: Settings,
  environment: Environment,
  process?: ProcessReadings,
): Effect.fn.Return<Operator, ConnectionError | BindError, Scope.Scope> {
  const telemetry = Telemetry.layer({ serviceVersion: version, environment, process })
  const connection = { ...settings.kube, environment, version }
  const kube = Layer.unwrap(Effect.map(Telemetry, ({ kube }) => UserKube.layer(connection, kube)))
  const services = yield* Layer.build(
    kube.pipe(Layer.provideMerge(tracesAndLogs(environment, version)), Layer.provideMerge(telemetry)),
  )
  return yield* Effect.provideContext(startOperator(settings, environment), services)
})

/** The operator over any `Kube`, as tests and local mode run it; it stands by until it is elected, if there is an election. */
export const startOperator = Effect.fnUntraced(function* (
  settings: Settings,
  environment: Environment = {},
  makeKinds: ReadonlyArray<MakeKind<KindContext.KindContext, Kube | Telemetry>> = kinds,
): Effect.fn.Return<Operator, BindError, Scope.Scope | Kube | Telemetry> {
  const { election, drainSeconds } = settings
  const kube = yield* Kube
  const { runtime: metrics } = yield* Telemetry
  const synced = Latch.makeUnsafe(false)
  const namespaces = yield* KindContext.namespacesOf(settings)
  const note = namespaces.memory && { key: selectedNamespacesAnnotation, ...namespaces.memory }
  // What acts as leader is started after this, so it ends before the Lease is released.
  const leadership = election
    ? yield* LeaderElection.make(kube, election, synced.await, metrics.leadership, note)
    : alone
  if (leadership === alone) metrics.leadership("acquired")
  const context = yield* KindContext.make(settings, environment, namespaces, leadership)
  const options = { leadership, leadershipOf: () => leadership, metrics, drainSeconds }
  const running: Array<RunKind.RunningKind> = []
  for (const makeKind of makeKinds) running.push(yield* RunKind.run(yield* makeKind(context), options))
  const metricsUrl = yield* Endpoints.serveMetrics(settings.metrics)
  const healthUrl = yield* Endpoints.serveHealth(settings.healthProbeBindAddress, running, namespaces, leadership)
  const consoleUrl = yield* Endpoints.serveConsole(settings.console, context.published, running)
  const allReady = Effect.forEach(running, ({ ready }) => ready, { discard: true })
  yield* Effect.forkScoped(Effect.andThen(allReady, synced.open))
  return { metricsUrl, healthUrl, consoleUrl, ready: synced.await, lost: leadership.lost }
})
