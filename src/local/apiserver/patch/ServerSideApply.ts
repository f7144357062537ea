/**
 * Server-side apply, as far as clients rely on it: creates a missing object, merges into an existing one, removes fields that the same
 * manager applied before and no longer mentions, and refuses to change fields of other managers, unless forced.
 */

import { Predicate, Result } from "effect"
import { type ApiError, badRequest, invalid, required } from "../ApiError.ts"
import { type ApiObject, type Fields, fields, without } from "../ApiObject.ts"
import { type ClusterState, stored } from "../ClusterState.ts"
import type { ResourceKind } from "../ResourceKind.ts"
import * as Writes from "../Writes.ts"
import { applyConflict, forget, type Held, leavesOf } from "./FieldOwnership.ts"
import { isSame, managersOf, printManager } from "./Managers.ts"
import { mergePatch } from "./Patch.ts"
import { strategicMerge } from "./StrategicMerge.ts"

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
  options: Writes.WriteOptions,
  now: number,
): Result.Result<Writes.Written, ApiError> =>
  Result.gen(function* () {
    if (!Predicate.isObject(body)) return yield* Result.fail(badRequest("an apply patch is an object"))
    if (!options.fieldManager) {
      const missing = required("fieldManager", "is required for apply patch")
      return yield* Result.fail(invalid({ ...kind, group: "meta.k8s.io", kind: "PatchOptions" }, "", [missing]))
    }
    const { apiVersion, kind: type } = body
    if (!apiVersion || !type) {
      const [group = "", version = ""] = typeof apiVersion === "string" ? apiVersion.split("/") : []
      const message = `invalid object type: ${group}/${version}, Kind=${typeof type === "string" ? type : ""}`
      return yield* Result.fail(badRequest(message))
    }
    if (fields(body["metadata"])["managedFields"] != null) {
      return yield* Result.fail(badRequest("metadata.managedFields must be nil"))
    }
    const write = { ...options, configuration: owned(body) }
    const existing = stored(state, kind, namespace, name)
    if (Result.isFailure(existing)) {
      if (subresource !== undefined) return yield* Result.fail(existing.failure)
      const named = { ...body, metadata: { ...fields(body["metadata"]), name } }
      return { ...(yield* Writes.create(state, kind, namespace, named, write, now)), created: true }
    }
    const writer = Writes.writerOf(kind, subresource, write, now)
    const managers = managersOf(existing.success)
    const before = managers.find((one) => isSame(one, writer))?.configuration
    const held = managers
      .filter((one) => !isSame(one, writer))
      .map((one): Held => ({ manager: printManager(one), paths: one.owns }))
      .toSorted((a, b) => (a.manager < b.manager ? -1 : 1))
    const merged = (live: ApiObject): Result.Result<unknown, ApiError> => {
      const conflict = options.force === true ? undefined : applyConflict(leavesOf(live), leavesOf(owned(body)), held)
      if (conflict !== undefined) return Result.fail(conflict)
      const theirs = new Set(held.flatMap(({ paths }) => [...paths]))
      const isHeld = (path: string) => theirs.has(path) || [...theirs].some((one) => one.startsWith(`${path}.`))
      const rest = before === undefined ? live : forget(live, before, owned(body), isHeld)
      return Result.succeed(kind.custom ? mergePatch(rest, body) : strategicMerge(rest, body))
    }
    return yield* Writes.modify(state, kind, namespace, name, subresource, merged, write, now)
  })
