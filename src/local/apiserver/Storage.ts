/**
 * The cluster's memory, as etcd is for a real one: objects by storage and key, one revision that grows with every write, and a
 * bounded history per storage from which watches start. Listeners receive changes in the order in which they were made, even if a
 * listener writes, too.
 */

import { type ApiObject, withMetadata } from "./ApiObject.ts"
import { inherit } from "./patch/Managers.ts"

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED"
  readonly revision: number
  readonly storage: string
  readonly object: ApiObject
  /** Before the change; absent for `ADDED`. */
  readonly previous?: ApiObject
}

export type Listener = (change: Change) => void

export interface Storage {
  /** Of the newest write. */
  readonly revision: () => number
  readonly get: (storage: string, key: string) => ApiObject | undefined
  /** Unordered. */
  readonly all: (storage: string) => ReadonlyMap<string, ApiObject>
  readonly storages: () => Iterable<string>
  /** Stores the object under its namespace and name and returns it with its new `resourceVersion`. */
  readonly put: (storage: string, object: ApiObject) => ApiObject
  /** Removes the object and returns its last state, with the revision of the deletion. */
  readonly remove: (storage: string, object: ApiObject) => ApiObject
  /** The changes after `revision`, oldest first; `undefined` if history does not reach back that far. */
  readonly changesAfter: (storage: string, revision: number) => ReadonlyArray<Change> | undefined
  /** Listens to one storage, or to all; returns a function that stops it. */
  readonly listen: (storage: string | undefined, listener: Listener) => () => void
  /** Discards history: watches and pages that start before now answer 410. */
  readonly compact: () => void
  /** The revision up to which history was discarded. */
  readonly compacted: (storage: string) => number
}

/** `namespace/name`, or only the name of objects without a namespace; sorts in the order of API lists. */
export const keyOf = (object: ApiObject): string => key(object.metadata.namespace, object.metadata.name)
export const key = (namespace: string | undefined, name: string): string =>
  namespace === undefined || namespace === "" ? name : `${namespace}/${name}`

interface Shelf {
  readonly objects: Map<string, ApiObject>
  readonly listeners: Set<Listener>
  history: Array<Change>
  compacted: number
}

/** `historyLimit`: at least this many changes are kept per storage, and at most twice as many. */
export const make = (historyLimit: number): Storage => {
  const shelves = new Map<string, Shelf>()
  const everywhere = new Set<Listener>()
  const pending: Array<Change> = []
  let telling = false
  let revision = 0
  let floor = 0

  const shelf = (storage: string): Shelf => {
    let found = shelves.get(storage)
    if (found === undefined) {
      found = { objects: new Map(), listeners: new Set(), history: [], compacted: floor }
      shelves.set(storage, found)
    }
    return found
  }

  const notify = (change: Change) => {
    const { history } = shelf(change.storage)
    history.push(change)
    if (history.length > historyLimit * 2) {
      const gone = history.splice(0, history.length - historyLimit)
      shelf(change.storage).compacted = gone.at(-1)!.revision
    }
    pending.push(change)
    if (telling) return
    telling = true
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      for (const listener of everywhere) listener(next)
      for (const listener of shelf(next.storage).listeners) listener(next)
    }
    telling = false
  }

  const stamped = (object: ApiObject) => withMetadata(object, { resourceVersion: String(++revision) })

  return {
    revision: () => revision,
    get: (storage, key) => shelves.get(storage)?.objects.get(key),
    all: (storage) => shelf(storage).objects,
    storages: () => shelves.keys(),
    put: (storage, object) => {
      const { objects } = shelf(storage)
      const id = keyOf(object)
      const previous = objects.get(id)
      const stored = inherit(stamped(object), object, previous)
      objects.set(id, stored)
      if (previous === undefined) notify({ type: "ADDED", revision, storage, object: stored })
      else notify({ type: "MODIFIED", revision, storage, object: stored, previous })
      return stored
    },
    remove: (storage, object) => {
      const { objects } = shelf(storage)
      const id = keyOf(object)
      const previous = objects.get(id) ?? object
      const last = inherit(stamped(object), object, previous)
      objects.delete(id)
      notify({ type: "DELETED", revision, storage, object: last, previous })
      return last
    },
    changesAfter: (storage, after) => {
      const { history, compacted } = shelf(storage)
      if (after < compacted) return undefined
      let low = 0
      let high = history.length
      while (low < high) {
        const middle = (low + high) >> 1
        if (history[middle]!.revision <= after) low = middle + 1
        else high = middle
      }
      return history.slice(low)
    },
    listen: (storage, listener) => {
      const listeners = storage === undefined ? everywhere : shelf(storage).listeners
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    compact: () => {
      floor = revision
      for (const one of shelves.values()) {
        one.history = []
        one.compacted = revision
      }
    },
    compacted: (storage) => shelf(storage).compacted,
  }
}
