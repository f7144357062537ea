/** The instruments of the kind SparkHistoryServer. */

import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import type { Instrument } from "../../telemetry/meter/Instrument.ts"

/** `New`: without a status; `Invalid`: it does not answer, because its spec cannot be used; `Stopped`: it is to have no pods. */
export const historyStates = ["New", "Invalid", "Unavailable", "Available", "Stopped"] as const
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

/** The state as the value of an attribute. */
export const stateOf = ({ status }: Pick<SparkHistoryServer, "status">): HistoryState => {
  const condition = (type: string) => status?.conditions?.find((condition) => condition.type === type)
  const available = condition("Available")
  if (available === undefined) return "New"
  if (available.status === "True") return "Available"
  if (condition("Accepted")?.status === "False") return "Invalid"
  return available.reason === "ScaledToZero" ? "Stopped" : "Unavailable"
}
