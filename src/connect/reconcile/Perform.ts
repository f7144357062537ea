/**
 * Carries out the actions of a decision: writes only, in order, each idempotent. A final refusal of the API server is an answer; what may be
 * temporary (conflict, overload, no connection) is a `KubeError`, and the queue retries.
 */

import { Effect } from "effect"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import { sparkConnects } from "../../api/Kinds.ts"
import type { RouteCheck } from "../../kube/gateway/RouteCheck.ts"
import { createOrGet, ignoreNotFound } from "../../kube/Idempotent.ts"
import { Kube, type KubeApi } from "../../kube/Kube.ts"
import { isPermanent, type KubeError } from "../../kube/KubeError.ts"
import { type KubeObject, pods, services } from "../../kube/Resource.ts"
import type { BuildOptions } from "../../spark/driver/Build.ts"
import * as Labels from "../../spark/Labels.ts"
import type { Action } from "../lifecycle/Action.ts"
import type { Observed, Refusal } from "../lifecycle/Observed.ts"
import { attemptObjects, type Made, serverObjects } from "../ServerObjects.ts"
import type { ValidConnect } from "../Validate.ts"
import { ensureAccess, type EnsuredAccess, ensureToken } from "./EnsureAccess.ts"
import { isLeaving, ownedBy, serverOf, takenBy } from "./Ownership.ts"

export interface Subject {
  readonly connect: SparkConnect
  /** Undefined when the spec has problems: nothing can be created then. */
  readonly valid: ValidConnect | undefined
  readonly options: BuildOptions
  readonly routes: RouteCheck
}

/** The results of actions that the next decision needs. */
export interface Answer {
  readonly server?: Observed["server"]
  readonly refusal?: Refusal
  readonly access?: EnsuredAccess
}

/** Performs the actions in order. */
export const performAll = Effect.fnUntraced(function* (
  actions: ReadonlyArray<Action>,
  subject: Subject,
): Effect.fn.Return<Answer, KubeError, Kube> {
  let answer: Answer = {}
  for (const action of actions) answer = { ...answer, ...(yield* perform(action, subject)) }
  return answer
})

const perform = (action: Action, subject: Subject): Effect.Effect<Answer, KubeError, Kube> => {
  const { connect, valid, options, routes } = subject
  switch (action._tag) {
    case "EnsureAccess":
      return valid === undefined
        ? Effect.succeed({})
        : Effect.map(ensureAccess(valid, routes), (access) => ({ access }))
    case "Start":
      return valid === undefined ? Effect.succeed({}) : start(action, valid, options)
    case "DeletePod":
      return Effect.as(deletePod(action, connect), {})
    case "DeleteAttempt":
      return Effect.as(deleteAttempt(action, connect), {})
    case "DeleteService":
      return Effect.as(deleteService(action, connect), {})
    case "DeleteConnect":
      return Effect.as(deleteConnect(connect), {})
  }
}

const refuse = (reason: string, message: string) => Effect.fail<Refusal>({ reason, message })

/** Creates an object of this attempt, or finds it as it was created before; what an earlier spec or attempt left is replaced. */
const ensureOne = Effect.fnUntraced(function* (
  kube: KubeApi,
  connect: SparkConnect,
  { resource, object }: Made,
): Effect.fn.Return<void, KubeError | Refusal> {
  const { namespace } = connect.metadata
  const create = createOrGet(kube, resource, namespace, object)
  const first = yield* create
  if (first.created || isCurrent(first.object, object)) return
  const { metadata } = first.object
  if (!ownedBy(first.object, connect)) {
    return isLeaving(first.object, connect)
      ? yield* refuse(
          "EarlierObjectExists",
          `${resource.kind} ${metadata?.name} of an earlier SparkConnect still exists`,
        )
      : yield* refuse("NameConflict", takenBy({ ...first.object, kind: resource.kind }))
  }
  yield* ignoreNotFound(kube.delete(resource, namespace, metadata?.name ?? "", { uid: metadata?.uid }))
  const second = yield* create
  if (!second.created && !isCurrent(second.object, object)) {
    yield* refuse("EarlierObjectExists", `${resource.kind} ${metadata?.name} of an earlier server still exists`)
  }
})

/** Made for the same attempt from the same spec. */
const isCurrent = ({ metadata: existing = {} }: KubeObject, { metadata: desired = {} }: KubeObject): boolean =>
  existing.deletionTimestamp === undefined &&
  existing.ownerReferences?.[0]?.uid === desired.ownerReferences?.[0]?.uid &&
  existing.labels?.[Labels.submissionId] === desired.labels?.[Labels.submissionId] &&
  existing.annotations?.[Labels.revisionAnnotation] === desired.annotations?.[Labels.revisionAnnotation]

/** What the server can do without is created as far as it can be: its failure is logged and keeps nobody from working. */
const ensureOptional = (kube: KubeApi, connect: SparkConnect, made: Made) =>
  Effect.catch(ensureOne(kube, connect, made), ({ message }) =>
    Effect.logWarning("a companion object of a Connect server cannot be created").pipe(
      Effect.annotateLogs({ kind: made.resource.kind, name: made.object.metadata?.name, error: message }),
    ),
  )

const start = Effect.fn("start")(
  function* (
    action: Extract<Action, { _tag: "Start" }>,
    valid: ValidConnect,
    options: BuildOptions,
  ): Effect.fn.Return<Answer, KubeError | Refusal, Kube> {
    const kube = yield* Kube
    const { connect } = valid
    const { before, pod, after } = serverObjects(valid, action, options)
    yield* ensureToken(valid)
    yield* Effect.forEach(before, (made) => ensureOne(kube, connect, made), { concurrency: "unbounded", discard: true })
    yield* Effect.forEach(after, (made) => ensureOptional(kube, connect, made), { discard: true })
    const { object } = yield* createOrGet(kube, pods, connect.metadata.namespace, pod)
    return { server: serverOf(object, connect) }
  },
  // A final refusal, by quota or admission, is reported; what may be temporary is retried by the queue.
  Effect.catch((error) =>
    "_tag" in error && !isPermanent(error)
      ? Effect.fail(error)
      : Effect.succeed<Answer>({ refusal: { reason: error.reason, message: error.message } }),
  ),
)

const deletePod = Effect.fnUntraced(function* (
  { podName, uid }: Extract<Action, { _tag: "DeletePod" }>,
  { metadata }: SparkConnect,
): Effect.fn.Return<void, KubeError, Kube> {
  const kube = yield* Kube
  yield* ignoreNotFound(kube.delete(pods, metadata.namespace, podName, { uid }))
})

const deleteAttempt = Effect.fn("deleteAttempt")(function* (
  { submissionId }: Extract<Action, { _tag: "DeleteAttempt" }>,
  connect: SparkConnect,
): Effect.fn.Return<void, KubeError, Kube> {
  const kube = yield* Kube
  // In order: as long as the last of them is there, a crash leaves nothing that nobody knows of.
  yield* Effect.forEach(
    attemptObjects(connect, submissionId),
    ([resource, name]) => ignoreNotFound(kube.delete(resource, connect.metadata.namespace, name)),
    { discard: true },
  )
})

const deleteService = Effect.fnUntraced(function* (
  { name }: Extract<Action, { _tag: "DeleteService" }>,
  { metadata }: SparkConnect,
): Effect.fn.Return<void, KubeError, Kube> {
  const kube = yield* Kube
  yield* ignoreNotFound(kube.delete(services, metadata.namespace, name))
})

const deleteConnect = Effect.fnUntraced(function* ({
  metadata,
}: SparkConnect): Effect.fn.Return<void, KubeError, Kube> {
  const kube = yield* Kube
  const { namespace, name, uid } = metadata
  yield* ignoreNotFound(kube.delete(sparkConnects, namespace, name, { uid, propagationPolicy: "Background" }))
})
