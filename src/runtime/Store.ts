/**
 * A cache of one resource: the newest object per key, folded from the events of a reflector, with indexes.
 * Synchronous, so that a reader never sees half a list, and so that the operator's own writes can be stored and read back at once.
 */

import { Effect, Latch } from "effect"
import type { ReflectorEvent } from "../kube/Reflector.ts"
import type { KubeObject } from "../kube/Resource.ts"

/** `namespace/name`. */
export type Key = string

export interface Change<A> {
  readonly key: Key
  readonly before: A | undefined
  readonly after: A | undefined
  /**
   * Nothing happened to the object now: it is part of the first list, or its namespace was selected. Without `after`: its namespace is no
   * longer selected (`isLeft`).
   */
  readonly initial: boolean
  /** Found by a further list, after a time without a watch: what happened in between is not known. */
  readonly listed?: boolean
}

/** Whether the object is no longer in the store although nobody deleted it, because its namespace is no longer selected. */
export const isLeft = ({ after, initial }: Pick<Change<unknown>, "after" | "initial">): boolean =>
  after === undefined && initial

export interface StoreOptions<A> {
  /** Index name → the values under which an object is found; objects without any are not in the index. */
  readonly indexes?: Readonly<Record<string, (object: A) => ReadonlyArray<string>>>
  /**
   * What is kept of an object, given what was kept of the object of this name before: leave out what is not read, and carry over what only
   * earlier states have shown. Must keep name, namespace, uid and resourceVersion.
   */
  readonly keep?: (object: A, before: A | undefined) => A
  /** The namespaces that are listed, each by a reflector of its own; `undefined` is one list of all. Default: one list of all. */
  readonly scopes?: ReadonlyArray<string | undefined>
  /** Whether objects of this namespace are taken in. Default: all are. */
  readonly holds?: (namespace: string) => boolean
}

export interface Store<A extends KubeObject> {
  readonly get: (key: Key) => A | undefined
  readonly values: () => Iterable<A>
  /** Objects with this value in this index; in no particular order. */
  readonly by: (index: string, value: string) => ReadonlyArray<A>
  /**
   * Take in an event; the changes it really made, in its order. Events older than what is known change nothing. A list replaces what is
   * known of its scope. An object that is deleted in a state that was not seen changes to that state first.
   */
  readonly apply: (event: ReflectorEvent<A>, scope?: string) => ReadonlyArray<Change<A>>
  /** Take in the answer to a write of this process, before the watch delivers it. It never brings back an object that was deleted. */
  readonly put: (object: A) => ReadonlyArray<Change<A>>
  /**
   * Takes in an object that was read again, even if its version is known: what the API server shows of it may have changed with the
   * definition of its kind. It never brings back an object that was deleted.
   */
  readonly reread: (object: A) => ReadonlyArray<Change<A>>
  /** Takes in objects as they are, as they were taken out of another store. */
  readonly bringIn: (objects: ReadonlyArray<A>) => ReadonlyArray<Change<A>>
  /** Removes all objects of this namespace, which remain in the cluster. */
  readonly takeOut: (namespace: string) => ReadonlyArray<Change<A>>
  /** Calls `listener` synchronously on every change, until the function that is returned is called. It must not fail and should be quick. */
  readonly subscribe: (listener: (change: Change<A>) => void) => () => void
  /** Waits for the first list of every scope. */
  readonly ready: Effect.Effect<void>
  readonly isReady: () => boolean
  readonly size: () => number
}

/** `default/spark-pi`; objects without a namespace have an empty one. */
export const keyOf = (object: KubeObject): Key => `${object.metadata?.namespace ?? ""}/${object.metadata?.name ?? ""}`

/** The part of a key before the slash; empty without one. */
export const namespaceOf = (key: Key): string => key.slice(0, Math.max(0, key.indexOf("/")))

/**
 * Order of two resource versions: decimal numbers of any length (Kubernetes KEP-5504). Negative: `a` is older.
 * An absent version is older than every other.
 */
export const compareVersions = (a: string | undefined, b: string | undefined): number => {
  const [left, right] = [(a ?? "").replace(/^0+/, ""), (b ?? "").replace(/^0+/, "")]
  if (left.length !== right.length) return left.length - right.length
  return left < right ? -1 : left > right ? 1 : 0
}

/** Deleted uids that are remembered, so that a late answer to a write does not bring an object back. */
const rememberedDeletions = 4096

/** An empty store that is not ready. */
export const make = <A extends KubeObject>(options: StoreOptions<A> = {}): Store<A> => {
  const objects = new Map<Key, A>()
  const indexes = new Map(
    Object.entries(options.indexes ?? {}).map(([name, valuesOf]) => [name, makeIndex(valuesOf)] as const),
  )
  const deleted = new Set<string>()
  const listeners = new Set<(change: Change<A>) => void>()
  const latch = Latch.makeUnsafe(false)
  const newestLists = new Map<string | undefined, string>()
  const unlisted = new Set(options.scopes ?? [undefined])
  const keep = options.keep ?? ((object: A) => object)
  const holds = options.holds ?? (() => true)

  const versionOf = (object: A) => object.metadata?.resourceVersion
  const uidOf = (object: A | undefined) => object?.metadata?.uid

  const change = (key: Key, after: A | undefined, listed = false): Change<A> => {
    const before = objects.get(key)
    for (const index of indexes.values()) index.move(key, before, after)
    if (after === undefined) objects.delete(key)
    else objects.set(key, after)
    if (before !== undefined && uidOf(before) !== uidOf(after)) remember(uidOf(before))
    const initial = unlisted.has(undefined) || unlisted.has(namespaceOf(key))
    const made = { key, before, after, initial, ...(listed && !initial ? { listed } : {}) }
    for (const listener of listeners) listener(made)
    return made
  }

  const remember = (uid: string | undefined) => {
    if (uid === undefined) return
    deleted.add(uid)
    if (deleted.size > rememberedDeletions) deleted.delete(deleted.values().next().value!)
  }

  /** The server reports the object as present: possibly again, after it did not match the selector for a while. */
  const observe = (object: A, listed = false): ReadonlyArray<Change<A>> => {
    const key = keyOf(object)
    if (!holds(namespaceOf(key))) return []
    deleted.delete(uidOf(object) ?? "")
    const known = objects.get(key)
    if (known !== undefined && compareVersions(versionOf(object), versionOf(known)) <= 0) return []
    return [change(key, keep(object, known), listed)]
  }

  /** The event of a predecessor with the same name must not delete its successor. */
  const remove = (object: A): ReadonlyArray<Change<A>> => {
    const key = keyOf(object)
    const known = objects.get(key)
    if (known === undefined || uidOf(known) !== uidOf(object)) {
      remember(uidOf(object))
      return []
    }
    return [...observe(object), change(key, undefined)]
  }

  /**
   * The difference to what was known. An object newer than the list was put by this process meanwhile, and stays; unless the list itself
   * is older than the one before: then the cluster was restored from a backup, and the list is the truth.
   */
  const replace = (
    list: ReadonlyArray<A>,
    listVersion: string,
    scope: string | undefined,
  ): ReadonlyArray<Change<A>> => {
    const rewound = compareVersions(listVersion, newestLists.get(scope)) < 0
    newestLists.set(scope, listVersion)
    if (rewound) deleted.clear()
    const listed = new Set(list.map(keyOf))
    const gone = Array.from(objects).filter(
      ([key, it]) =>
        !listed.has(key) &&
        (scope === undefined || namespaceOf(key) === scope) &&
        (rewound || compareVersions(versionOf(it), listVersion) <= 0),
    )
    const differs = (object: A) => versionOf(object) !== versionOf(objects.get(keyOf(object)) ?? object)
    const changes = [
      ...gone.map(([key]) => change(key, undefined, true)),
      ...list.flatMap((it) =>
        rewound && differs(it) ? [change(keyOf(it), keep(it, undefined), true)] : observe(it, true),
      ),
    ]
    unlisted.delete(scope)
    if (unlisted.size === 0) latch.openUnsafe()
    return changes
  }

  return {
    get: (key) => objects.get(key),
    values: () => objects.values(),
    by: (index, value) => {
      const keys = indexes.get(index)?.keys(value) ?? []
      return Array.from(keys, (key) => objects.get(key)!)
    },
    apply: (event, scope) => {
      switch (event._tag) {
        case "Listed":
          return replace(event.objects, event.resourceVersion, scope)
        case "Applied":
          return observe(event.object)
        case "Deleted":
          return remove(event.object)
        case "Bookmark":
          return []
      }
    },
    put: (object) => (deleted.has(uidOf(object) ?? "") ? [] : observe(object)),
    reread: (object) => {
      const key = keyOf(object)
      const known = objects.get(key)
      const isKnown = known !== undefined && uidOf(known) === uidOf(object) && versionOf(known) === versionOf(object)
      if (isKnown) return [change(key, keep(object, known))]
      return deleted.has(uidOf(object) ?? "") ? [] : observe(object)
    },
    bringIn: (brought) =>
      brought.map((object) => {
        deleted.delete(uidOf(object) ?? "")
        return { ...change(keyOf(object), object), initial: true }
      }),
    takeOut: (namespace) =>
      Array.from(objects.keys())
        .filter((key) => namespaceOf(key) === namespace)
        .map((key) => {
          const { before } = change(key, undefined)
          // It was not deleted.
          deleted.delete(uidOf(before) ?? "")
          return { key, before, after: undefined, initial: true }
        }),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ready: latch.await,
    isReady: () => latch.isOpen(),
    size: () => objects.size,
  }
}

/** Values → keys. */
const makeIndex = <A>(valuesOf: (object: A) => ReadonlyArray<string>) => {
  const byValue = new Map<string, Set<Key>>()
  return {
    keys: (value: string): Iterable<Key> => byValue.get(value) ?? [],
    move: (key: Key, before: A | undefined, after: A | undefined) => {
      for (const value of before === undefined ? [] : valuesOf(before)) {
        const keys = byValue.get(value)
        keys?.delete(key)
        if (keys?.size === 0) byValue.delete(value)
      }
      for (const value of after === undefined ? [] : valuesOf(after)) {
        const keys = byValue.get(value)
        if (keys === undefined) byValue.set(value, new Set([key]))
        else keys.add(key)
      }
    },
  }
}
