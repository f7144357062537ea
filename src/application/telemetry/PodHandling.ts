/**
 * How long the operator takes to handle a change of a pod: from its arrival to the end of the first successful reconcile that began
 * afterwards, by the monotonic clock. What a reconcile takes into account is all that arrived before it began.
 */

import { Clock, Effect, Exit } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { Next } from "../../runtime/Next.ts"
import type { Change } from "../../runtime/Store.ts"
import type { podEvents } from "./KnownValues.ts"

export type PodEvent = (typeof podEvents)[number]

export interface PodHandling {
  /** A change that leads to a reconcile of this key arrived; `received` in nanoseconds of the monotonic clock. */
  readonly arrived: (key: string, change: Pick<Change<Pod>, "before" | "after" | "initial">, received: bigint) => void
  /** The reconcile of a key. If it succeeds, the changes before it are handled; if not, they wait for the next one. */
  readonly handling: <E, R>(key: string, reconcile: Effect.Effect<Next, E, R>) => Effect.Effect<Next, E, R>
}

interface Arrived {
  readonly event: PodEvent
  readonly received: bigint
}

/** Changes per key that are remembered; while reconciles fail, further ones are not measured. */
const mostPending = 100

/** `handled` is called for every change with the seconds that it took. Objects of the first list did not arrive as changes. */
export const make = (handled: (event: PodEvent, seconds: number) => void): PodHandling => {
  const pending = new Map<string, ReadonlyArray<Arrived>>()

  const remember = (key: string, arrived: ReadonlyArray<Arrived>) => {
    if (arrived.length > 0) pending.set(key, arrived.slice(0, mostPending))
  }

  return {
    arrived: (key, { before, after, initial }, received) => {
      if (initial) return
      const event = after === undefined ? "deleted" : before === undefined ? "created" : "updated"
      remember(key, [...(pending.get(key) ?? []), { event, received }])
    },
    handling: (key, reconcile) =>
      Effect.suspend(() => {
        const taken = pending.get(key)
        if (taken === undefined) return reconcile
        pending.delete(key)
        return Effect.onExit(reconcile, (exit) =>
          Clock.clockWith((clock) =>
            Effect.sync(() => {
              if (Exit.isFailure(exit)) return remember(key, [...taken, ...(pending.get(key) ?? [])])
              if (exit.value._tag === "Gone") return
              const now = clock.monotonicTimeNanosUnsafe()
              for (const { event, received } of taken) handled(event, Number(now - received) / 1e9)
            }),
          ),
        )
      }),
  }
}
