/**
 * Keeps the operator's ConfigMap of health checks (`--health-checks-config`) in memory: a change of it counts for the next submission,
 * without a restart. An entry that is invalid keeps its last valid value, and is reported in the log and as an Event of the ConfigMap.
 */

import { Effect, Equal, Latch, type Scope, Stream } from "effect"
import type { ConfigMap } from "kubernetes-types/core/v1"
import { describeProblems } from "../api/Problem.ts"
import type { EventRecorder } from "../kube/EventRecorder.ts"
import { Kube } from "../kube/Kube.ts"
import { type Liveness, reflect, type WatchMetrics } from "../kube/Reflector.ts"
import { configMaps } from "../kube/Resource.ts"
import { readHealthConfig } from "../spark/health/HealthConfig.ts"
import { type HealthDefaults, noHealthDefaults } from "../spark/health/HealthDefaults.ts"

export interface HealthSettings {
  /** The current values; the same object until the ConfigMap changes. */
  readonly read: () => HealthDefaults
  /** The ConfigMap was read, or could not be read within ten seconds. */
  readonly ready: Effect.Effect<void>
  readonly liveness: () => ReadonlyArray<Liveness>
}

/** Where the operator has no such ConfigMap. */
export const noHealthSettings: HealthSettings = {
  read: () => noHealthDefaults,
  ready: Effect.void,
  liveness: () => [],
}

const longestWait = "10 seconds"

/** Follows the ConfigMap `source`, which is `namespace/name`, in the scope. */
export const make = Effect.fnUntraced(function* (
  source: string,
  recorder: EventRecorder,
  metrics: WatchMetrics,
): Effect.fn.Return<HealthSettings, never, Kube | Scope.Scope> {
  const [namespace = "", name = ""] = source.split("/")
  const kube = yield* Kube
  const watch = reflect(kube, configMaps, { namespace, fieldSelector: `metadata.name=${name}` }, metrics)
  const known = Latch.makeUnsafe(false)
  const absent: HealthDefaults = { ...noHealthDefaults, source }
  let current = absent

  const take = Effect.fnUntraced(function* (object: ConfigMap) {
    const { defaults, problems } = readHealthConfig(source, object.data ?? {}, current)
    if (!Equal.equals(defaults, current)) {
      current = defaults
      yield* Effect.logInfo("the health checks of the operator were read").pipe(
        Effect.annotateLogs({
          configMap: source,
          default: defaults.byDefault?.preset ?? (defaults.byDefault === undefined ? "none" : "batch"),
          templates: [...defaults.templates.keys()].join(", "),
        }),
      )
    }
    if (problems.length === 0) return
    const message = describeProblems(problems)
    yield* Effect.logWarning(
      "some health checks of the operator are invalid; their last valid values still apply",
    ).pipe(Effect.annotateLogs({ configMap: source, problems: message }))
    const { uid = "" } = object.metadata ?? {}
    yield* recorder.record(
      { apiVersion: "v1", kind: "ConfigMap", namespace, name, uid },
      { type: "Warning", reason: "InvalidHealthChecks", message },
    )
  })

  const gone = Effect.suspend(() => {
    current = absent
    return Effect.logWarning(
      "the ConfigMap of health checks does not exist: there are no defaults and no templates",
    ).pipe(Effect.annotateLogs({ configMap: source }))
  })

  const follow = Stream.runForEach(watch.events, (event) => {
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
  yield* Effect.forkScoped(follow)

  return {
    read: () => current,
    ready: Effect.timeoutOrElse(known.await, {
      duration: longestWait,
      orElse: () =>
        Effect.logWarning("the ConfigMap of health checks cannot be read yet; applications are run without it").pipe(
          Effect.annotateLogs({ configMap: source }),
        ),
    }),
    liveness: () => [watch.liveness()],
  }
})
