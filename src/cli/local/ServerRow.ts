/** What local mode shows for one Connect server: a row of plain text values. Pure. */

import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { ConnectState, SparkConnectStatus } from "../../api/connect/SparkConnectStatus.ts"
import { attemptSentence, sentence } from "../../console/api/Explanation.ts"
import { keyOf } from "../../runtime/Store.ts"

export interface ServerRow {
  /** `namespace/name`, the key of the object. */
  readonly key: string
  /** `NEW` for a server without a status. */
  readonly state: Exclude<ConnectState, ""> | "NEW"
  /** Number of the current or latest attempt; 0 before the first. */
  readonly attempt: number
  /** `1/2`: running of existing executors; otherwise empty. */
  readonly executors: string
  /** `2 open, 1 running`: sessions, and operations in them; otherwise empty. */
  readonly sessions: string
  /** The connection string inside the cluster; otherwise empty. */
  readonly endpoint: string
  /** Why it waits, is not accepted or has failed; otherwise empty. */
  readonly reason: string
}

export const serverRow = (connect: SparkConnect): ServerRow => {
  const { status } = connect
  return {
    key: keyOf(connect),
    state: status?.state || "NEW",
    attempt: status?.attempts?.at(-1)?.number ?? 0,
    executors: executorsOf(status?.executors),
    sessions: sessionsOf(status),
    endpoint: status?.endpoint ?? "",
    reason: status === undefined ? "" : reasonOf(status),
  }
}

const executorsOf = ({ pending = 0, running = 0 }: NonNullable<SparkConnectStatus["executors"]> = {}): string =>
  pending + running === 0 ? "" : `${running}/${pending + running}`

/** Before Spark 4.3 only operations are known. */
const sessionsOf = (status: SparkConnectStatus | undefined): string => {
  if (status?.state !== "Ready") return ""
  const { sessions, operations } = status
  const parts = [
    sessions === undefined || sessions.open === 0 ? "" : `${sessions.open} open`,
    operations === undefined || operations.running === 0 ? "" : `${operations.running} running`,
  ]
  return parts.filter((part) => part !== "").join(", ")
}

/** The mistake that keeps the spec from being used; undefined if there is none. */
const refusalOf = (status: SparkConnectStatus | undefined) =>
  status?.conditions?.find(({ type, status }) => type === "Accepted" && status === "False")

/** Nothing happens before the spec is corrected; a server that ran when the mistake was made continues. */
export const isRefused = ({ status }: SparkConnect): boolean =>
  status?.state === "NotReady" && refusalOf(status) !== undefined

/** The first that is present: the mistake in the spec, the reason for waiting, and, unless the server is ready, the end of the last one. */
const reasonOf = (status: SparkConnectStatus): string => {
  const { waiting, attempts, state } = status
  const refused = refusalOf(status)
  if (refused !== undefined) return refused.message
  if (waiting !== undefined) return sentence(waiting.reason, waiting.message)
  const ended = attempts?.findLast(({ result }) => result !== undefined)
  if (state === "Ready" || ended?.result !== "Failed") return ""
  return attemptSentence(ended)
}
