/** Connect servers: what a client needs to connect, sessions, and the attempts. Pure. */

import type { Condition } from "../../api/Condition.ts"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { ConnectionLine } from "../../api/connect/SparkConnectStatus.ts"
import { byConnect } from "../../connect/reconcile/Caches.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import { type PodView, podViews } from "./ApplicationView.ts"
import { sentence } from "./Explanation.ts"
import { connectState } from "./FleetView.ts"
import { webUrl } from "./LinkFormat.ts"
import { redactMessages, redactText } from "./Redact.ts"

export interface ConnectRow {
  readonly namespace: string
  readonly name: string
  readonly state: string
  readonly explanation: string
  /** For clients in the cluster. */
  readonly endpoint: string | undefined
  readonly sessions: number | undefined
  readonly operations: number | undefined
  readonly executors: number
  readonly started: string | undefined
  readonly idleSince: string | undefined
  readonly suspended: boolean
}

export interface ConnectView {
  readonly row: ConnectRow
  readonly connections: ReadonlyArray<ConnectionLine>
  readonly tokenSecretName: string | undefined
  readonly conditions: ReadonlyArray<Condition>
  /** Newest first. */
  readonly attempts: NonNullable<NonNullable<SparkConnect["status"]>["attempts"]>
  readonly pods: ReadonlyArray<PodView>
  readonly historyURL: string | undefined
}

const explanationOf = (status: SparkConnect["status"]): string => {
  if (status === undefined) return ""
  if (status.waiting !== undefined) return sentence(status.waiting.reason, status.waiting.message)
  const refused = status.conditions?.find(({ type, status: holds }) => type === "Accepted" && holds === "False")
  if (refused !== undefined) return refused.message
  const ended = status.attempts?.findLast(({ result }) => result === "Failed")
  return status.state === "Ready" || ended === undefined ? "" : sentence(ended.reason ?? "Failed", ended.message)
}

export const connectRow = (connect: SparkConnect): ConnectRow => {
  const { metadata, spec, status } = connect
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    state: connectState(connect),
    explanation: redactText(explanationOf(status)),
    endpoint: status?.endpoint,
    sessions: status?.sessions?.open,
    operations: status?.operations?.running,
    executors: status?.executors?.["running"] ?? 0,
    started: status?.attempts?.at(-1)?.runningTime,
    idleSince: status?.idleSince,
    suspended: spec?.suspend === true,
  }
}

export const connectView = (connect: SparkConnect, pods: Store<SeenPod>): ConnectView => {
  const { status } = connect
  return {
    row: connectRow(connect),
    connections: status?.connections ?? [],
    tokenSecretName: status?.tokenSecretName,
    conditions: redactMessages(status?.conditions),
    attempts: redactMessages(status?.attempts).toReversed(),
    pods: podViews(pods.by(byConnect, keyOf(connect))),
    historyURL: webUrl(status?.historyURL),
  }
}
