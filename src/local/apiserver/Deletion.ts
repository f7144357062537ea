/** Deleting objects: preconditions, grace periods of pods, finalizers and the propagation to dependents. */

import { Result } from "effect"
import { timestamp } from "../../kube/Time.ts"
import { type ApiError, conflict } from "./ApiError.ts"
import { type ApiObject, at, fields, withMetadata } from "./ApiObject.ts"
import { type ClusterState, stored } from "./ClusterState.ts"
import type { ResourceKind } from "./ResourceKind.ts"
import { needsNoKubelet } from "./schema/PodRules.ts"
import { isReleased } from "./Writes.ts"

export type Propagation = "Background" | "Foreground" | "Orphan"

export interface DeletionOptions {
  readonly propagationPolicy?: Propagation | undefined
  /** Seconds; 0 deletes a pod immediately. */
  readonly gracePeriodSeconds?: number | undefined
  readonly preconditions?:
    | { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined }
    | undefined
  readonly dryRun?: boolean | undefined
}

export interface Deleted {
  readonly object: ApiObject
  /** False: it is only marked for deletion, and is removed later. */
  readonly gone: boolean
}

export const foreground = "foregroundDeletion"
export const orphan = "orphan"

/** The finalizers including those of the propagation policy; an explicit policy replaces an earlier one. */
const withPolicy = (object: ApiObject, policy: Propagation | undefined): ReadonlyArray<string> => {
  const present = object.metadata.finalizers ?? []
  if (policy === undefined) return present
  const others = present.filter((finalizer) => finalizer !== foreground && finalizer !== orphan)
  if (policy === "Foreground") return [...others, foreground]
  return policy === "Orphan" ? [...others, orphan] : others
}

/** Seconds that the object may take to stop; more than 0 only for pods that a kubelet runs. */
const grace = (kind: ResourceKind, object: ApiObject, asked: number | undefined): number => {
  if (kind.storage !== "pods" || needsNoKubelet(object)) return 0
  const wanted = asked ?? Number(at(object, "spec.terminationGracePeriodSeconds") ?? 30)
  const already = object.metadata.deletionGracePeriodSeconds
  // A second delete may only shorten the wait.
  return already === undefined ? wanted : Math.min(wanted, already)
}

const marked = (object: ApiObject, finalizers: ReadonlyArray<string>, seconds: number, now: number): ApiObject => {
  const first = object.metadata.deletionTimestamp === undefined
  const { generation } = object.metadata
  return withMetadata(object, {
    finalizers: finalizers.length === 0 ? undefined : finalizers,
    deletionTimestamp:
      first || seconds !== object.metadata.deletionGracePeriodSeconds
        ? timestamp(now + seconds * 1000)
        : object.metadata.deletionTimestamp,
    deletionGracePeriodSeconds: seconds,
    generation: first && generation !== undefined ? generation + 1 : generation,
  })
}

/** A namespace is removed when its content is gone; until then its phase is `Terminating`. */
const closing = (kind: ResourceKind, object: ApiObject): ApiObject =>
  kind.storage === "namespaces" ? { ...object, status: { ...fields(object["status"]), phase: "Terminating" } } : object

/** Deletes one object, or marks it if something has to happen first. Deleting a marked object is not an error. */
export const remove = (
  state: ClusterState,
  kind: ResourceKind,
  namespace: string | undefined,
  name: string,
  options: DeletionOptions,
  now: number,
): Result.Result<Deleted, ApiError> =>
  Result.gen(function* () {
    const before = yield* stored(state, kind, namespace, name)
    const { uid, resourceVersion } = options.preconditions ?? {}
    // Here Kubernetes names the kind, not the resource.
    const named = { group: "", plural: kind.kind }
    if (uid !== undefined && uid !== before.metadata.uid) {
      const why = `the UID in the precondition (${uid}) does not match the UID in record (${before.metadata.uid}). The object might have been deleted and then recreated`
      return yield* Result.fail(conflict(named, name, why))
    }
    if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion) {
      const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${before.metadata.resourceVersion}). The object might have been modified`
      return yield* Result.fail(conflict(named, name, why))
    }
    const finalizers = withPolicy(before, options.propagationPolicy)
    const seconds = grace(kind, before, options.gracePeriodSeconds)
    const next = closing(kind, marked(before, finalizers, seconds, now))
    const gone = isReleased(next)
    if (options.dryRun === true) return { object: next, gone }
    if (gone) return { object: state.storage.remove(kind.storage, before), gone }
    const unchanged =
      before.metadata.deletionTimestamp !== undefined &&
      before.metadata.deletionGracePeriodSeconds === seconds &&
      finalizers.length === (before.metadata.finalizers ?? []).length
    return { object: unchanged ? before : state.storage.put(kind.storage, next), gone }
  })
