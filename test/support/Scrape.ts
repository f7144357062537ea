/** What the tests of telemetry share: metrics to scrape, and the objects that they are about. */

import { Context, Effect, Layer } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import type { ApplicationStateType, SparkApplicationStatus } from "../../src/api/application/SparkApplicationStatus.ts"
import * as ApplicationMetrics from "../../src/application/telemetry/ApplicationMetrics.ts"
import { applicationQueue } from "../../src/application/telemetry/KnownValues.ts"
import * as ConnectMetrics from "../../src/connect/telemetry/ConnectMetrics.ts"
import * as HistoryMetrics from "../../src/history/telemetry/HistoryMetrics.ts"
import * as ScheduleMetrics from "../../src/schedule/telemetry/ScheduleMetrics.ts"
import { Telemetry, type TelemetryApi, type TelemetrySettings } from "../../src/telemetry/Telemetry.ts"

type Settings = TelemetrySettings &
  ApplicationMetrics.ApplicationMetricsSettings & { readonly namespaces?: ReadonlyArray<string> }

/** As the flags have it by default. */
export const defaultSettings: Settings = {
  prefix: "",
  labelKeys: [],
  legacy: ["v1", "v2"],
  serviceVersion: "0.0.0",
  perApplication: true,
  progressLimit: 1_000,
  process: globalThis.process,
}

/** Telemetry with the metrics of all kinds on it. */
export class Metrics extends Context.Service<
  Metrics,
  TelemetryApi &
    ApplicationMetrics.ApplicationMetrics & {
      readonly schedules: ScheduleMetrics.ScheduleMetrics
      readonly connects: ConnectMetrics.ConnectMetrics
      readonly histories: HistoryMetrics.HistoryMetrics
    }
>()("test/support/Scrape/Metrics") {}

/** Provides metrics of its own to a test, as an operator has them. */
export const withTelemetry = (settings: Partial<Settings> = {}) => {
  const all = { ...defaultSettings, ...settings }
  const metrics = Layer.effect(
    Metrics,
    Effect.map(Telemetry, (telemetry) => {
      telemetry.runtime.workqueue(applicationQueue)
      const schedules = ScheduleMetrics.make(telemetry, { perSchedule: all.perApplication })
      const connects = ConnectMetrics.make(telemetry)
      const applications = ApplicationMetrics.make(telemetry, all)
      for (const name of all.namespaces ?? []) applications.namespaceSelected(name)
      const histories = HistoryMetrics.make(telemetry)
      return { ...telemetry, ...applications, schedules, connects, histories }
    }),
  )
  return Effect.provide(Layer.provideMerge(metrics, Telemetry.layer(all)))
}

/** The text of `/metrics`. */
export const scrapeText = Effect.gen(function* () {
  const telemetry = yield* Telemetry
  return String((yield* telemetry.collect()).body)
})

/** Values by series, as Prometheus would store them. */
export const scrape = Effect.map(scrapeText, (text) => {
  const series = new Map<string, number>()
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue
    const end = line.lastIndexOf(" ")
    series.set(line.slice(0, end), Number(line.slice(end + 1)))
  }
  return series
})

export const application = (
  state: ApplicationStateType,
  more: {
    readonly status?: Partial<SparkApplicationStatus>
    readonly metadata?: Partial<SparkApplication["metadata"]>
  } = {},
): SparkApplication =>
  ({
    metadata: { name: "pi", namespace: "ml", uid: "u1", creationTimestamp: "2030-01-01T00:00:00Z", ...more.metadata },
    spec: {},
    status: status(state, more.status),
  }) as unknown as SparkApplication

export const status = (
  state: ApplicationStateType,
  more: Partial<SparkApplicationStatus> = {},
): SparkApplicationStatus => ({ applicationState: { state }, driverInfo: {}, ...more })

export const pod = (
  phase: string,
  more: { readonly metadata?: Pod["metadata"]; readonly status?: Pod["status"]; readonly role?: string } = {},
): Pod => ({
  metadata: {
    name: "pi-exec-1",
    namespace: "ml",
    uid: "p1",
    resourceVersion: phase,
    creationTimestamp: "2030-01-01T00:00:00Z",
    ...more.metadata,
    labels: {
      "sparkoperator.k8s.io/app-name": "pi",
      "spark-role": more.role ?? "executor",
      ...more.metadata?.labels,
    },
  },
  status: { phase, ...more.status },
})
