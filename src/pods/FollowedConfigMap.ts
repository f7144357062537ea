/**
 * Keeps what the operator reads from a ConfigMap in memory: a change of it counts at once, without a restart. What is invalid keeps its last
 * valid value, and is reported in the log and as an Event of the ConfigMap.
 */

import { Effect, Equal, Latch, type Scope, Stream } from "effect"
import type { ConfigMap } from "kubernetes-types/core/v1"
import { describeProblems, type Problem } from "../api/Problem.ts"
import type { EventRecorder } from "../kube/EventRecorder.ts"
import { Kube } from "../kube/Kube.ts"
import { type Liveness, reflect, type WatchMetrics } from "../kube/Reflector.ts"
import { configMaps } from "../kube/Resource.ts"

export interface FollowedConfigMap<A> {
  /** The current value; the same object until the ConfigMap changes. */
  readonly read: () => A
  /** The ConfigMap was read, or could not be read within ten seconds. */
  readonly ready: Effect.Effect<void>
  readonly liveness: () => ReadonlyArray<Liveness>
}

/** What is read from the ConfigMap, and how it is reported. */
export interface ConfigMapContent<A> {
  /** Where the ConfigMap does not exist. */
  readonly absent: A
  /** The value from the data, and from the value before for what is invalid; and what that is. */
  readonly parse: (
    data: Readonly<Record<string, string>>,
    before: A,
  ) => { readonly value: A; readonly problems: ReadonlyArray<Problem> }
  /** The reason of the Event. */
  readonly reason: string
  /** Lines of the log. */
  readonly lines: Readonly<Record<"read" | "invalid" | "absent" | "unreadable", string>>
  readonly annotations: (value: A) => Readonly<Record<string, string>>
}

const longestWait = "10 seconds"

/** Follows the ConfigMap `source`, which is `namespace/name`, in the scope; undefined: there is none. */
export const follow = Effect.fnUntraced(function* <A>(
  source: string | undefined,
  { absent, parse, reason, lines, annotations }: ConfigMapContent<A>,
  recorder: EventRecorder,
  metrics: WatchMetrics,
): Effect.fn.Return<FollowedConfigMap<A>, never, Kube | Scope.Scope> {
  if (source === undefined) return { read: () => absent, ready: Effect.void, liveness: () => [] }
  const [namespace = "", name = ""] = source.split("/")
  const kube = yield* Kube
  const watch = reflect(kube, configMaps, { namespace, fieldSelector: `metadata.name=${name}` }, metrics)
  const known = Latch.makeUnsafe(false)
  let current = absent

  const take = Effect.fnUntraced(function* (object: ConfigMap) {
    const { value, problems } = parse(object.data ?? {}, current)
    if (!Equal.equals(value, current)) {
      current = value
      yield* Effect.annotateLogs(Effect.logInfo(lines.read), { configMap: source, ...annotations(value) })
    }
    if (problems.length === 0) return
    const message = describeProblems(problems)
    yield* Effect.annotateLogs(Effect.logWarning(lines.invalid), { configMap: source, problems: message })
    const { uid = "" } = object.metadata ?? {}
    yield* recorder.record(
      { apiVersion: "v1", kind: "ConfigMap", namespace, name, uid },
      { type: "Warning", reason, message },
    )
  })

  const gone = Effect.suspend(() => {
    current = absent
    return Effect.annotateLogs(Effect.logWarning(lines.absent), { configMap: source })
  })

  const consume = Stream.runForEach(watch.events, (event) => {
    switch (event._tag) {
      case "Listed": {
        const object = event.objects[0]
        return Effect.ensuring(object === undefined ? gone : take(object), known.open)
      }
      case "Applied":
        return take(event.object)
      case "Deleted":
        return gone
      case "Bookmark":
        return Effect.void
    }
  })
  yield* Effect.forkScoped(consume)

  return {
    read: () => current,
    ready: Effect.timeoutOrElse(known.await, {
      duration: longestWait,
      orElse: () => Effect.annotateLogs(Effect.logWarning(lines.unreadable), { configMap: source }),
    }),
    liveness: () => [watch.liveness()],
  }
})
