/**
 * Follows which namespaces have the labels of a selector. The API server evaluates the selector: its watch reports a namespace as added when
 * it begins to match, and as deleted when it no longer does. One watch, however many namespaces there are.
 */

import { Clock, Effect, Latch, Option, Schema, type Scope, Stream } from "effect"
import type { Namespace } from "kubernetes-types/core/v1"
import { Kube } from "../../kube/Kube.ts"
import { reflect, type ReflectorEvent, type WatchMetrics } from "../../kube/Reflector.ts"
import { namespaces as resource } from "../../kube/Resource.ts"
import type { Namespaces, Selection } from "./Namespaces.ts"

export interface SelectorOptions {
  /** A legal label selector. */
  readonly selector: string
  /** Selected whatever their labels. */
  readonly named: ReadonlyArray<string>
  readonly metrics: WatchMetrics
}

/** Seconds for which a namespace that is no longer selected is remembered, in case this operator ends before it has reported that. */
const rememberedSeconds = 60
/** Characters of what is remembered, well below the limit for the annotations of an object (256 KiB). */
const longestMemory = 200_000

const nameOf = ({ metadata }: Namespace): string => metadata?.name ?? ""
const namesIn = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Array(Schema.String)))

/** Follows them in the scope. */
export const make = Effect.fnUntraced(function* ({
  selector,
  named,
  metrics,
}: SelectorOptions): Effect.fn.Return<Namespaces, never, Kube | Scope.Scope> {
  const clock = yield* Clock.Clock
  const watch = reflect(yield* Kube, resource, { labelSelector: selector }, metrics)
  const known = Latch.makeUnsafe(false)
  const always = new Set(named)
  const matching = new Set<string>()
  /** When they were no longer selected, in epoch milliseconds. */
  const left = new Map<string, number>()
  const observers: Array<(selection: Selection) => void> = []

  const report = (namespace: string, isSelected: boolean, isGone: boolean) => {
    const now = clock.currentTimeMillisUnsafe()
    const received = clock.monotonicTimeNanosUnsafe()
    for (const observer of observers) observer({ namespace, isSelected, isGone, now, received })
  }

  const set = (namespace: string, isSelected: boolean, isGone: boolean): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (matching.has(namespace) === isSelected) return Effect.void
      if (isSelected) matching.add(namespace)
      else matching.delete(namespace)
      left.delete(namespace)
      if (always.has(namespace)) return Effect.void
      if (!isSelected && !isGone) left.set(namespace, clock.currentTimeMillisUnsafe())
      report(namespace, isSelected, isGone)
      if (!known.isOpen()) return Effect.void
      const what = isSelected
        ? "is selected"
        : isGone
          ? "is deleted"
          : "is no longer selected: its objects are left as they are"
      return Effect.annotateLogs(Effect.logInfo(`the namespace ${what}`), { namespace, selector })
    })

  const logFirst = Effect.suspend(() =>
    Effect.annotateLogs(Effect.logInfo("namespaces are selected by their labels"), {
      selector,
      selected: matching.size,
      named: named.join(", "),
    }),
  )

  const take = (event: ReflectorEvent<Namespace>): Effect.Effect<void> => {
    switch (event._tag) {
      case "Listed": {
        const names = new Set(event.objects.map(nameOf))
        const gone = [...matching].filter((name) => !names.has(name))
        return Effect.forEach(gone, (name) => set(name, false, false), { discard: true }).pipe(
          Effect.andThen(Effect.forEach(names, (name) => set(name, true, false), { discard: true })),
          Effect.andThen(Effect.suspend(() => (known.isOpen() ? Effect.void : Effect.andThen(known.open, logFirst)))),
        )
      }
      case "Applied":
        return set(nameOf(event.object), true, false)
      case "Deleted":
        return set(nameOf(event.object), false, event.object.metadata?.deletionTimestamp !== undefined)
      case "Bookmark":
        return Effect.void
    }
  }
  yield* Effect.forkScoped(Stream.runForEach(watch.events, take))

  const isSelected = (namespace: string) => always.has(namespace) || matching.has(namespace)

  return {
    watched: [],
    named,
    selector,
    isSelected,
    ready: known.await,
    join: (changed) => void observers.push(changed),
    liveness: () => [watch.liveness()],
    memory: {
      current: () => {
        const oldest = clock.currentTimeMillisUnsafe() - rememberedSeconds * 1000
        for (const [namespace, since] of left) if (since < oldest) left.delete(namespace)
        const text = JSON.stringify([...matching, ...left.keys()].sort())
        return known.isOpen() && text.length <= longestMemory ? text : undefined
      },
      recall: (text) => {
        for (const namespace of Option.getOrElse(namesIn(text), () => [])) {
          if (!isSelected(namespace)) report(namespace, false, false)
        }
      },
    },
  }
})
