/**
 * Writes the status of an object. The write carries the resource version that it is based on, so a status that was decided on stale facts is
 * refused (409). What the answer proves is settled by `StatusWrites`, and the written object is in the cache when the write returns.
 */

import { Clock, Effect, Exit } from "effect"
import { Kube } from "../kube/Kube.ts"
import type { KubeError } from "../kube/KubeError.ts"
import type { Resource } from "../kube/Resource.ts"
import type { Committed, StatusWrite, StatusWrites } from "./StatusWrites.ts"
import type { Change, Store } from "./Store.ts"

/** An object as read from the API. */
interface Stored {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion?: string
  }
  readonly status?: unknown
}

export interface WriteStatusOptions<A extends Stored, W extends StatusWrite<A>> {
  readonly resource: Resource<A>
  readonly store: Store<A>
  readonly writes: StatusWrites<A, W>
  /** The written object is taken into the store; `now` is epoch milliseconds. */
  readonly changed: (change: Change<A>, now: number) => void
  /** Called after `changed`. */
  readonly committed: (facts: ReadonlyArray<Committed<A, W>>) => void
}

/** Returns the object as it was written. */
export const make =
  <A extends Stored, W extends StatusWrite<A>>({
    resource,
    store,
    writes,
    changed,
    committed,
  }: WriteStatusOptions<A, W>): ((write: W) => Effect.Effect<A, KubeError, Kube>) =>
  (write) =>
    Effect.gen(function* () {
      const kube = yield* Kube
      const clock = yield* Clock.Clock
      const { namespace, name, resourceVersion } = write.before.metadata
      const patch = kube.patch(resource, namespace, name, {
        type: "json",
        subresource: "status",
        body: [
          { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
          { op: "add", path: "/status", value: write.status },
        ],
      })
      const settle = (exit: Exit.Exit<A, KubeError>) =>
        Effect.sync(() => {
          const facts = writes.settled(write, exit)
          if (Exit.isSuccess(exit)) {
            for (const change of store.put(exit.value)) changed(change, clock.currentTimeMillisUnsafe())
          }
          committed(facts)
        })
      writes.sent(write)
      return yield* Effect.onExit(patch, settle)
    })
