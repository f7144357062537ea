/**
 * Resources kept in memory: each is watched (once for all namespaces, or once per namespace where only some are watched) and folded into a
 * store. Several of them are followed together, so that a replica begins to act on all of them at the same moment.
 *
 * Where namespaces are selected by their labels, objects of the others are kept aside: they come into the store when their namespace is
 * selected, without a request, and leave it when it no longer is.
 */

import { Clock, Effect, Stream } from "effect"
import { type KubeApi, listAll } from "../kube/Kube.ts"
import type { KubeError } from "../kube/KubeError.ts"
import { type Liveness, reflect, type ReflectOptions, type WatchMetrics } from "../kube/Reflector.ts"
import type { KubeObject, Resource } from "../kube/Resource.ts"
import type { Changed } from "./Kind.ts"
import type { Namespaces, Selection } from "./namespaces/Namespaces.ts"
import * as Store from "./Store.ts"

export interface WatchedOptions<A extends KubeObject>
  extends Omit<Store.StoreOptions<A>, "scopes" | "holds">, Omit<ReflectOptions, "namespace"> {
  readonly resource: Resource<A>
  readonly namespaces: Namespaces
  readonly metrics: WatchMetrics
}

export interface Watched<A extends KubeObject> {
  /** Objects of selected namespaces. */
  readonly store: Store.Store<A>
  /** Objects of namespaces that are not selected, if namespaces are selected by their labels. */
  readonly aside: Pick<Store.Store<A>, "get" | "values">
  readonly liveness: () => ReadonlyArray<Liveness>
  /**
   * What happens on every change: `take` records it and returns the key to queue, if any. All changes of an event are taken before the
   * first key is queued, since a waiting worker starts at once. `takeAside` gets the changes of objects that are kept aside.
   */
  readonly taking: (take: Take<A>, takeAside?: (change: Store.Change<A>) => void) => Taken
  /** Lists everything again, because the API server may show the same versions with other fields. All that is listed is taken as a change. */
  readonly reread: (take: Take<A>) => Effect.Effect<void, KubeError>
}

/** `now`: epoch milliseconds. `received`: when the change arrived in this process, in nanoseconds of the monotonic clock. */
export type Take<A> = (change: Store.Change<A>, now: number, received: bigint) => string | undefined

/** A watched resource and what its changes do, without the type of its objects. */
export interface Taken {
  /** Keeps the store up to date, forever. While `isSilent`, changes are stored and not taken. */
  readonly run: (changed: Changed, isSilent: () => boolean) => Effect.Effect<never>
  /** Takes everything present as seen for the first time. */
  readonly takeAll: (now: number, received: bigint) => ReadonlyArray<string | undefined>
  /** Brings the objects of a namespace into the store, or puts them aside: `take` gets each as a change to which nothing happened. */
  readonly move: (selection: Selection, isSilent: boolean) => ReadonlyArray<string | undefined>
}

/** Watches nothing until it is followed. */
export const make = <A extends KubeObject>(
  kube: Pick<KubeApi, "list" | "watch">,
  { resource, namespaces, metrics, indexes, keep, pageSize, ...selection }: WatchedOptions<A>,
): Watched<A> => {
  const { watched, isSelected } = namespaces
  const scopes = watched.length === 0 ? [undefined] : watched
  const watches = scopes.map((namespace) => reflect(kube, resource, { namespace, pageSize, ...selection }, metrics))
  const kept = { scopes, ...(keep && { keep }) }
  const store = Store.make<A>({ ...kept, ...(indexes && { indexes }), holds: isSelected })
  const aside = Store.make<A>({ ...kept, holds: (namespace) => !isSelected(namespace) })
  return {
    store,
    aside,
    reread: (take) =>
      Effect.forEach(
        scopes,
        (namespace) =>
          Effect.flatMap(listAll(kube, resource, { namespace, limit: pageSize, ...selection }), ({ items }) =>
            atNow((now, monotonic) => {
              for (const change of items.flatMap(store.reread)) take(change, now, monotonic)
            }),
          ),
        { discard: true },
      ),
    liveness: () => watches.map(({ liveness }) => liveness()),
    taking: (take, takeAside = () => {}) => ({
      run: (changed, isSilent) =>
        Effect.forEach(
          watches,
          ({ events }, scope) =>
            Stream.runForEach(events, (event) =>
              atNow((now, monotonic) => {
                const received = ("received" in event ? event.received : undefined) ?? monotonic
                const changes = store.apply(event, scopes[scope])
                const others = namespaces.selector === undefined ? [] : aside.apply(event, scopes[scope])
                if (isSilent()) return
                for (const change of others) takeAside(change)
                queueAll(
                  changes.map((change) => take(change, now, received)),
                  changed,
                )
              }),
            ),
          { concurrency: "unbounded", discard: true },
        ).pipe(Effect.andThen(Effect.never)),
      takeAll: (now, received) =>
        Array.from(store.values(), (after) =>
          take({ key: Store.keyOf(after), before: undefined, after, initial: true }, now, received),
        ),
      move: ({ namespace, isSelected: comes, now, received }, isSilent) => {
        const [from, to] = comes ? [aside, store] : [store, aside]
        const gone = from.takeOut(namespace)
        const come = to.bringIn(gone.flatMap(({ before }) => before ?? []))
        return isSilent ? [] : (comes ? come : gone).map((change) => take(change, now, received))
      },
    }),
  }
}

/**
 * Follows all of these, forever, from when it is known which namespaces are selected. Until `leading` resumes, the stores fill in silence, so
 * that telemetry counts the cluster in one replica only; then everything present counts as seen for the first time, in the order of the list.
 */
export const follow = (
  all: ReadonlyArray<Taken>,
  namespaces: Pick<Namespaces, "ready" | "join">,
  changed: Changed,
  leading: Effect.Effect<void>,
): Effect.Effect<never> =>
  Effect.suspend(() => {
    let silent = true
    const speak = atNow((now, monotonic) => {
      silent = false
      queueAll(
        all.flatMap(({ takeAll }) => takeAll(now, monotonic)),
        changed,
      )
    })
    // All objects of a namespace come and go at once: a pod without its owner, or the reverse, is never seen.
    namespaces.join((selection) =>
      queueAll(
        all.flatMap(({ move }) => move(selection, silent)),
        changed,
      ),
    )
    const runs = all.map(({ run }) =>
      Effect.andThen(
        namespaces.ready,
        run(changed, () => silent),
      ),
    )
    return Effect.andThen(
      Effect.all([Effect.andThen(leading, speak), ...runs], { concurrency: "unbounded", discard: true }),
      Effect.never,
    )
  })

const atNow = (work: (now: number, monotonic: bigint) => void): Effect.Effect<void> =>
  Clock.clockWith((clock) => Effect.sync(() => work(clock.currentTimeMillisUnsafe(), clock.monotonicTimeNanosUnsafe())))

/** Each key once. */
const queueAll = (keys: ReadonlyArray<string | undefined>, changed: Changed) => {
  for (const key of new Set(keys)) if (key !== undefined) changed(key)
}
