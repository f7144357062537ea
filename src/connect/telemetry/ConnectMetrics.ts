/**
 * The metrics of the kind SparkConnect. Gauges follow the difference of two versions in the cache, so after any restart or relist they equal the
 * sum over all SparkConnects; counters count what the operator has written.
 */

import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { PodHttpFailure } from "../../kube/PodHttp.ts"
import { epoch } from "../../kube/Time.ts"
import { type Attributes, namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import type { TelemetryApi } from "../../telemetry/Telemetry.ts"
import { ConnectInstruments, stateValue } from "./ConnectInstruments.ts"

export interface ConnectMetrics {
  /** A namespace is managed from now on: its series start at zero. */
  readonly namespaceSelected: (namespace: string) => void
  /** Every change of the cache, the first list and deletions included. */
  readonly connectObserved: (before: SparkConnect | undefined, after: SparkConnect | undefined) => void
  /** After a status write of the operator succeeded. */
  readonly connectCommitted: (before: SparkConnect, after: SparkConnect) => void
  /** A server was asked for its sessions. */
  readonly activityRead: (outcome: "success" | PodHttpFailure) => void
}

/** Makes the instruments, once per telemetry. */
export const make = (telemetry: TelemetryApi): ConnectMetrics => {
  const meters = telemetry.meters(ConnectInstruments)
  const namespaceOf = (name: string): Attributes => {
    const attributes = { [namespaceAttribute]: telemetry.limit.limit(namespaceAttribute, name) }
    meters.startAtZero("namespace", attributes)
    return attributes
  }

  const countAll = (connect: SparkConnect | undefined, sign: 1 | -1) => {
    if (connect === undefined) return
    const namespace = namespaceOf(connect.metadata.namespace)
    const { state, sessions, operations, executors } = connect.status ?? {}
    meters.gauge("spark.connect.servers").add(sign, { ...namespace, state: stateValue(state) })
    meters.gauge("spark.connect.sessions").add(sign * (sessions?.open ?? 0), namespace)
    meters.gauge("spark.connect.operations").add(sign * (operations?.running ?? 0), namespace)
    for (const [phase, count] of Object.entries(executors ?? {})) {
      meters.gauge("spark.connect.executors").add(sign * count, { ...namespace, phase })
    }
  }

  return {
    namespaceSelected: (namespace) => void namespaceOf(namespace),
    connectObserved: (before, after) => {
      if (before?.status === after?.status && before?.metadata.uid === after?.metadata.uid) return
      // What comes is added before what goes is taken, so that no sum is below what it should be in between.
      countAll(after, 1)
      countAll(before, -1)
    },
    connectCommitted: (before, after) => {
      const namespace = namespaceOf(after.metadata.namespace)
      for (const attempt of after.status?.attempts ?? []) {
        const known = before.status?.attempts?.find(({ number }) => number === attempt.number)
        const previous = after.status?.attempts?.find(({ number }) => number === attempt.number - 1)
        if (known === undefined && previous !== undefined) {
          const reason = previous.failure ?? previous.reason ?? "Unknown"
          meters.add("spark.connect.restarts", 1, { ...namespace, reason })
        }
        const [began, ready] = [epoch(attempt.startTime), epoch(attempt.readyTime)]
        if (known?.readyTime === undefined && began !== undefined && ready !== undefined) {
          meters.record("spark.connect.start.duration", Math.max(0, ready - began) / 1000, namespace)
        }
      }
    },
    activityRead: (outcome) => meters.add("spark.connect.activity.reads", 1, { outcome }),
  }
}
