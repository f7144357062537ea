/**
 * Create, update and patch: one synchronous step each, so that no other request can interfere between reading and writing. Failures are
 * values; nothing is stored unless all checks passed.
 */

import { Result } from "effect"
import { sameJson } from "../../kube/json/SameJson.ts"
import { timestamp } from "../../kube/Time.ts"
import {
  type ApiError,
  type FieldError,
  alreadyExists,
  answer,
  badRequest,
  conflict,
  forbiddenRequest,
  forbidden,
  invalid,
  modified,
  notFound,
  required,
  tooLarge,
  unknownResource,
} from "./ApiError.ts"
import { type ApiObject, type Fields, at, fields, withMetadata, without } from "./ApiObject.ts"
import { type ClusterState, isTerminating, shown, stored } from "./ClusterState.ts"
import { wireSize } from "./http/WireText.ts"
import { managersSent } from "./patch/ManagedFields.ts"
import { managedBy, managersAfter, managersOf, sameManagers, type Writer } from "./patch/Managers.ts"
import { groupVersion, type ResourceKind } from "./ResourceKind.ts"
import { builtInRules } from "./schema/BuiltInRules.ts"
import { type FieldValidation, decode } from "./schema/DecodeObject.ts"
import { finalizerProblems, metadataProblems, unqualifiedFinalizers } from "./schema/ObjectMetaRules.ts"
import { problems } from "./schema/SchemaValidation.ts"
import { key } from "./Storage.ts"

export interface WriteOptions {
  readonly dryRun?: boolean | undefined
  readonly fieldValidation?: FieldValidation | undefined
  readonly fieldManager?: string | undefined
  /** Names the manager, without a `fieldManager`. */
  readonly userAgent?: string | undefined
  /** The write is a server-side apply of this configuration. */
  readonly configuration?: Fields | undefined
  /** For server-side apply: takes over fields that other managers own. */
  readonly force?: boolean | undefined
}

export interface Written {
  readonly object: ApiObject
  readonly warnings: ReadonlyArray<string>
  /** A server-side apply created the object. */
  readonly created?: boolean
}

/** Who makes this write (`managerOrUserAgent` of the API server). */
export const writerOf = (
  kind: ResourceKind,
  subresource: string | undefined,
  { fieldManager, userAgent, configuration }: WriteOptions,
  now: number,
): Writer => ({
  manager: fieldManager || userAgent?.split("/")[0] || "unknown",
  apiVersion: groupVersion(kind),
  subresource: subresource ?? "",
  time: timestamp(now),
  ...(configuration === undefined ? { operation: "Update" } : { operation: "Apply", configuration }),
})

/** Bytes of one stored object: etcd's default limit on a request. */
const sizeLimit = 1.5 * 1024 * 1024

const fit = (object: ApiObject): Result.Result<ApiObject, ApiError> =>
  wireSize(object) > sizeLimit ? Result.fail(tooLarge("etcdserver: request is too large")) : Result.succeed(object)

/** Checks that the namespace accepts new objects and, if required, that the pod's service account exists. */
const admitted = (state: ClusterState, kind: ResourceKind, object: ApiObject): Result.Result<void, ApiError> => {
  const { namespace, name } = object.metadata
  if (!kind.namespaced || namespace === undefined) return Result.succeed(undefined)
  const home = state.storage.get("namespaces", namespace)
  if (home === undefined) return Result.fail(notFound({ group: "", plural: "namespaces" }, namespace))
  if (isTerminating(home)) {
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`
    const message = `namespace ${namespace} is being terminated`
    const cause = { reason: "NamespaceTerminating", message, field: "metadata.namespace" }
    return Result.fail(forbiddenRequest(kind, name, why, [cause]))
  }
  const account = kind.storage === "pods" ? at(object, "spec.serviceAccountName") : undefined
  if (
    state.requireServiceAccounts &&
    typeof account === "string" &&
    state.storage.get("serviceaccounts", key(namespace, account)) === undefined
  ) {
    const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`
    return Result.fail(forbiddenRequest(kind, name, why))
  }
  return Result.succeed(undefined)
}

const check = (kind: ResourceKind, object: ApiObject, before: ApiObject | undefined): Result.Result<void, ApiError> => {
  const rules = builtInRules[kind.storage] ?? {}
  const own: ReadonlyArray<FieldError> = [
    ...metadataProblems(object, rules.name ?? "subdomain"),
    ...(kind.custom ? [] : finalizerProblems(object)),
    ...(rules.problems?.(object) ?? []),
    ...(before === undefined ? [] : (rules.updateProblems?.(object, before) ?? [])),
    ...(kind.custom && kind.schema !== undefined
      ? problems(kind.schema, shown(kind, object), before && shown(kind, before))
      : []),
  ]
  return own.length === 0 ? Result.succeed(undefined) : Result.fail(invalid(kind, object.metadata.name, own))
}

const counts = (kind: ResourceKind) => kind.custom || builtInRules[kind.storage]?.generational === true

export const create = (
  state: ClusterState,
  kind: ResourceKind,
  namespace: string | undefined,
  body: unknown,
  options: WriteOptions,
  now: number,
): Result.Result<Written, ApiError> =>
  Result.gen(function* () {
    if (state.kinds.ofStorage(kind.storage) === undefined) return yield* Result.fail(unknownResource())
    const { object: given, warnings } = yield* decode(kind, body, options.fieldValidation)
    const { metadata } = given
    if (metadata.resourceVersion) {
      return yield* Result.fail(answer(500, "resourceVersion should not be set on objects to be created"))
    }
    if (kind.namespaced && metadata.namespace && metadata.namespace !== namespace) {
      const message = "the namespace of the provided object does not match the namespace sent on the request"
      return yield* Result.fail(badRequest(message))
    }
    const generated = metadata["generateName"]
    const name = metadata.name || (generated ? `${String(generated).slice(0, 58)}${state.nextSuffix()}` : "")
    if (name === "") {
      const missing = required("metadata.name", "name or generateName is required")
      return yield* Result.fail(invalid(kind, "", [missing]))
    }
    const fresh = withMetadata(given, {
      name,
      namespace: kind.namespaced ? namespace : undefined,
      uid: state.nextUid(),
      creationTimestamp: timestamp(now),
      generation: counts(kind) ? 1 : undefined,
      resourceVersion: undefined,
      deletionTimestamp: undefined,
      deletionGracePeriodSeconds: undefined,
      selfLink: undefined,
      managedFields: undefined,
    })
    const inside = kind.view?.store(fresh) ?? fresh
    const bare = kind.subresources.includes("status") ? (without(inside, "status") as ApiObject) : inside
    const context = { now: timestamp(now), allocateClusterIP: state.allocateClusterIP }
    const object = builtInRules[kind.storage]?.admit?.(bare, context) ?? bare
    yield* admitted(state, kind, object)
    yield* check(kind, object, undefined)
    if (state.storage.get(kind.storage, key(object.metadata.namespace, name)) !== undefined) {
      return yield* Result.fail(alreadyExists(kind, name))
    }
    managedBy(object, managersAfter(undefined, object, writerOf(kind, undefined, options, now)))
    yield* fit(object)
    const result = options.dryRun === true ? object : state.storage.put(kind.storage, object)
    return { object: shown(kind, result), warnings: [...warnings, ...finalizerWarnings(kind, object)] }
  })

/** Custom resources may have finalizers without a domain, but the client is warned about them. */
const finalizerWarnings = (kind: ResourceKind, object: ApiObject): ReadonlyArray<string> =>
  kind.custom
    ? unqualifiedFinalizers(object).map(
        ({ name }) =>
          `metadata.finalizers: "${name}": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers`,
      )
    : []

/** The part of the new object that an update through `subresource` may write. */
const isolated = (
  kind: ResourceKind,
  next: ApiObject,
  before: ApiObject,
  subresource: string | undefined,
): ApiObject => {
  if (!kind.subresources.includes("status")) return next
  if (subresource !== "status") return { ...without(next, "status"), ...statusOf(before) } as ApiObject
  // With the status, built-in kinds also accept labels and annotations; custom resources accept only the status.
  const metadata = kind.custom
    ? before.metadata
    : { ...next.metadata, ownerReferences: before.metadata.ownerReferences }
  return withMetadata({ ...(without(before, "status") as ApiObject), ...statusOf(next) }, metadata)
}
const statusOf = (object: ApiObject): Fields => (object["status"] === undefined ? {} : { status: object["status"] })

/** What a generation counts the changes of. */
const essence = ({ storage }: ResourceKind, object: ApiObject): Fields => {
  const essential = without(object, "metadata", "status", "apiVersion", "kind")
  const uncounted = builtInRules[storage]?.uncounted
  return uncounted === undefined ? essential : { ...essential, spec: without(fields(essential["spec"]), uncounted) }
}
const preserved = [
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "generateName",
] as const

/**
 * Replaces the object by the result of `change`, which gets the object as the client sees it. The `resourceVersion` in the result,
 * if any, must be the stored one. An update that changes nothing writes nothing.
 */
export const modify = (
  state: ClusterState,
  kind: ResourceKind,
  namespace: string | undefined,
  name: string,
  subresource: string | undefined,
  change: (before: ApiObject) => Result.Result<unknown, ApiError>,
  options: WriteOptions,
  now: number,
): Result.Result<Written, ApiError> =>
  Result.gen(function* () {
    if (subresource !== undefined && !kind.subresources.includes(subresource)) {
      return yield* Result.fail(unknownResource())
    }
    const before = yield* stored(state, kind, namespace, name)
    const body = yield* change(shown(kind, before))
    const { object: given, warnings } = yield* decode(kind, body, options.fieldValidation)
    const { metadata } = given
    if (metadata.name !== name) {
      const message = `the name of the object (${metadata.name ?? ""}) does not match the name on the URL (${name})`
      return yield* Result.fail(badRequest(message))
    }
    if (kind.namespaced && metadata.namespace && metadata.namespace !== namespace) {
      const message = `the namespace of the object (${metadata.namespace}) does not match the namespace on the URL (${namespace})`
      return yield* Result.fail(badRequest(message))
    }
    if (metadata.resourceVersion) {
      if (metadata.resourceVersion !== before.metadata.resourceVersion) return yield* Result.fail(modified(kind, name))
    } else if (kind.custom) {
      const message = "must be specified for an update"
      const missing = {
        reason: "FieldValueInvalid",
        field: "metadata.resourceVersion",
        message: `Invalid value: 0: ${message}`,
      }
      return yield* Result.fail(invalid({ ...kind, kind: kind.plural }, name, [missing as FieldError]))
    }
    if (metadata.uid && metadata.uid !== before.metadata.uid) {
      const message = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${before.metadata.uid}`
      return yield* Result.fail(conflict(kind, name, message))
    }
    const carried = withMetadata(given, {
      ...Object.fromEntries(preserved.map((field) => [field, before.metadata[field]])),
      namespace: before.metadata.namespace,
      generation: before.metadata.generation,
      resourceVersion: before.metadata.resourceVersion,
      managedFields: undefined,
      selfLink: undefined,
    })
    const decoded = kind.view?.store(carried) ?? carried
    const inside = builtInRules[kind.storage]?.readmit?.(decoded, before) ?? decoded
    const next = isolated(kind, inside, before, subresource)
    const managers = managersAfter(
      before,
      next,
      writerOf(kind, subresource, options, now),
      managersSent(metadata["managedFields"], before),
    )
    // What the definition no longer has is removed even by an update that changes nothing else.
    const isWhole = state.storage.get(kind.storage, key(before.metadata.namespace, name)) === before
    if (isWhole && sameJson(next, before) && sameManagers(managers, managersOf(before))) {
      return { object: shown(kind, before), warnings }
    }
    const added = (next.metadata.finalizers ?? []).filter((one) => !before.metadata.finalizers?.includes(one))
    if (before.metadata.deletionTimestamp !== undefined && added.length > 0) {
      const message = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((one) => `"${one}"`).join(", ")}}`
      return yield* Result.fail(invalid(kind, name, [forbidden("metadata.finalizers", message)]))
    }
    yield* check(kind, next, before)
    const grown = counts(kind) && !sameJson(essence(kind, next), essence(kind, before))
    const object = grown ? withMetadata(next, { generation: (before.metadata.generation ?? 0) + 1 }) : next
    managedBy(object, managers)
    yield* fit(object)
    if (options.dryRun === true) return { object: shown(kind, object), warnings }
    const result = isReleased(object)
      ? state.storage.remove(kind.storage, object)
      : state.storage.put(kind.storage, object)
    return { object: shown(kind, result), warnings }
  })

/** Whether a deleted object can be removed now: no finalizers, no containers to stop, no content of a namespace. */
export const isReleased = (object: ApiObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  (object.metadata.finalizers ?? []).length === 0 &&
  (object.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  fields(object["spec"])["finalizers"] === undefined
