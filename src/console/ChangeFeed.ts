/**
 * What changed, for pages that are open: the changes of half a second together, to any number of listeners. It says which resources changed, and
 * not how: pages ask again for what they show.
 */

import { Effect, Latch, Queue, type Scope } from "effect"
import type { Key } from "../runtime/Store.ts"
import type { ShownKind, Sources } from "./Sources.ts"

/** Keys by kind. */
export type Changes = ReadonlyMap<ShownKind, ReadonlySet<Key>>

export interface ChangeFeed {
  /** Changes from now on; ends with the scope. A listener that does not take them loses the oldest. */
  readonly listen: Effect.Effect<Queue.Dequeue<Changes>, never, Scope.Scope>
  /** How many times changes were reported, also if there was no listener. */
  readonly reports: () => number
}

const coalesceMillis = 500
const waiting = 64

export const make = Effect.fnUntraced(function* (
  sources: Pick<Sources, "onChange">,
): Effect.fn.Return<ChangeFeed, never, Scope.Scope> {
  const listeners = new Set<Queue.Queue<Changes>>()
  const changed = Latch.makeUnsafe(false)
  let gathered = new Map<ShownKind, Set<Key>>()
  let reports = 0

  const end = sources.onChange((kind, key) => {
    const keys = gathered.get(kind)
    if (keys === undefined) gathered.set(kind, new Set([key]))
    else keys.add(key)
    changed.openUnsafe()
  })
  yield* Effect.addFinalizer(() => Effect.sync(end))

  const flush = Effect.sync(() => {
    const changes = gathered
    gathered = new Map()
    reports++
    changed.closeUnsafe()
    for (const listener of listeners) Queue.offerUnsafe(listener, changes)
  })
  yield* Effect.forkScoped(
    Effect.forever(changed.await.pipe(Effect.andThen(Effect.sleep(coalesceMillis)), Effect.andThen(flush))),
  )

  return {
    reports: () => reports,
    listen: Effect.acquireRelease(
      Effect.map(Queue.sliding<Changes>(waiting), (queue) => {
        listeners.add(queue)
        return queue
      }),
      (queue) => {
        listeners.delete(queue)
        return Queue.shutdown(queue)
      },
    ),
  }
})
