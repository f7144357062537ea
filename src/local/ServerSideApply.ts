/**
 * Server-side apply, the part that clients live on: creates what is missing, merges what is there, and takes away what the same
 * manager applied before and no longer mentions. Every apply counts as forced: conflicts between managers are not detected,
 * and no `managedFields` are shown.
 */
import { Predicate, Result } from "effect"
import { type ApiError, badRequest, invalid, required } from "./ApiError.ts"
import { type ApiObject, type Fields, fields, sameJson, without } from "./ApiObject.ts"
import { type ClusterState, stored } from "./ClusterState.ts"
import { mergePatch } from "./Patch.ts"
import type { ResourceKind } from "./ResourceKind.ts"
import { mergeKey, strategicMerge } from "./StrategicMerge.ts"
import { type WriteOptions, type Written, create, modify } from "./Writes.ts"

const forgetList = (
  field: string,
  live: ReadonlyArray<unknown>,
  before: ReadonlyArray<unknown>,
  next: ReadonlyArray<unknown>,
): ReadonlyArray<unknown> => {
  const key = mergeKey(field, before)
  if (key === undefined) return live
  const named = (items: ReadonlyArray<unknown>, item: unknown) =>
    items.find((one) => sameJson(fields(one)[key], fields(item)[key]))
  return live.flatMap((item) => {
    const applied = named(before, item)
    if (applied === undefined) return [item]
    const kept = named(next, item)
    return kept === undefined ? [] : [forget(item, applied, kept)]
  })
}

/** `live` without what `before` applied and `next` does not. */
const forget = (live: unknown, before: unknown, next: unknown): unknown => {
  if (!Predicate.isObject(live) || !Predicate.isObject(before)) return live
  const wanted = fields(next)
  const result: { [field: string]: unknown } = { ...live }
  for (const key in before) {
    const value = live[key]
    const applied = before[key]
    if (Predicate.isObject(value) && Predicate.isObject(applied)) {
      const rest = forget(value, applied, wanted[key])
      if (wanted[key] === undefined && Object.keys(fields(rest)).length === 0) delete result[key]
      else result[key] = rest
    } else if (wanted[key] === undefined) delete result[key]
    else if (Array.isArray(value) && Array.isArray(applied) && Array.isArray(wanted[key])) {
      result[key] = forgetList(key, value, applied, wanted[key])
    }
  }
  return result
}

/** The parts of an applied configuration that a manager can own. */
const owned = (body: Fields): Fields => {
  const { labels, annotations, ownerReferences, finalizers } = fields(body["metadata"])
  return {
    ...without(body, "apiVersion", "kind", "metadata"),
    metadata: { labels, annotations, ownerReferences, finalizers },
  }
}

export interface ApplyRequest {
  readonly body: unknown
  readonly subresource?: string | undefined
}

/** Applies a configuration as `options.fieldManager`. */
export const apply = (
  state: ClusterState,
  kind: ResourceKind,
  namespace: string | undefined,
  name: string,
  { body, subresource }: ApplyRequest,
  options: WriteOptions,
  now: number,
): Result.Result<Written, ApiError> =>
  Result.gen(function* () {
    if (!Predicate.isObject(body)) return yield* Result.fail(badRequest("an apply patch is an object"))
    if (!options.fieldManager) {
      const missing = required("fieldManager", "is required for apply patch")
      return yield* Result.fail(invalid({ ...kind, group: "meta.k8s.io", kind: "PatchOptions" }, "", [missing]))
    }
    const manager = `${options.fieldManager}/${subresource ?? ""}`
    const remember = (written: Written) => {
      if (options.dryRun !== true) {
        const uid = written.object.metadata.uid
        const managers = state.applied.get(uid) ?? new Map<string, Fields>()
        state.applied.set(uid, managers.set(manager, owned(body)))
      }
      return written
    }
    const existing = stored(state, kind, namespace, name)
    if (Result.isFailure(existing)) {
      if (subresource !== undefined) return yield* Result.fail(existing.failure)
      const named = { ...body, metadata: { ...fields(body["metadata"]), name } }
      return { ...remember(yield* create(state, kind, namespace, named, options, now)), created: true }
    }
    const before = state.applied.get(existing.success.metadata.uid)?.get(manager)
    const merged = (live: ApiObject): Result.Result<unknown, ApiError> => {
      const rest = before === undefined ? live : forget(live, before, owned(body))
      return Result.succeed(kind.custom ? mergePatch(rest, body) : strategicMerge(rest, body))
    }
    return remember(yield* modify(state, kind, namespace, name, subresource, merged, options))
  })
