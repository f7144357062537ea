/** Reports a decision: the status is written if it changed, then Events are recorded. */

import { Effect } from "effect"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { sparkHistoryServers } from "../../api/Kinds.ts"
import type { EventRecorder } from "../../kube/EventRecorder.ts"
import { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { referenceTo } from "../../kube/Resource.ts"
import type { Decision } from "../decide/Decide.ts"

export interface ReportOptions {
  readonly events: EventRecorder
  /** Takes in the written object, before the watch delivers it. */
  readonly written: (server: SparkHistoryServer) => void
}

export type Report = (server: SparkHistoryServer, decision: Decision) => Effect.Effect<void, KubeError, Kube>

export const make = ({ events, written }: ReportOptions): Report =>
  Effect.fnUntraced(function* (server, { status, events: notes }) {
    const { namespace, name, resourceVersion } = server.metadata
    if (status !== server.status && Object.keys(status).length > 0) {
      const kube = yield* Kube
      // Carries the version that the decision is based on: a status decided on stale facts is refused.
      const body = [
        { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
        { op: "add", path: "/status", value: status },
      ]
      written(yield* kube.patch(sparkHistoryServers, namespace, name, { type: "json", subresource: "status", body }))
    }
    for (const note of notes) yield* events.record(referenceTo(sparkHistoryServers, server), note)
  })
