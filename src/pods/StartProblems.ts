/**
 * Follows Events that say why pods do not start: volumes that cannot be attached or mounted, sandboxes that cannot be created. They are
 * watched only from the first pod on that needs them, one watch for each reason, so a cluster in which all pods start pays nothing.
 */

import { Effect, Latch, Stream } from "effect"
import { Kube } from "../kube/Kube.ts"
import { reflect, type ReflectorEvent, type WatchMetrics } from "../kube/Reflector.ts"
import { events } from "../kube/Resource.ts"
import {
  type ReportedProblem,
  type StartProblem,
  startProblemOf,
  startReasons,
  withProblem,
} from "../spark/observe/StartFacts.ts"

export interface StartProblems {
  /** What Events report about the pod with this uid. The first call starts the watches: only for a pod that does not start. */
  readonly of: (podUid: string) => ReadonlyArray<StartProblem>
  /** Follows the Events forever; `reported` gets the pod that one is about. */
  readonly follow: (reported: (pod: ReportedProblem["pod"]) => void) => Effect.Effect<never>
}

/** Where Events are not watched. */
export const noStartProblems: StartProblems = { of: () => [], follow: () => Effect.never }

/** Pods whose problems are remembered; the one with the oldest Event is forgotten first. */
const rememberedPods = 10_000

/** `namespaces` empty: all. */
export const make = Effect.fnUntraced(function* (
  namespaces: ReadonlyArray<string>,
  metrics: WatchMetrics,
): Effect.fn.Return<StartProblems, never, Kube> {
  const kube = yield* Kube
  const needed = Latch.makeUnsafe(false)
  const byPod = new Map<string, ReadonlyArray<StartProblem>>()
  const scopes = namespaces.length === 0 ? [undefined] : namespaces
  const watches = scopes.flatMap((namespace) => startReasons.map((reason) => ({ namespace, reason })))

  const follow = (
    { namespace, reason }: (typeof watches)[number],
    reported: Parameters<StartProblems["follow"]>[0],
  ) => {
    const consume = (event: ReflectorEvent<Parameters<typeof startProblemOf>[0]>) => {
      const objects = event._tag === "Listed" ? event.objects : event._tag === "Applied" ? [event.object] : []
      for (const object of objects) {
        const found = startProblemOf(object)
        if (found === undefined) continue
        const { podUid, pod, problem } = found
        const known = byPod.get(podUid) ?? []
        byPod.delete(podUid)
        byPod.set(podUid, withProblem(known, problem))
        if (byPod.size > rememberedPods) byPod.delete(byPod.keys().next().value!)
        reported(pod)
      }
    }
    const fieldSelector = `involvedObject.kind=Pod,reason=${reason}`
    const watch = reflect(kube, events, { namespace, fieldSelector }, metrics)
    return Stream.runForEach(watch.events, (event) => Effect.sync(() => consume(event)))
  }

  return {
    of: (podUid) => {
      needed.openUnsafe()
      return byPod.get(podUid) ?? []
    },
    follow: (reported) =>
      Effect.andThen(
        needed.await,
        Effect.forEach(watches, (watch) => follow(watch, reported), { concurrency: "unbounded", discard: true }),
      ).pipe(Effect.andThen(Effect.never)),
  }
})
