/** One reading of the activity of a server: two requests to its UI, or one before Spark 4.3. */

import { Clock, Effect, type Scope } from "effect"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { Kube } from "../../kube/Kube.ts"
import { type PodAccess, type PodAddress, podGet, PodHttpError } from "../../kube/PodHttp.ts"
import * as Labels from "../../spark/Labels.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import { profileOf } from "../../spark/SparkProfile.ts"
import { uiOfSpec } from "../../spark/Ui.ts"
import * as Activity from "./Activity.ts"

/** A server whose activity can be read. */
export interface ReadableServer {
  readonly podUid: string
  readonly address: PodAddress
  readonly sparkApplicationId: string
  readonly reportsSessions: boolean
}

/** Undefined unless the server is ready and has a UI. `pod`: what has the name of the server. */
export const readableServer = (connect: SparkConnect, pod: SeenPod | undefined): ReadableServer | undefined => {
  const { status, spec, metadata } = connect
  const attempt = status?.attempts?.at(-1)
  const uid = pod?.metadata?.uid
  const { endpoint } = uiOfSpec(spec)
  if (status?.state !== "Ready" || uid === undefined || uid !== attempt?.podUID || endpoint === undefined)
    return undefined
  // The label is that of the version that runs; the spec may have changed.
  const version = pod?.metadata?.labels?.[Labels.sparkVersion] ?? spec.sparkVersion
  return {
    podUid: uid,
    address: { ...endpoint, namespace: metadata.namespace, name: pod?.metadata?.name ?? "", ip: pod?.status?.podIP },
    sparkApplicationId: status.sparkApplicationId ?? "",
    reportsSessions: profileOf(version)?.connectSessions === true,
  }
}

export const readActivity = Effect.fnUntraced(function* (
  { address, sparkApplicationId, reportsSessions }: ReadableServer,
  way: PodAccess,
): Effect.fn.Return<Activity.Activity, PodHttpError, Kube | Scope.Scope> {
  const get = yield* podGet(way, address)
  const list = Effect.fnUntraced(function* (what: string) {
    const { body } = yield* get(`/api/v1/applications/${encodeURIComponent(sparkApplicationId)}/${what}`)
    if (Array.isArray(body)) return body as ReadonlyArray<unknown>
    return yield* new PodHttpError({ reason: "invalid", message: `${what}: the response is not a list` })
  })
  // From before the first request: what begins meanwhile is seen by the next reading.
  const readAt = yield* Clock.currentTimeMillis
  return reportsSessions
    ? Activity.ofSessions(yield* list("connect/sessions"), yield* list("connect/operations"), readAt)
    : Activity.ofJobs(yield* list("jobs"), readAt)
}, Effect.scoped)
