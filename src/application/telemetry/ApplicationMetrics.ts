/**
 * The metrics of the kind SparkApplication: the rest of the kind reports what happened in its own words; which instruments that touches is
 * decided here. Everything is synchronous and cheap, and cannot fail.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import type { TelemetryApi } from "../../telemetry/Telemetry.ts"
import * as ReservedNow from "../usage/ReservedNow.ts"
import { UsageInstruments } from "../usage/UsageInstruments.ts"
import * as ApplicationCounters from "./ApplicationCounters.ts"
import * as ApplicationIdentity from "./ApplicationIdentity.ts"
import { ApplicationInstruments } from "./ApplicationInstruments.ts"
import * as ApplicationLabels from "./ApplicationLabels.ts"
import { instruments } from "./ApplicationMeters.ts"
import * as ApplicationTelemetry from "./ApplicationTelemetry.ts"
import type { readOutcomes } from "./KnownValues.ts"
import type { LegacySet } from "./LegacyInstruments.ts"
import { legacyMetrics } from "./LegacyMetrics.ts"
import type * as PodHandling from "./PodHandling.ts"
import { PodInstruments } from "./PodInstruments.ts"
import * as PodTelemetry from "./PodTelemetry.ts"
import { ProgressInstruments } from "./ProgressInstruments.ts"
import * as ProgressTelemetry from "./ProgressTelemetry.ts"
import * as StateAges from "./StateAges.ts"

export interface ApplicationMetricsSettings {
  /** Put before the legacy names. */
  readonly prefix: string
  /** Labels of applications that become attributes. */
  readonly labelKeys: ReadonlyArray<string>
  readonly legacy: ReadonlyArray<LegacySet>
  /** Bounds in seconds; absent or empty: those of the instrument. */
  readonly applicationBuckets?: ReadonlyArray<number> | undefined
  readonly submitLatencyBuckets?: ReadonlyArray<number> | undefined
  readonly startLatencyBuckets?: ReadonlyArray<number> | undefined
  /** Whether applications have series of their own. */
  readonly perApplication: boolean
  /** Running applications that have series about their progress at the same time. */
  readonly progressLimit: number
}

export interface ApplicationMetrics {
  /** A namespace is managed from now on: its series start at zero before the first application. */
  readonly namespaceSelected: (namespace: string) => void
  /** Every change of the cache, the first list and deletions included: drives the gauges. */
  readonly applicationObserved: ApplicationTelemetry.ApplicationTelemetry["observed"]
  /** After a status write of the operator succeeded; the application carries the new status. Drives counters and durations. */
  readonly applicationCommitted: (previous: SparkApplicationStatus | undefined, application: SparkApplication) => void
  /** Every change of a driver or executor pod in the cache. `now`: milliseconds since 1970. */
  readonly podObserved: (change: PodTelemetry.PodChange, now: number) => void
  /** A reconcile took a change of a pod into account, this many seconds after it arrived. */
  readonly podHandled: (event: PodHandling.PodEvent, seconds: number) => void
  /** A kubelet reported `times` further failures of a probe of a Spark container. */
  readonly probeFailed: (failed: PodTelemetry.FailedProbe, times: number) => void
  /** The progress of a running driver was read. */
  readonly progressObserved: (application: SparkApplication, reading: ProgressTelemetry.ProgressReading) => void
  /** No driver of this application (`namespace/name`) is running any longer. */
  readonly progressEnded: (key: string) => void
  /** A driver was asked for its progress. */
  readonly progressRead: (read: {
    readonly access: "direct" | "proxy"
    readonly outcome: (typeof readOutcomes)[number]
    readonly seconds: number
  }) => void
}

/** Applications with counters of their own, before the others share `__other__`. */
const applicationCap = 5_000

/** Makes the instruments, once per telemetry. */
export const make = (telemetry: TelemetryApi, settings: ApplicationMetricsSettings): ApplicationMetrics => {
  const { perApplication, prefix, legacy: sets } = settings
  const buckets = {
    "spark.application.execution.duration": given(settings.applicationBuckets),
    "spark.application.by_label.execution.duration": given(settings.applicationBuckets),
    "spark.application.by_label.submit.duration": given(settings.submitLatencyBuckets),
    "spark.application.by_label.start.duration": given(settings.startLatencyBuckets),
  }
  const meters = telemetry.meters(instruments, buckets)
  const labelNames = ApplicationIdentity.labelNames(settings.labelKeys)
  const identities = ApplicationIdentity.make(labelNames, telemetry.limit)
  const onOverflow = () => telemetry.fault("attribute_overflow")
  const counters = ApplicationCounters.make({
    perApplication,
    cap: applicationCap,
    identities,
    onOverflow,
    now: telemetry.now,
  })
  const progress = ProgressTelemetry.make({ meters, identities, cap: perApplication ? settings.progressLimit : 0 })
  const ages = StateAges.make()
  const labels = ApplicationLabels.make()
  const sinks = { meters, counters, ages, identities, progress, labels }
  const pods = PodTelemetry.make(sinks, telemetry.limit)
  const applications = ApplicationTelemetry.make(sinks, pods.relabelled)
  const reserved = ReservedNow.make(
    (namespace, name) => identities.of(namespace, labels.of(namespace, name)).application,
  )

  telemetry.produce(ProgressInstruments, progress.points)
  telemetry.produce(PodInstruments, counters.points)
  telemetry.produce(ApplicationInstruments, ages.points)
  telemetry.produce(UsageInstruments, reserved.points)
  telemetry.derive(legacyMetrics({ prefix, sets, labels: labelNames, buckets }))

  return {
    namespaceSelected: (namespace) => {
      const identity = identities.of(namespace)
      meters.startAtZero("application", identity.application)
      meters.startAtZero("namespace", identity.namespace)
    },
    applicationObserved: applications.observed,
    applicationCommitted: applications.committed,
    podObserved: (change, now) => {
      pods.observed(change, now)
      reserved.observed(change)
    },
    podHandled: (event, seconds) => meters.record("spark.operator.pod.event.duration", seconds, { event }),
    probeFailed: pods.probeFailed,
    progressObserved: (application, reading) => {
      progress.observed(application, reading)
      const { namespace, name } = application.metadata
      counters.stages(namespace, name, progress.stageState(namespace, name))
    },
    progressEnded: progress.ended,
    progressRead: ({ access, outcome, seconds }) => {
      meters.add("spark.operator.progress.reads", 1, { access, outcome })
      meters.record("spark.operator.progress.read.duration", seconds, { access })
    },
  }
}

type Buckets = ReadonlyArray<number> | undefined

const given = (buckets: Buckets): Buckets => (buckets === undefined || buckets.length === 0 ? undefined : buckets)
