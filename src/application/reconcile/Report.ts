/**
 * Reports a decision: the status is written, what that commits goes to telemetry, then Events are recorded. The write carries the resource
 * version that the decision is based on, so a decision made on stale facts is refused (409) before any of its actions happen.
 */

import { Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import type { EventRecorder } from "../../kube/EventRecorder.ts"
import type { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { referenceTo } from "../../kube/Resource.ts"
import type { StatusWrites } from "../../runtime/StatusWrites.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import * as WriteStatus from "../../runtime/WriteStatus.ts"
import * as Labels from "../../spark/Labels.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import { lastAttempt } from "../lifecycle/Attempts.ts"
import type { Decision } from "../lifecycle/Decision.ts"
import type { Situation } from "../lifecycle/Situation.ts"
import { about, traceOf } from "../telemetry/AttemptContext.ts"
import type { Changes } from "./Changes.ts"
import type { ApplicationWrite, Reported } from "./Reported.ts"

export interface ReportOptions {
  readonly applications: Store<SparkApplication>
  readonly changes: Changes
  readonly writes: StatusWrites<SparkApplication, ApplicationWrite>
  readonly reported: Reported
  readonly events: EventRecorder
}

/** Returns the application after the write, if there was one; the cache has it then, too. `gone`: deleted pods that were considered. */
export type Report = (
  application: SparkApplication,
  situation: Situation,
  decision: Decision,
  gone: ReadonlyArray<SeenPod>,
) => Effect.Effect<SparkApplication, KubeError, Kube>

export const make = ({ applications, changes, writes, reported, events }: ReportOptions): Report => {
  const writeStatus = WriteStatus.make({
    resource: sparkApplications,
    store: applications,
    writes,
    changed: changes.ofApplication,
    committed: reported.committed,
  })

  return Effect.fnUntraced(function* (application, situation, decision, gone) {
    if (decision.postponedSince !== undefined) return application
    const { status } = decision
    if (status === situation.status) reported.nothingToWrite(application, gone)
    const written =
      status === situation.status ? application : yield* writeStatus({ before: application, status, gone })
    yield* logTransition(application.status, written)
    const annotations = annotationsOf(written)
    for (const note of decision.events)
      yield* events.record(referenceTo(sparkApplications, written), { ...note, annotations })
    return written
  })
}

/** The trace of the attempt can be found from its Events. */
const annotationsOf = (application: SparkApplication): Readonly<Record<string, string>> => {
  const trace = traceOf(application)
  return trace === undefined ? {} : { [Labels.traceAnnotation]: trace.trace_id }
}

/** One line per change of state: the life of an application can be read in the log. */
const logTransition = (previous: SparkApplicationStatus | undefined, application: SparkApplication) => {
  const { status } = application
  const from = previous?.applicationState?.state ?? ""
  const { state, errorMessage } = status?.applicationState ?? { state: "" }
  if (from === state) return Effect.void
  return Effect.logInfo(`${from || "NEW"} → ${state}`).pipe(
    Effect.annotateLogs({
      application: keyOf(application),
      attempt: status && lastAttempt(status)?.number,
      submissionId: status?.submissionID,
      ...(errorMessage ? { error: errorMessage } : {}),
    }),
    about(application),
  )
}
