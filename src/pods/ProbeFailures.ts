/**
 * Follows the kubelets' Events about failed probes of Spark containers: they are counted, and remembered for a while, so that a container
 * that was killed by a probe can be distinguished from one that was killed for another reason.
 */

import { Effect, Stream } from "effect"
import type { Event } from "kubernetes-types/core/v1"
import { Kube } from "../kube/Kube.ts"
import { reflect, type ReflectorEvent, type WatchMetrics } from "../kube/Reflector.ts"
import { events } from "../kube/Resource.ts"
import type { SeenPod } from "../spark/observe/PodPast.ts"
import { type ProbeFailure, probeFailureOf, type ProbeKill, probeKillOf } from "../spark/observe/ProbeFacts.ts"

export interface ProbeFailures {
  /** The probe that ended the Spark container of this pod, if one did. */
  readonly killOf: (pod: SeenPod) => ProbeKill | undefined
  /** Follows the Events forever; `failed` gets each failure with how often it has happened since the last report. */
  readonly follow: (failed: (failure: ProbeFailure, times: number) => void) => Effect.Effect<never>
}

/** Where Events are not watched. */
export const noProbeFailures: ProbeFailures = { killOf: () => undefined, follow: () => Effect.never }

/** Pods whose failures are remembered; the one with the oldest Event is forgotten first. */
const rememberedPods = 20_000
const rememberedEvents = 50_000

/** `namespaces` empty: all. */
export const make = Effect.fnUntraced(function* (
  namespaces: ReadonlyArray<string>,
  metrics: WatchMetrics,
): Effect.fn.Return<ProbeFailures, never, Kube> {
  const kube = yield* Kube
  const scopes = namespaces.length === 0 ? [undefined] : namespaces
  /** The last failure of each kind, by uid of the pod. */
  const byPod = new Map<string, Map<string, ProbeFailure>>()
  const counted = new Map<string, number>()

  const put = <A>(map: Map<string, A>, key: string, value: A, bound: number) => {
    map.delete(key)
    map.set(key, value)
    if (map.size > bound) map.delete(map.keys().next().value!)
  }

  type Failed = Parameters<ProbeFailures["follow"]>[0]

  const take = (event: Event, failed: Failed, initial: boolean) => {
    const failure = probeFailureOf(event)
    if (failure === undefined) return
    const { podUid, probe, count } = failure
    const known = byPod.get(podUid) ?? new Map<string, ProbeFailure>()
    const last = known.get(probe)
    if (last === undefined || last.at <= failure.at) known.set(probe, failure)
    put(byPod, podUid, known, rememberedPods)

    const id = event.metadata?.uid ?? ""
    const newFailures = count - (counted.get(id) ?? 0)
    put(counted, id, count, rememberedEvents)
    if (!initial && newFailures > 0) failed(failure, newFailures)
  }

  const followOne = (namespace: string | undefined, failed: Failed) => {
    const fieldSelector = "involvedObject.kind=Pod,reason=Unhealthy"
    let first = true
    const consume = (event: ReflectorEvent<Event>) => {
      if (event._tag === "Listed") {
        for (const object of event.objects) take(object, failed, first)
        first = false
      }
      if (event._tag === "Applied") take(event.object, failed, false)
      if (event._tag === "Deleted") counted.delete(event.object.metadata?.uid ?? "")
    }
    const watch = reflect(kube, events, { namespace, fieldSelector }, metrics)
    return Stream.runForEach(watch.events, (event) => Effect.sync(() => consume(event)))
  }

  return {
    killOf: (pod) => probeKillOf(pod, byPod.get(pod.metadata?.uid ?? "")?.values() ?? []),
    follow: (failed) =>
      Effect.forEach(scopes, (namespace) => followOne(namespace, failed), {
        concurrency: "unbounded",
        discard: true,
      }).pipe(Effect.andThen(Effect.never)),
  }
})
