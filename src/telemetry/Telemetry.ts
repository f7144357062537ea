/**
 * Telemetry as a service: other rooms say what happened, in their own words; which instruments that touches is decided here.
 * Everything but `collect` is synchronous and cheap, and nothing of it can fail.
 */

import { MeterProvider } from "@opentelemetry/sdk-metrics"
import { Clock, Context, Effect, Layer, type Scope } from "effect"
import type { SparkApplication } from "../api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../api/application/SparkApplicationStatus.ts"
import { ApplicationCounters } from "../application/telemetry/ApplicationCounters.ts"
import { labelNames, makeIdentify } from "../application/telemetry/ApplicationIdentity.ts"
import { ApplicationTelemetry } from "../application/telemetry/ApplicationTelemetry.ts"
import type { readOutcomes } from "../application/telemetry/KnownValues.ts"
import type { LegacySet } from "../application/telemetry/LegacyInstruments.ts"
import { LegacyMetrics } from "../application/telemetry/LegacyMetrics.ts"
import type { Source } from "../application/telemetry/Measurement.ts"
import { type PodChange, PodTelemetry, type ProbeNews } from "../application/telemetry/PodTelemetry.ts"
import { type ProgressReading, ProgressTelemetry } from "../application/telemetry/ProgressTelemetry.ts"
import { StateAges } from "../application/telemetry/StateAges.ts"
import type { NameOf } from "../Instruments.ts"
import { AttributeLimit } from "./meter/AttributeLimit.ts"
import { makeMeters } from "./meter/Meters.ts"
import { makeProducer, scopeName } from "./meter/Producer.ts"
import { observeRuntime } from "./operator/ProcessTelemetry.ts"
import { type WorkqueueTelemetry, WorkqueueMetrics } from "./operator/WorkqueueTelemetry.ts"
import { endpointOf, type Environment, withoutSecrets } from "./otlp/OtlpEnvironment.ts"
import type { ExportCounts } from "./otlp/OtlpExporter.ts"
import { cardinalityLimit, otlpReader, resource } from "./otlp/OtlpMetrics.ts"
import { type Accepted, expose, type Exposition } from "./prometheus/Exposition.ts"
import { observedFamilies, ownFamilies, PrometheusReader } from "./prometheus/PrometheusReader.ts"
import { type Family, labelText } from "./prometheus/PrometheusText.ts"

export interface TelemetrySettings {
  /** Put before the legacy names. */
  readonly metricsPrefix: string
  /** Labels of applications that become attributes. */
  readonly labelKeys: ReadonlyArray<string>
  readonly legacy: ReadonlyArray<LegacySet>
  /** Bounds in seconds; absent or empty: those of the instrument. */
  readonly applicationBuckets?: ReadonlyArray<number> | undefined
  readonly submitLatencyBuckets?: ReadonlyArray<number> | undefined
  readonly startLatencyBuckets?: ReadonlyArray<number> | undefined
  readonly serviceVersion: string
  /** Whether applications have pod counters of their own. */
  readonly perApplication: boolean
  /** Running applications that have series about their progress at the same time. Default 1000. */
  readonly progressCap?: number | undefined
  /** Namespaces that are watched, if they are known: their series start at zero before the first application. */
  readonly namespaces?: ReadonlyArray<string> | undefined
  /** The environment of the process, for the variables of OpenTelemetry. */
  readonly environment?: Environment | undefined
}

export const defaultTelemetrySettings: TelemetrySettings = {
  metricsPrefix: "",
  labelKeys: [],
  legacy: ["v1", "v2"],
  serviceVersion: "0.0.0",
  perApplication: true,
}

export interface TelemetryApi {
  /** Every change of the cache, the first list and deletions included: drives the gauges. */
  readonly applicationObserved: (before: SparkApplication | undefined, after: SparkApplication | undefined) => void
  /** After a status write of the operator succeeded; the application carries the new status. Drives counters and durations. */
  readonly applicationCommitted: (previous: SparkApplicationStatus | undefined, application: SparkApplication) => void
  /** Every change of a driver or executor pod in the cache. `now`: milliseconds since 1970. */
  readonly podObserved: (change: PodChange, now: number) => void
  /** A kubelet told that a probe of a Spark container failed so many more times. */
  readonly probeFailed: (news: ProbeNews, times: number) => void
  readonly reconciled: (result: {
    readonly outcome: "success" | "requeue" | "error" | "dropped"
    readonly reason?: string | undefined
    readonly seconds: number
  }) => void
  /** `code`: the HTTP status, or the reason of the KubeError if there was no answer. */
  readonly kubeRequest: (request: {
    readonly verb: string
    readonly resource: string
    readonly code: number | string
    readonly seconds: number
  }) => void
  /** A running driver said how far it is. */
  readonly progressObserved: (application: SparkApplication, reading: ProgressReading) => void
  /** No driver of this application (`namespace/name`) runs any more. */
  readonly progressEnded: (key: string) => void
  readonly progressRead: (read: {
    readonly access: "direct" | "proxy"
    readonly outcome: (typeof readOutcomes)[number]
    readonly seconds: number
  }) => void
  readonly kubeWatch: (event: "list" | "relist" | "gone" | "reconnect", resource: string) => void
  /** Our own part in the election of a leader. An operator that runs alone is elected once. */
  readonly leadership: (change: "acquired" | "paused" | "resumed" | "released" | "lost") => void
  /** A request of an export over OTLP ended. */
  readonly exported: ExportCounts["exported"]
  /** Spans or log lines will never arrive. */
  readonly dropped: ExportCounts["dropped"]
  readonly workqueue: (name: string) => WorkqueueTelemetry
  /** The answer of `/metrics`. */
  readonly collect: (accepted?: Accepted) => Effect.Effect<Exposition>
}

/** Different values of a label, and applications with counters of their own, before the rest shares `__other__`. */
const valueCap = 100
const applicationCap = 5_000
const defaultProgressCap = 1_000
/** How long the last export may take when the operator ends. */
const shutdownMillis = 5_000

export class Telemetry extends Context.Service<Telemetry, TelemetryApi>()("firesteel/telemetry/Telemetry") {
  /** Scoped: when it closes, what was measured is exported a last time. */
  static layer(settings: TelemetrySettings): Layer.Layer<Telemetry> {
    return Layer.effect(Telemetry, make(settings))
  }
}

const make = Effect.fnUntraced(function* (
  settings: TelemetrySettings,
): Effect.fn.Return<TelemetryApi, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const now = () => clock.currentTimeMillisUnsafe()
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const environment = settings.environment ?? {}

  const produced = () => ({ meters, counters, ages, progress })
  const reader = new PrometheusReader()
  const observed = new PrometheusReader()
  // Said once, and once more when it is over; in between the counter tells.
  let failing = false
  const endpoint = withoutSecrets(endpointOf(environment, "metrics") ?? "")
  const otlp = yield* Effect.try(() =>
    otlpReader(environment, [makeProducer(produced, now), observed], {
      onSuccess: () => {
        exported("metrics", "success")
        if (failing) fork(Effect.logInfo("metrics are exported again", { endpoint }))
        failing = false
      },
      onFailure: (reason) => {
        exported("metrics", "failure")
        if (!failing)
          fork(
            Effect.logWarning("metrics are not exported; nothing is lost, they are tried again", { endpoint, reason }),
          )
        failing = true
      },
    }),
  ).pipe(
    Effect.catch((error) =>
      Effect.logWarning("metrics will not be exported over OTLP", error.cause).pipe(Effect.as(undefined)),
    ),
  )
  const identity = resource(environment, settings.serviceVersion)
  const provider = new MeterProvider({ resource: identity, readers: [reader, observed] })
  const meter = provider.getMeter(scopeName, settings.serviceVersion)
  // A provider of its own, since a recording costs time for each reader of its provider, and scrapes read no recordings of the SDK.
  const pushing = otlp && new MeterProvider({ resource: identity, readers: [otlp] })
  const pushed = pushing?.getMeter(scopeName, settings.serviceVersion)

  const fault = (kind: "negative_gauge" | "attribute_overflow" | "export" | "collection") =>
    meters.add("spark.operator.telemetry.faults", 1, { fault: kind })
  const exported: ExportCounts["exported"] = (signal, outcome) => {
    meters.add("spark.operator.telemetry.exports", 1, { signal, outcome })
    if (outcome === "failure") fault("export")
  }
  const onNegative = () => fault("negative_gauge")
  const onOverflow = () => fault("attribute_overflow")

  const meters = makeMeters(pushed, cardinalityLimit, (name) => histogramBuckets(settings)[name], onNegative)
  const limit = new AttributeLimit(valueCap, onOverflow)
  const names = labelNames(settings.labelKeys)
  const identify = makeIdentify(names, limit)
  const counters = new ApplicationCounters({
    perApplication: settings.perApplication,
    cap: applicationCap,
    limit,
    onOverflow,
    now,
  })
  const legacy = new LegacyMetrics(
    { prefix: settings.metricsPrefix, sets: settings.legacy, buckets: legacyBucketsOf(settings) },
    onNegative,
  )
  const workqueues = new WorkqueueMetrics(meters, meter, settings.metricsPrefix, settings.legacy)
  const cap = settings.perApplication ? (settings.progressCap ?? defaultProgressCap) : 0
  const progress = new ProgressTelemetry({ meters, limit, identify, cap })
  const ages = new StateAges()
  const sinks = { meters, legacy, counters, ages, limit, identify, progress }
  const applications = new ApplicationTelemetry(sinks)
  const pods = new PodTelemetry(sinks, applications)
  applications.onRelabelled = (namespace, name) => pods.relabelled(namespace, name)

  for (const scope of ["operator", "namespace", "application"] as const) meters.startAtZero(scope, {})
  for (const name of settings.namespaces ?? []) {
    const { attributes, namespace } = identify(name)
    meters.startAtZero("application", attributes)
    meters.startAtZero("namespace", namespace)
  }
  legacy.startAtZero(Object.fromEntries(names.map((name) => [name, "Unknown"])))

  const stopRuntime = observeRuntime(meter)
  yield* Effect.addFinalizer(() =>
    Effect.tryPromise(async () => {
      await pushing?.shutdown({ timeoutMillis: shutdownMillis })
      await provider.shutdown({ timeoutMillis: shutdownMillis })
    }).pipe(
      Effect.catch(({ cause }) => {
        const reason = cause instanceof Error ? cause.message : String(cause)
        return Effect.logWarning("metrics were not exported a last time", { endpoint, reason })
      }),
      Effect.ensuring(Effect.sync(stopRuntime)),
    ),
  )

  const targetInfo: Family = {
    name: "target_info",
    help: "Target metadata",
    type: "info",
    samples: [{ labels: labelText(identity.attributes), value: 1 }],
  }

  const collect = Effect.fnUntraced(function* (accepted: Accepted = {}) {
    const collected = yield* Effect.tryPromise(() => reader.collect()).pipe(
      Effect.map(({ resourceMetrics, errors }) => ({ scopes: resourceMetrics.scopeMetrics, errors })),
      Effect.catch((error) => Effect.succeed({ scopes: [], errors: [error.cause] })),
    )
    if (collected.errors.length > 0) {
      fault("collection")
      yield* Effect.logWarning("not all metrics could be collected", ...collected.errors)
    }
    const metrics = collected.scopes.flatMap((scope) => scope.metrics)
    const at = now()
    const families = function* () {
      yield targetInfo
      yield* ownFamilies(produced(), at)
      yield* observedFamilies(metrics)
      yield* legacy.families()
      yield* workqueues.families()
    }
    return yield* expose(families(), accepted)
  })

  let leads = false

  return Telemetry.of({
    applicationObserved: (before, after) => applications.observed(before, after),
    applicationCommitted: (previous, application) => applications.committed(previous, application),
    podObserved: (change, at) => pods.observed(change, at),
    probeFailed: (news, times) => pods.probeFailed(news, times),
    reconciled: ({ outcome, reason, seconds }) => {
      const why = reason === undefined ? {} : { reason: limit.limit("reason", reason) }
      meters.add("spark.operator.reconciles", 1, { outcome, ...why })
      meters.record("spark.operator.reconcile.duration", seconds, { outcome })
    },
    kubeRequest: ({ verb, resource, code, seconds }) => {
      meters.add("kubernetes.client.requests", 1, { verb, resource, code: String(code) })
      if (verb !== "watch") meters.record("kubernetes.client.request.duration", seconds, { verb, resource })
    },
    progressObserved: (application, reading) => {
      progress.observed(application, reading)
      const { namespace, name } = application.metadata
      counters.stages(namespace, name, progress.stageState(namespace, name))
    },
    progressEnded: (key) => progress.ended(key),
    progressRead: ({ access, outcome, seconds }) => {
      meters.add("spark.operator.progress.reads", 1, { access, outcome })
      meters.record("spark.operator.progress.read.duration", seconds, { access })
    },
    kubeWatch: (event, resource) => meters.add("kubernetes.client.watch.lifecycle", 1, { event, resource }),
    leadership: (change) => {
      const now = change === "acquired" || change === "resumed"
      meters.gauge("leader_election.master_status").add(Number(now) - Number(leads), {})
      leads = now
      meters.add("leader_election.transitions", 1, { transition: change })
    },
    exported,
    dropped: (signal, reason, count) => meters.add("spark.operator.telemetry.dropped", count, { signal, reason }),
    workqueue: (name) => workqueues.queue(name),
    collect,
  })
})

type Buckets = ReadonlyArray<number> | undefined

const given = (buckets: Buckets): Buckets => (buckets === undefined || buckets.length === 0 ? undefined : buckets)

const histogramBuckets = (settings: TelemetrySettings): Partial<Record<NameOf<"histogram">, Buckets>> => ({
  "spark.application.execution.duration": given(settings.applicationBuckets),
  "spark.application.submit.duration": given(settings.submitLatencyBuckets),
  "spark.application.start.duration": given(settings.startLatencyBuckets),
})

const legacyBucketsOf =
  (settings: TelemetrySettings) =>
  (source: Source): Buckets =>
    source === "submit-latency" ? given(settings.submitLatencyBuckets) : given(settings.startLatencyBuckets)
