/** What the tests of this room share: a telemetry to scrape, and the objects to tell it about. */

import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import type { ApplicationStateType, SparkApplicationStatus } from "../../src/api/application/SparkApplicationStatus.ts"
import { defaultTelemetrySettings, Telemetry, type TelemetrySettings } from "../../src/telemetry/Telemetry.ts"

/** Provides a telemetry of its own to a test. */
export const withTelemetry = (settings: Partial<TelemetrySettings> = {}) =>
  Effect.provide(Telemetry.layer({ ...defaultTelemetrySettings, ...settings }))

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
