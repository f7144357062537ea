/** What the routes of the console work with, and the lists that a viewer may see of it. */

import { Effect } from "effect"
import { scheduledSparkApplications, sparkApplications, sparkConnects, sparkHistoryServers } from "../api/Kinds.ts"
import type { KubeObject, Resource } from "../kube/Resource.ts"
import { type Key, namespaceOf, type Store } from "../runtime/Store.ts"
import type { Rights } from "./access/Rights.ts"
import type { Viewer } from "./access/Viewer.ts"
import type { LinkFormats } from "./api/LinkFormat.ts"
import type { ExecutorPast } from "./ExecutorPast.ts"
import { notFound, type Refused } from "./http/Refused.ts"
import type { Parameters } from "./http/Router.ts"
import type { ShownKind, Sources } from "./Sources.ts"

export interface ConsoleContext {
  readonly sources: Sources
  readonly rights: Rights
  readonly executors: ExecutorPast
  /** Whether viewers may change anything, with their own rights. */
  readonly actions: boolean
  readonly links: LinkFormats
  readonly version: string
}

export const resources: Readonly<Record<ShownKind, Resource>> = {
  applications: sparkApplications,
  schedules: scheduledSparkApplications,
  connects: sparkConnects,
  historyServers: sparkHistoryServers,
}

/** Of which namespaces the viewer may list the resources of this kind. */
export type Visible = (namespace: string) => boolean

const namespacesOf = (objects: Iterable<KubeObject>): ReadonlySet<string> => {
  const found = new Set<string>()
  for (const { metadata } of objects) found.add(metadata?.namespace ?? "")
  return found
}

export interface Visibility {
  readonly isVisible: Visible
  /** The same for viewers who see the same; `*` for those who see everything. */
  readonly scope: string
  /** Namespaces whose objects may follow, because the viewer's rights there are not known yet. */
  readonly unchecked: number
}

/** The namespaces that the viewer sees of a kind; `chosen` is looked at in any case. */
export const visibleOf = Effect.fnUntraced(function* (
  { sources, rights }: ConsoleContext,
  viewer: Viewer,
  kind: ShownKind,
  chosen?: string,
): Effect.fn.Return<Visibility, Refused> {
  const store: Pick<Store<KubeObject>, "values"> = sources[kind]
  const action = { verb: "list", resource: resources[kind] }
  const { namespaces, unchecked } = yield* rights.namespaces(viewer, action, {
    [Symbol.iterator]: () => namespacesOf(store.values())[Symbol.iterator](),
  })
  if (namespaces === "all") return { isVisible: () => true, scope: "*", unchecked }
  const isChosen = chosen !== undefined && (yield* rights.may(viewer, { ...action, namespace: chosen }))
  const seen = isChosen ? new Set([...namespaces, chosen]) : namespaces
  return { isVisible: (namespace) => seen.has(namespace), scope: [...seen].toSorted().join(","), unchecked }
})

/** The objects of a kind in visible namespaces. */
export const objectsOf = <K extends ShownKind>(
  { sources }: ConsoleContext,
  kind: K,
  { isVisible }: { readonly isVisible: Visible },
): Array<ObjectOf<K>> =>
  ([...sources[kind].values()] as Array<ObjectOf<K>>).filter(({ metadata }) => isVisible(metadata.namespace))

/** The objects of a kind that the viewer sees, and of how many namespaces others may follow. */
export const visibleObjects = <K extends ShownKind>(
  context: ConsoleContext,
  viewer: Viewer,
  kind: K,
): Effect.Effect<{ readonly objects: Array<ObjectOf<K>>; readonly unchecked: number }, Refused> =>
  Effect.map(visibleOf(context, viewer, kind), (visibility) => ({
    objects: objectsOf(context, kind, visibility),
    unchecked: visibility.unchecked,
  }))

export type ObjectOf<K extends ShownKind> = NonNullable<ReturnType<Sources[K]["get"]>>

/** The object that the path names, to a viewer who may get it. */
export const visibleObject = Effect.fnUntraced(function* <K extends ShownKind>(
  { sources, rights }: ConsoleContext,
  viewer: Viewer,
  kind: K,
  { namespace = "", name = "" }: Parameters,
): Effect.fn.Return<ObjectOf<K>, Refused> {
  // First the right: viewers without it do not learn which objects exist.
  yield* rights.require(viewer, { verb: "get", resource: resources[kind], namespace })
  const found = sources[kind].get(`${namespace}/${name}`) as ObjectOf<K> | undefined
  return found ?? (yield* notFound(`${resources[kind].kind} ${namespace}/${name}`))
})

export const isVisibleKey = (isVisible: Visible) => (key: Key) => isVisible(namespaceOf(key))
