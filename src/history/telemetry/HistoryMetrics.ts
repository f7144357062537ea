/** The metrics of the kind SparkHistoryServer: gauges that follow the difference of two versions in the cache, so they equal the cluster. */

import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { type Attributes, namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import type { TelemetryApi } from "../../telemetry/Telemetry.ts"
import { HistoryInstruments, stateOf } from "./HistoryInstruments.ts"

export interface HistoryMetrics {
  /** A namespace is managed from now on: its series start at zero. */
  readonly namespaceSelected: (namespace: string) => void
  /** Every change of the cache, the first list and deletions included. */
  readonly observed: (before: SparkHistoryServer | undefined, after: SparkHistoryServer | undefined) => void
}

/** Makes the instruments, once per telemetry. */
export const make = (telemetry: TelemetryApi): HistoryMetrics => {
  const meters = telemetry.meters(HistoryInstruments)
  const namespaceOf = (name: string): Attributes => {
    const attributes = { [namespaceAttribute]: telemetry.limit.limit(namespaceAttribute, name) }
    meters.startAtZero("namespace", attributes)
    return attributes
  }

  const count = (server: SparkHistoryServer | undefined, sign: 1 | -1) => {
    if (server === undefined) return
    const namespace = namespaceOf(server.metadata.namespace)
    meters.gauge("spark.history.servers").add(sign, { ...namespace, state: stateOf(server) })
    meters.gauge("spark.history.replicas").add(sign * (server.status?.readyReplicas ?? 0), namespace)
  }

  return {
    namespaceSelected: (namespace) => void namespaceOf(namespace),
    // What comes is added before what goes is taken, so that no sum is below what it should be in between.
    observed: (before, after) => {
      count(after, 1)
      count(before, -1)
    },
  }
}
