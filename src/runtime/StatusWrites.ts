/**
 * Which status writes were performed. A write whose answer was lost (a broken connection, a deadline, a 5xx of a proxy) may have been performed
 * all the same: it is remembered until the cache shows what the API server has, and counts as committed if its status is there.
 *
 * Guarantees: every performed write of this process is returned as committed exactly once, by the call after which that is known; a write
 * that was not performed never is. So telemetry neither misses a transition nor counts one twice.
 * Assumes: one write per object at a time, conditional on the resource version that it is based on.
 */

import { Exit, Option } from "effect"
import { sameJson } from "../kube/json/SameJson.ts"
import { changedNothing, type KubeError } from "../kube/KubeError.ts"

/** An object with a status, as the cache has it. */
export interface WithStatus<S> {
  readonly metadata: { readonly uid: string; readonly resourceVersion?: string }
  readonly status?: S
}

export interface StatusWrite<A extends WithStatus<unknown>> {
  /** As it was when the status was decided on; its resource version is the condition of the write. */
  readonly before: A
  readonly status: NonNullable<A["status"]>
}

/** A write that was performed, and the object as it was written, even if the API server dropped some of it (`DefinitionCheck`). */
export interface Committed<A extends WithStatus<unknown>, W extends StatusWrite<A> = StatusWrite<A>> {
  readonly write: W
  readonly after: A
}

/** `W` may carry more than the write itself: whatever is to happen when it is committed. */
export interface StatusWrites<A extends WithStatus<unknown>, W extends StatusWrite<A> = StatusWrite<A>> {
  /** A write begins; the next call for this object is `settled`. */
  readonly sent: (write: W) => void
  /** The answer, or that there was none. */
  readonly settled: (write: W, exit: Exit.Exit<A, KubeError>) => ReadonlyArray<Committed<A, W>>
  /** The cache has this version now; without `after` the object is gone. */
  readonly seen: (before: A | undefined, after: A | undefined) => ReadonlyArray<Committed<A, W>>
}

const mayBeWritten = (exit: Exit.Failure<unknown, KubeError>): boolean => {
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  return error === undefined || !changedNothing(error)
}

/** Knows of no writes yet. */
export const make = <A extends WithStatus<unknown>, W extends StatusWrite<A> = StatusWrite<A>>(): StatusWrites<
  A,
  W
> => {
  /** By uid: writes without an answer, since the resource version that they are all based on. */
  const unanswered = new Map<string, ReadonlyArray<W>>()
  /** By uid of objects with a write in flight: the newest version that was seen meanwhile. */
  const inFlight = new Map<string, A | undefined>()

  const compare = (object: A): ReadonlyArray<Committed<A, W>> => {
    const { uid, resourceVersion } = object.metadata
    const writes = unanswered.get(uid)
    if (writes === undefined || writes[0]?.before.metadata.resourceVersion === resourceVersion) return []
    // Another version: those that were not performed never will be.
    unanswered.delete(uid)
    const performed = writes.find(({ status }) => sameJson(status, object.status))
    return performed === undefined ? [] : [{ write: performed, after: object }]
  }

  return {
    sent: ({ before }) => {
      inFlight.set(before.metadata.uid, undefined)
    },
    settled: (write, exit) => {
      const { uid } = write.before.metadata
      const newest = inFlight.get(uid)
      inFlight.delete(uid)
      if (Exit.isSuccess(exit)) {
        unanswered.delete(uid)
        return [{ write, after: { ...exit.value, status: write.status } }]
      }
      if (mayBeWritten(exit)) unanswered.set(uid, [...(unanswered.get(uid) ?? []), write])
      return newest === undefined ? [] : compare(newest)
    },
    seen: (before, after) => {
      if (before !== undefined && before.metadata.uid !== after?.metadata.uid) unanswered.delete(before.metadata.uid)
      if (after === undefined) return []
      if (!inFlight.has(after.metadata.uid)) return compare(after)
      inFlight.set(after.metadata.uid, after)
      return []
    },
  }
}
