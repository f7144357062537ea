/** Reports a decision: the status is written, what that commits goes to telemetry, then Events are recorded. */

import { Effect } from "effect"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import { sparkConnects } from "../../api/Kinds.ts"
import type { EventRecorder } from "../../kube/EventRecorder.ts"
import type { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { referenceTo } from "../../kube/Resource.ts"
import type { DefinitionCheck } from "../../runtime/DefinitionCheck.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import type { Committed, StatusWrite, StatusWrites } from "../../runtime/StatusWrites.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import * as WriteStatus from "../../runtime/WriteStatus.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import type { SpanSinkApi } from "../../telemetry/otlp/SpanSink.ts"
import { lastAttempt } from "../lifecycle/Attempts.ts"
import type { Decision } from "../lifecycle/Decide.ts"
import type { ConnectMetrics } from "../telemetry/ConnectMetrics.ts"
import { newSpans } from "../telemetry/ServerSpans.ts"
import type { Changes } from "./Changes.ts"

export interface ConnectWrite extends StatusWrite<SparkConnect> {
  /** Deleted pods whose final state is part of the status. */
  readonly gone: ReadonlyArray<SeenPod>
}

export interface ReportOptions {
  readonly connects: Store<SparkConnect>
  readonly changes: Changes
  readonly definition: Pick<DefinitionCheck<SparkConnect>, "write" | "owes">
  readonly writes: StatusWrites<SparkConnect, ConnectWrite>
  readonly committed: (facts: ReadonlyArray<Committed<SparkConnect, ConnectWrite>>) => void
  readonly lastSeen: LastSeen<SeenPod>
  readonly events: EventRecorder
}

/** Returns the SparkConnect after the write, if there was one; the cache has it then, too. `gone`: deleted pods that were considered. */
export type Report = (
  connect: SparkConnect,
  decision: Decision,
  gone: ReadonlyArray<SeenPod>,
) => Effect.Effect<SparkConnect, KubeError, Kube>

/** What follows from a status that was written: counters advance, spans are exported, deleted pods that are in it are forgotten. */
export const committedTo =
  (lastSeen: LastSeen<SeenPod>, metrics: Pick<ConnectMetrics, "connectCommitted">, spans: SpanSinkApi) =>
  (facts: ReadonlyArray<Committed<SparkConnect, ConnectWrite>>): void => {
    for (const { write, after } of facts) {
      lastSeen.forget(keyOf(after), write.gone)
      metrics.connectCommitted(write.before, after)
      for (const span of newSpans(write.before.status, after)) if (spans.isSampled(span.traceId)) spans.push(span)
    }
  }

export const make = ({ connects, changes, definition, writes, committed, lastSeen, events }: ReportOptions): Report => {
  const writeStatus = WriteStatus.make({
    resource: sparkConnects,
    store: connects,
    definition,
    writes,
    changed: changes.ofConnect,
    committed,
  })
  return Effect.fnUntraced(function* (connect, decision, gone) {
    const { status } = decision
    const isEqual = status === connect.status || (connect.status === undefined && Object.keys(status).length === 0)
    const isSame = isEqual && !definition.owes(connect)
    if (isSame) lastSeen.forget(keyOf(connect), gone)
    const written = isSame ? connect : yield* writeStatus({ before: connect, status, gone })
    yield* logTransition(connect, written)
    for (const note of decision.events) yield* events.record(referenceTo(sparkConnects, written), note)
    return written
  })
}

/** One line per change of state: the life of a server can be read in the log. */
const logTransition = (before: SparkConnect, { metadata, status }: SparkConnect) => {
  const [from, to] = [before.status?.state ?? "", status?.state ?? ""]
  if (from === to) return Effect.void
  const attempt = lastAttempt(status)
  return Effect.logInfo(`${from || "NEW"} → ${to}`).pipe(
    Effect.annotateLogs({
      connect: `${metadata.namespace}/${metadata.name}`,
      ...(attempt === undefined ? {} : { attempt: attempt.number, submissionId: attempt.submissionID }),
      ...(attempt?.message ? { ended: attempt.message } : {}),
    }),
  )
}
