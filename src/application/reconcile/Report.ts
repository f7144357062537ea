/**
 * Tells the world: the status, and after it was written the transitions in telemetry (`StatusWrites.ts`). The write carries the
 * resource version that the decision rests on, so a decision made on stale facts is refused (409) before any of its actions happen.
 */

import { Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import type { StatusWrite, StatusWrites } from "../../runtime/StatusWrites.ts"
import { about } from "../telemetry/AttemptContext.ts"

/** Writes the status and answers the application as the API server has it now; the caches know it already. */
export const report = Effect.fnUntraced(function* (
  write: StatusWrite,
  writes: StatusWrites,
): Effect.fn.Return<SparkApplication, KubeError, Kube> {
  const { before, status } = write
  const kube = yield* Kube
  const { namespace, name, resourceVersion } = before.metadata
  const patch = kube.patch(sparkApplications, namespace, name, {
    type: "json",
    subresource: "status",
    body: [
      { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
      { op: "add", path: "/status", value: status },
    ],
  })
  writes.sent(write)
  const written = yield* Effect.onExit(patch, (exit) => Effect.sync(() => writes.settled(write, exit)))
  yield* logTransition(before.status, written)
  return written
})

/** One line per change of state: the life of an application can be read in the log. */
const logTransition = (previous: SparkApplicationStatus | undefined, application: SparkApplication) => {
  const { metadata, status } = application
  const from = previous?.applicationState?.state ?? ""
  const { state, errorMessage } = status?.applicationState ?? { state: "" }
  if (from === state) return Effect.void
  return Effect.logInfo(`${from || "NEW"} → ${state}`).pipe(
    Effect.annotateLogs({
      application: `${metadata.namespace}/${metadata.name}`,
      attempt: status?.attempts?.at(-1)?.number,
      submissionId: status?.submissionID,
      ...(errorMessage ? { error: errorMessage } : {}),
    }),
    about(application),
  )
}
