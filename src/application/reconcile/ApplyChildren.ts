/**
 * Creates and deletes the companion objects of a driver. An object of another owner is left alone. One that an earlier submission left is
 * replaced, so that nothing of an old spec remains in it. For those that the driver can do without, every failure is a result and not an
 * error.
 */

import { Effect, Result } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { ChildStatus } from "../../api/application/SparkApplicationStatus.ts"
import { notInstalled } from "../../kube/gateway/Route.ts"
import type { RouteCheck } from "../../kube/gateway/RouteCheck.ts"
import { createOrGet, type Ensured, ignoreNotFound } from "../../kube/Idempotent.ts"
import { find, Kube } from "../../kube/Kube.ts"
import { KubeError } from "../../kube/KubeError.ts"
import { apiVersion, type KubeObject, type Resource } from "../../kube/Resource.ts"
import { keyOf } from "../../runtime/Store.ts"
import type { Child } from "../../spark/Child.ts"
import { children, childrenInfo } from "../../spark/Children.ts"
import type { BuildOptions } from "../../spark/driver/Build.ts"
import type { Submission } from "../../spark/submit/Submission.ts"
import type { Valid } from "../../spark/Validate.ts"
import type { Action } from "../lifecycle/Action.ts"
import { type ChildrenOutcome, type ChildResult, earlierObjectExists } from "../lifecycle/Observed.ts"
import { isLeaving, ofSubmission, ownedBy } from "./Ownership.ts"
import { stillExists } from "./SubmissionAnswers.ts"

/** Seconds that one object may take: a webhook that hangs must not keep the operator from following the driver. */
const timeoutSeconds = 10

/** The object in the API's types, whose lists are mutable. */
const toKube = ({ object: { metadata, ...object } }: Child): KubeObject => ({
  ...object,
  metadata: { ...metadata, ownerReferences: [...(metadata?.ownerReferences ?? [])] },
})

const nameOf = ({ object }: Child) => object.metadata?.name ?? ""

/** A companion object as the status has it before it is created. */
export const childStatus = (child: Child): ChildStatus => ({
  apiVersion: apiVersion(child),
  kind: child.kind,
  resource: child.plural,
  name: nameOf(child),
  state: "Pending",
  ...(child.phase === "before" ? { required: true } : {}),
})

const resourceOf = ({ apiVersion, resource, kind }: ChildStatus): Resource => {
  const [version = "", group = ""] = apiVersion.split("/").toReversed()
  return { group, version, plural: resource, kind }
}

type Made =
  | { readonly _tag: "Made"; readonly object: KubeObject }
  /** An object of another owner has the name, or one of an earlier run that is not gone yet. */
  | { readonly _tag: "Taken"; readonly object: KubeObject }

/** Creates the child, or finds it as this submission created it before; one of an earlier submission is replaced. */
const createOrReplace = Effect.fnUntraced(function* (
  child: Child,
  application: SparkApplication,
  submissionId: string,
): Effect.fn.Return<Made, KubeError, Kube> {
  const kube = yield* Kube
  const { namespace } = application.metadata
  const create = createOrGet<KubeObject>(kube, child, namespace, toKube(child))
  const isCurrent = ({ created, object }: Ensured<KubeObject>) =>
    created || (ofSubmission(object, application, submissionId) && !object.metadata?.deletionTimestamp)
  const first = yield* create
  if (isCurrent(first)) return { _tag: "Made", object: first.object }
  if (!ownedBy(first.object, application)) return { _tag: "Taken", object: first.object }
  yield* ignoreNotFound(kube.delete(child, namespace, nameOf(child), { uid: first.object.metadata?.uid }))
  const second = yield* create
  return { _tag: isCurrent(second) ? "Made" : "Taken", object: second.object }
})

/** A child that was created and is looked at again: as it is now, or created again if it is gone. */
const lookOrCreate = Effect.fnUntraced(function* (
  child: Child,
  application: SparkApplication,
  submissionId: string,
): Effect.fn.Return<Made, KubeError, Kube> {
  const object = yield* find(yield* Kube, child, application.metadata.namespace, nameOf(child))
  return object !== undefined && ofSubmission(object, application, submissionId)
    ? { _tag: "Made", object }
    : yield* createOrReplace(child, application, submissionId)
})

/** Adds the object to the message of the error, and what the cluster lacks if it does not know its kind. */
const withObject = (child: Child, error: KubeError): KubeError => {
  const unknown = `the cluster does not serve ${child.kind} of ${apiVersion(child)}; is its definition installed?`
  return new KubeError({
    ...error,
    message: `${child.kind} ${nameOf(child)}: ${error.unserved === true ? unknown : error.message}`,
  })
}

/** The objects that the driver cannot start without. */
export const requiredChildren = (valid: Valid, submission: Submission, options: BuildOptions): ReadonlyArray<Child> =>
  children(valid, submission, options).filter(({ phase }) => phase === "before")

/** Creates them; answers the object that has the name of one of them (`conflictWith`). */
export const createRequired = Effect.fnUntraced(function* (
  required: ReadonlyArray<Child>,
  application: SparkApplication,
  submissionId: string,
): Effect.fn.Return<KubeObject | undefined, KubeError, Kube> {
  const results = yield* Effect.forEach(
    required,
    (child) => Effect.mapError(createOrReplace(child, application, submissionId), (error) => withObject(child, error)),
    { concurrency: "unbounded" },
  )
  return results.find(({ _tag }) => _tag === "Taken")?.object
})

const failed = (child: ChildStatus, reason: string, message: string): ChildResult => ({
  child,
  outcome: { _tag: "Failed", reason, message },
})

/** Every error, and a timeout, as a result. */
const asResult = <R>(child: ChildStatus, effect: Effect.Effect<ChildResult, KubeError, R>) =>
  effect.pipe(
    Effect.timeoutOrElse({
      duration: timeoutSeconds * 1000,
      orElse: () => Effect.succeed(failed(child, "Timeout", `no answer within ${timeoutSeconds} s`)),
    }),
    Effect.catch(({ reason, message }) => Effect.succeed(failed(child, reason, message))),
  )

const deleteChild = Effect.fnUntraced(function* (
  child: ChildStatus,
  application: SparkApplication,
): Effect.fn.Return<ChildResult, KubeError, Kube> {
  const kube = yield* Kube
  const { namespace } = application.metadata
  const resource = resourceOf(child)
  const found = child.uid === undefined ? yield* ignoreNotFound(kube.get(resource, namespace, child.name)) : undefined
  const uid = found && ownedBy(found, application) ? found.metadata?.uid : child.uid
  if (uid !== undefined) yield* ignoreNotFound(kube.delete(resource, namespace, child.name, { uid }))
  return { child, outcome: { _tag: "Gone" } }
})

const useIngress = ", or run the operator with --ui-route=ingress"

/** Creates these companion objects of the submission; those that the spec no longer asks for are deleted. */
export const ensureChildren = Effect.fn("ensureChildren")(function* (
  action: Extract<Action, { _tag: "EnsureChildren" }>,
  application: SparkApplication,
  valid: Valid | undefined,
  options: BuildOptions,
  routes: RouteCheck,
): Effect.fn.Return<ChildrenOutcome, never, Kube> {
  if (valid === undefined) {
    const message = "the spec is not valid at present; see the condition Accepted"
    return { done: "ensured", results: action.children.map((child) => failed(child, "InvalidSpec", message)), info: {} }
  }
  const desired = children(valid, action, options)
  const existing: Array<KubeObject> = []
  const ensure = Effect.fnUntraced(function* (child: ChildStatus): Effect.fn.Return<ChildResult, KubeError, Kube> {
    const built = desired.find((one) => nameOf(one) === child.name && one.plural === child.resource)
    if (built === undefined) return yield* deleteChild(child, application)
    const make = child.state === "Created" ? lookOrCreate : createOrReplace
    const made = yield* Effect.result(make(built, application, action.submissionId))
    if (Result.isFailure(made)) {
      if (made.failure.unserved !== true || built.parentsFrom === undefined) return yield* Effect.fail(made.failure)
      const { reason, message } = notInstalled(built, useIngress)
      return failed(child, reason, message)
    }
    const { _tag, object } = made.success
    if (_tag === "Taken") {
      const message = `${child.kind} ${child.name} exists already and does not belong to this application`
      return isLeaving(object, application)
        ? failed(child, earlierObjectExists, stillExists(object))
        : failed(child, "NameConflict", message)
    }
    existing.push(object)
    if (built.parentsFrom !== undefined) {
      const id = { owner: keyOf(application), name: child.name, version: action.submissionId }
      const problem = yield* routes.problemOf(id, object, built.parentsFrom)
      if (problem !== undefined) return failed(child, problem.reason, problem.message)
    }
    return { child, outcome: { _tag: "Created", uid: object.metadata?.uid } }
  })
  const results = yield* Effect.forEach(action.children, (child) => asResult(child, ensure(child)), {
    concurrency: "unbounded",
  })
  return { done: "ensured", results, info: childrenInfo(valid, action, options, existing) }
})

/** Deletes these companion objects, as far as they belong to the application. */
export const deleteChildren = Effect.fn("deleteChildren")(function* (
  action: Extract<Action, { _tag: "DeleteChildren" }>,
  application: SparkApplication,
): Effect.fn.Return<ChildrenOutcome, never, Kube> {
  const results = yield* Effect.forEach(action.children, (child) => asResult(child, deleteChild(child, application)), {
    concurrency: "unbounded",
  })
  return { done: "deleted", results, info: {} }
})
