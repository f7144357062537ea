/** The instruments of the kind SparkHistoryServer. */

import type { Instrument } from "../../telemetry/meter/Instrument.ts"

/** `New`: without a status; `Invalid`: its spec cannot be used, whether or not an earlier one still runs. */
export const historyStates = ["New", "Invalid", "Unavailable", "Available"] as const
export type HistoryState = (typeof historyStates)[number]

export const HistoryInstruments = {
  "spark.history.servers": {
    kind: "positive-gauge",
    unit: "{server}",
    description: "SparkHistoryServers by state",
    changes: "a SparkHistoryServer appeared, changed its state, or was deleted",
    identity: "namespace",
    attributes: { state: historyStates },
    zeros: "each",
  },
  "spark.history.replicas": {
    kind: "positive-gauge",
    unit: "{pod}",
    description: "Pods of history servers that answer, as their status reports them",
    changes: "the status of a SparkHistoryServer changed",
    identity: "namespace",
    attributes: {},
    zeros: "each",
  },
} as const satisfies Record<string, Instrument>
