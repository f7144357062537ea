/**
 * Lists and watches. Pages of one list come from one snapshot (objects are immutable, so a snapshot is an array of references);
 * a watch starts from history and then follows the storage.
 */

import { type Cause, Effect, Latch, Queue, Result, type Scope } from "effect"
import { sameJson } from "../../kube/json/SameJson.ts"
import {
  type ApiError,
  badRequest,
  type ConnectionLost,
  type FieldError,
  expired,
  forbidden,
  invalid,
  tooLargeVersion,
  unknownResource,
  unsupported,
} from "./ApiError.ts"
import type { ApiObject } from "./ApiObject.ts"
import { type ClusterState, shown } from "./ClusterState.ts"
import type { ResourceKind } from "./ResourceKind.ts"
import { type Selector, everything, fieldSelector, labelSelector } from "./Selector.ts"
import { type Change, keyOf } from "./Storage.ts"

export interface Scoping {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

export interface ListQuery extends Scoping {
  readonly limit?: number | undefined
  readonly continue?: string | undefined
  readonly resourceVersion?: string | undefined
  /** `Exact`: the state at the resource version, if history reaches back to it. */
  readonly resourceVersionMatch?: string | undefined
}

export interface ObjectList {
  readonly resourceVersion: string
  readonly continue?: string
  readonly remainingItemCount?: number
  readonly items: ReadonlyArray<ApiObject>
}

export interface WatchQuery extends Scoping {
  /** Absent or `0`: starts with all current objects. */
  readonly resourceVersion?: string | undefined
  readonly allowWatchBookmarks?: boolean | undefined
  /** First the current state, then a bookmark annotated `k8s.io/initial-events-end`. */
  readonly sendInitialEvents?: boolean | undefined
  readonly resourceVersionMatch?: string | undefined
  /** Seconds after which the server ends the watch. */
  readonly timeoutSeconds?: number | undefined
}

export type WatchLine =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: ApiObject }
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string; readonly initialEventsEnd: boolean }

/** Lines as they arrive. Ends after the timeout, fails if the server aborts the watch. */
export type Watch = Queue.Dequeue<WatchLine, ApiError | ConnectionLost | Cause.Done>

const scope = (kind: ResourceKind, query: Scoping): Result.Result<Selector, ApiError> =>
  Result.gen(function* () {
    const labels = yield* labelSelector(query.labelSelector)
    const byField = yield* fieldSelector(kind, query.fieldSelector)
    const { namespace } = query
    const tests: ReadonlyArray<Selector> = [
      ...(kind.namespaced && namespace ? [(object: ApiObject) => object.metadata.namespace === namespace] : []),
      ...[labels, byField].filter((test) => test !== everything),
    ]
    if (tests.length === 0) return everything
    return tests.length === 1 ? tests[0]! : (object) => tests.every((test) => test(object))
  })

/** Changes after the version that the list is requested for; none if it is the current one. */
const changesSince = (
  state: ClusterState,
  kind: ResourceKind,
  revision: number | undefined,
): Result.Result<ReadonlyArray<Change>, ApiError> => {
  if (revision === undefined) return Result.succeed([])
  const changes = state.storage.changesAfter(kind.storage, revision)
  return changes === undefined
    ? Result.fail(expired("The resourceVersion for the provided list is too old."))
    : Result.succeed(changes)
}

const collect = (
  state: ClusterState,
  kind: ResourceKind,
  selects: Selector,
  undone: ReadonlyArray<Change> = [],
): ReadonlyArray<ApiObject> => {
  const all = new Map(state.storage.all(kind.storage))
  for (const { object, previous } of undone.toReversed()) {
    if (previous === undefined) all.delete(keyOf(object))
    else all.set(keyOf(object), previous)
  }
  const found: Array<readonly [string, ApiObject]> = []
  for (const [key, object] of all) if (selects(object)) found.push([key, object])
  found.sort(([a], [b]) => (a < b ? -1 : 1))
  return found.map(([, object]) => shown(kind, object))
}

/** Snapshots of lists whose pages are still being read, the most recently made last. */
export interface Snapshots {
  readonly open: Map<string, { readonly revision: number; readonly items: ReadonlyArray<ApiObject> }>
  next: number
}
export const makeSnapshots = (): Snapshots => ({ open: new Map(), next: 0 })
const snapshotLimit = 256

const token = (id: string, start: number) => Buffer.from(JSON.stringify({ id, start })).toString("base64url")

const resumed = (source: string): { readonly id: string; readonly start: number } | undefined => {
  const match = /^\{"id":"(\w+)","start":(\d+)\}$/.exec(Buffer.from(source, "base64url").toString())
  return match === null ? undefined : { id: match[1]!, start: Number(match[2]) }
}

const tooOld =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter."

/** How errors name a refused query. */
const listOptions = { group: "meta.k8s.io", kind: "ListOptions", plural: "listoptions" }

/** `resourceVersionMatch` must have one of its two values, and needs a `resourceVersion`. */
const matched = ({ resourceVersion, resourceVersionMatch }: ListQuery): Result.Result<void, ApiError> => {
  if (resourceVersionMatch === undefined || resourceVersionMatch === "") return Result.succeed(undefined)
  const refuse = (error: FieldError) => Result.fail(invalid(listOptions, "", [error]))
  const field = "resourceVersionMatch"
  if (resourceVersionMatch !== "Exact" && resourceVersionMatch !== "NotOlderThan") {
    return refuse(unsupported(field, resourceVersionMatch, ["Exact", "NotOlderThan", ""]))
  }
  if (!resourceVersion) {
    return refuse(forbidden(field, `${field} is forbidden unless resourceVersion is provided`))
  }
  return resourceVersionMatch === "Exact" && resourceVersion === "0"
    ? refuse(forbidden(field, `${field} "exact" is forbidden for resourceVersion "0"`))
    : Result.succeed(undefined)
}

/** One page of a list, or all of it. A `continue` token from before a compaction answers 410. */
export const list = (
  state: ClusterState,
  snapshots: Snapshots,
  kind: ResourceKind,
  query: ListQuery,
): Result.Result<ObjectList, ApiError> =>
  Result.gen(function* () {
    if (state.kinds.ofStorage(kind.storage) === undefined) return yield* Result.fail(unknownResource())
    yield* matched(query)
    const asked = Number(query.resourceVersion ?? 0)
    if (Number.isNaN(asked)) {
      const parsing = `strconv.ParseUint: parsing "${query.resourceVersion}": invalid syntax`
      const message = `resourceVersion: Invalid value: "${query.resourceVersion}": ${parsing}`
      return yield* Result.fail(badRequest(`invalid resource version: ${message}`))
    }
    if (asked > state.storage.revision()) {
      return yield* Result.fail(tooLargeVersion(asked, state.storage.revision()))
    }
    const from = query.continue ? resumed(query.continue) : undefined
    if (query.continue && from === undefined) {
      return yield* Result.fail(badRequest("continue key is not valid: illegal base64 data"))
    }
    const known = from === undefined ? undefined : snapshots.open.get(from.id)
    if (from !== undefined && (known === undefined || known.revision < state.storage.compacted(kind.storage))) {
      return yield* Result.fail(expired(tooOld))
    }
    const exact = query.resourceVersionMatch === "Exact" ? asked : undefined
    const items =
      known?.items ?? collect(state, kind, yield* scope(kind, query), yield* changesSince(state, kind, exact))
    const revision = known?.revision ?? exact ?? state.storage.revision()
    const start = from?.start ?? 0
    // Version 0 is answered from the watch cache, which does not page.
    const end = query.limit && query.resourceVersion !== "0" ? start + query.limit : items.length
    const page = {
      resourceVersion: String(revision),
      items: start === 0 && end >= items.length ? items : items.slice(start, end),
    }
    if (end >= items.length) {
      if (from !== undefined) snapshots.open.delete(from.id)
      return page
    }
    const id = from?.id ?? String(++snapshots.next)
    if (known === undefined) {
      snapshots.open.set(id, { revision, items })
      if (snapshots.open.size > snapshotLimit) snapshots.open.delete(snapshots.open.keys().next().value!)
    }
    const selective = Boolean(query.labelSelector || query.fieldSelector)
    return { ...page, continue: token(id, end), ...(selective ? {} : { remainingItemCount: items.length - end }) }
  })

/** How a watcher sees a change through its selector. */
const seen = (kind: ResourceKind, selects: Selector, change: Change): WatchLine | undefined => {
  const is = change.type !== "DELETED" && selects(change.object)
  const was = change.previous !== undefined && selects(change.previous)
  if (!is && !was) return undefined
  return { type: is ? (was ? "MODIFIED" : "ADDED") : "DELETED", object: shown(kind, change.object) }
}

const bookmarkSeconds = 60

/** The storage of the definitions of custom resources. */
export const definitions = "customresourcedefinitions.apiextensions.k8s.io"

/** Whether a change of a definition is one of the kind with this storage. */
export const redefines = ({ object, previous }: Change, storage: string): boolean =>
  object.metadata.name === storage && previous !== undefined && !sameJson(object["spec"], previous["spec"])

/** Seconds after which the server ends the watches of a custom resource whose definition has changed. */
const redefinitionSeconds = 1

/** Resumes when the definition of the kind has changed. */
const redefined = Effect.fnUntraced(function* ({ storage }: ClusterState, kind: ResourceKind) {
  const changed = Latch.makeUnsafe(false)
  const stop = storage.listen(definitions, (change) => {
    if (redefines(change, kind.storage)) changed.openUnsafe()
  })
  yield* Effect.addFinalizer(() => Effect.sync(stop))
  return yield* changed.await
})

/** Opens a watch; it lives as long as the scope. Its lines fail with 410 if history does not reach back to the resource version. */
export const watch = Effect.fnUntraced(function* (
  state: ClusterState,
  kind: ResourceKind,
  query: WatchQuery,
): Effect.fn.Return<Watch, ApiError, Scope.Scope> {
  const selects = yield* Effect.fromResult(scope(kind, query))
  if (state.kinds.ofStorage(kind.storage) === undefined) return yield* unknownResource()
  if (query.sendInitialEvents === true && query.resourceVersionMatch !== "NotOlderThan") {
    const message = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
    return yield* invalid(listOptions, "", [forbidden("resourceVersionMatch", message)])
  }
  const { storage } = state
  const queue = yield* Queue.unbounded<WatchLine, ApiError | ConnectionLost | Cause.Done>()
  const wanted = query.resourceVersion ?? ""
  const fromNow = wanted === "" || wanted === "0"
  if (!fromNow && Number.isNaN(Number(wanted))) {
    return yield* badRequest(`Invalid value: "${wanted}": invalid resource version`)
  }
  const bookmark = (initialEventsEnd: boolean): WatchLine => ({
    type: "BOOKMARK",
    resourceVersion: String(storage.revision()),
    initialEventsEnd,
  })
  if (query.sendInitialEvents === true || (fromNow && query.sendInitialEvents !== false)) {
    for (const object of collect(state, kind, selects)) Queue.offerUnsafe(queue, { type: "ADDED", object })
    if (query.sendInitialEvents === true) Queue.offerUnsafe(queue, bookmark(true))
  } else if (!fromNow) {
    const since = state.redefined.get(kind.storage) ?? 0
    const missed = Number(wanted) < since ? undefined : storage.changesAfter(kind.storage, Number(wanted))
    if (missed === undefined) {
      // As in Kubernetes: the watch opens, and its only line is the error.
      const oldest = Math.max(since, storage.compacted(kind.storage))
      yield* Queue.fail(queue, expired(`too old resource version: ${wanted} (${oldest})`))
      return queue
    }
    for (const change of missed) {
      const line = seen(kind, selects, change)
      if (line !== undefined) Queue.offerUnsafe(queue, line)
    }
  }
  const stop = storage.listen(kind.storage, (change) => {
    const line = seen(kind, selects, change)
    if (line !== undefined) Queue.offerUnsafe(queue, line)
  })
  yield* Effect.addFinalizer(() => Effect.sync(stop))
  if (query.allowWatchBookmarks === true) {
    yield* Effect.sync(() => Queue.offerUnsafe(queue, bookmark(false))).pipe(
      Effect.delay(`${bookmarkSeconds} seconds`),
      Effect.forever,
      Effect.forkScoped,
    )
  }
  if (kind.custom) {
    yield* redefined(state, kind).pipe(
      Effect.andThen(Effect.sleep(`${redefinitionSeconds} seconds`)),
      Effect.andThen(Effect.sync(() => Queue.endUnsafe(queue))),
      Effect.forkScoped({ startImmediately: true }),
    )
  }
  if (query.timeoutSeconds !== undefined) {
    const end = Effect.sync(() => {
      if (query.allowWatchBookmarks === true) Queue.offerUnsafe(queue, bookmark(false))
      Queue.endUnsafe(queue)
    })
    yield* end.pipe(Effect.delay(`${query.timeoutSeconds} seconds`), Effect.forkScoped)
  }
  return queue
})
