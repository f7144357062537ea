/** What local mode shows for one history server: a row of plain text values. Pure. */

import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { sentence } from "../../console/api/Explanation.ts"
import { type HistoryState, stateOf } from "../../history/telemetry/HistoryInstruments.ts"
import { keyOf } from "../../runtime/Store.ts"

export interface HistoryRow {
  /** `namespace/name`, the key of the object. */
  readonly key: string
  readonly state: HistoryState
  /** `1/2`: pods that answer of those that exist; otherwise empty. */
  readonly pods: string
  /** For browsers; otherwise empty. */
  readonly url: string
  /** Why it is not accepted or does not answer; otherwise empty. */
  readonly reason: string
}

/** The reason of a server that just starts is not worth a word. */
const silent: ReadonlySet<string> = new Set(["Starting", "ScaledToZero"])

const reasonOf = ({ status }: SparkHistoryServer): string => {
  const failed = (type: string) =>
    status?.conditions?.find((condition) => condition.type === type && condition.status === "False")
  const condition = failed("Accepted") ?? failed("Available")
  return condition === undefined || silent.has(condition.reason) ? "" : sentence(condition.reason, condition.message)
}

export const historyRow = (server: SparkHistoryServer): HistoryRow => {
  const { replicas = 0, readyReplicas = 0, url = "" } = server.status ?? {}
  return {
    key: keyOf(server),
    state: stateOf(server),
    pods: replicas === 0 ? "" : `${readyReplicas}/${replicas}`,
    url,
    reason: reasonOf(server),
  }
}
