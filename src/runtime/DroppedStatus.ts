/**
 * Statuses that this process has written and the API server has not kept in full, because the definition of the kind lacks some of their
 * fields. The caches have what the server kept; this has the rest, for as long as the process lives.
 */

import type { KubeObject } from "../kube/Resource.ts"
import { isPartOf, lostFields } from "./StatusParts.ts"
import { type Key, keyOf } from "./Store.ts"

/** An object of the kind, as the cache has it. */
export interface Defined extends KubeObject {
  readonly metadata: NonNullable<KubeObject["metadata"]> & { readonly name: string; readonly namespace: string }
  readonly status?: object
}

export interface DroppedStatus<A extends Defined> {
  /** This is the status of the object, whatever the server has kept of it. */
  readonly remember: (object: A, status: object) => void
  /** The server has the status of the object. */
  readonly forget: (object: A) => void
  readonly has: (object: A) => boolean
  readonly keys: () => Iterable<Key>
  /** The object with its whole status: as it is remembered, if what the server has can be a part of that. */
  readonly complete: (object: A) => A
  /** Takes in a change of the cache: if it only removed fields of the status, that is remembered as it was. Returns whether it is. */
  readonly seen: (before: A | undefined, after: A | undefined) => boolean
}

/** Remembers nothing yet. */
export const make = <A extends Defined>(): DroppedStatus<A> => {
  const statuses = new Map<Key, { readonly uid: string | undefined; readonly status: object }>()
  const remember = (object: A, status: object) => void statuses.set(keyOf(object), { uid: object.metadata.uid, status })
  const forget = (object: A) => void statuses.delete(keyOf(object))
  const has = (object: A) => statuses.get(keyOf(object))?.uid === object.metadata.uid && statuses.has(keyOf(object))

  return {
    remember,
    forget,
    has,
    keys: () => statuses.keys(),
    complete: (object) => {
      const known = statuses.get(keyOf(object))
      if (known === undefined) return object
      if (has(object) && isPartOf(object.status ?? {}, known.status)) return { ...object, status: known.status }
      forget(object)
      return object
    },
    seen: (before, after) => {
      if (before === undefined) return false
      const { status } = before
      if (after === undefined || before.metadata.uid !== after.metadata.uid) {
        forget(before)
        return false
      }
      if (status === undefined || has(before)) return false
      const rest = after.status ?? {}
      const isLess = lostFields(status, rest).length > 0 && isPartOf(rest, status)
      if (isLess) remember(before, status)
      return isLess
    },
  }
}
