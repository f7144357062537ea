/**
 * What the operator knows of the cluster: the applications, and the pods of their runs, kept up to date by one watch each (one per
 * namespace where only some are watched). Every change goes to telemetry, and as a key to the queue.
 */

import { Clock, Effect, Stream } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import { Kube } from "../../kube/Kube.ts"
import { type Liveness, reflect } from "../../kube/Reflector.ts"
import { type KubeObject, pods as podResource, type Resource } from "../../kube/Resource.ts"
import * as StatusWrites from "../../runtime/StatusWrites.ts"
import * as Store from "../../runtime/Store.ts"
import * as Labels from "../../spark/Labels.ts"
import { type SeenPod, withPast } from "../../spark/observe/PodPast.ts"
import { Telemetry } from "../../telemetry/Telemetry.ts"
import { noProbeFailures, type ProbeFailures } from "../probes/ProbeFailures.ts"
import type { ApplicationMetrics } from "../telemetry/ApplicationMetrics.ts"
import * as AttemptTraces from "../telemetry/AttemptTraces.ts"
import { byApplication } from "./Gather.ts"
import * as LastSeen from "./LastSeen.ts"
import { applicationKeyOf } from "./Ownership.ts"

export interface Caches {
  readonly applications: Store.Store<SparkApplication>
  readonly pods: Store.Store<SeenPod>
  readonly lastSeen: LastSeen.LastSeen
  readonly probes: ProbeFailures
  /** Takes in the answers to our own writes, so that the next look reads them. */
  readonly writes: StatusWrites.StatusWrites
  /**
   * Keeps the caches up to date for ever; `changed` is called with the key of every application that something happened to. Until
   * `leading` resumes (default: at once) changes are taken in silently, so that telemetry counts the cluster in one replica only; then all
   * that is there counts as seen for the first time.
   */
  readonly follow: (changed: (key: string) => void, leading?: Effect.Effect<void>) => Effect.Effect<never>
  /** Both first lists are in. */
  readonly ready: Effect.Effect<void>
  readonly isReady: () => boolean
  readonly liveness: () => ReadonlyArray<Liveness>
}

/** `namespaces` empty: all. */
export const make = Effect.fnUntraced(function* (
  namespaces: ReadonlyArray<string>,
  metrics: ApplicationMetrics,
  probes: ProbeFailures = noProbeFailures,
): Effect.fn.Return<Caches, never, Kube | Telemetry> {
  const kube = yield* Kube
  const { kube: watchMetrics } = yield* Telemetry
  const traces = yield* AttemptTraces.make
  const clock = yield* Clock.Clock
  const scopes = namespaces.length === 0 ? [undefined] : namespaces
  const lastSeen = LastSeen.make()

  const watch = <A extends KubeObject>(resource: Resource<A>, labelSelector?: string) =>
    scopes.map((namespace) => reflect(kube, resource, { namespace, labelSelector }, watchMetrics))
  const applicationWatches = watch(sparkApplications)
  const podWatches = watch(podResource, `${Labels.launchedBy}=true`)

  const applications = Store.make<SparkApplication>({ scopes })
  const pods = Store.make<SeenPod>({
    scopes,
    keep: seenPod,
    indexes: { [byApplication]: (pod) => [applicationKeyOf(pod)].filter((key) => key !== undefined) },
  })

  const writes: StatusWrites.StatusWrites = StatusWrites.make({
    wrote: (application) => {
      const now = clock.currentTimeMillisUnsafe()
      for (const change of applications.put(application)) applicationChanged(change, now)
    },
    committed: ({ before, gone }, application) => {
      lastSeen.forget(Store.keyOf(application), gone)
      metrics.applicationCommitted(before.status, application)
      traces.committed(before.status, application)
    },
  })
  const applicationChanged = (change: Store.Change<SparkApplication>, now: number) => {
    metrics.applicationObserved(change.before, change.after)
    writes.seen(change.before, change.after)
    traces.observed(change, now)
    return change.key
  }
  const podChanged = (change: Store.Change<SeenPod>, now: number) => {
    metrics.podObserved({ ...change, killedBy: change.after && probes.killOf(change.after)?.probe }, now)
    const pod = change.after ?? change.before
    const key = pod && applicationKeyOf(pod)
    if (key && change.before && !change.after) lastSeen.remember(key, change.before)
    return key
  }

  const run = <A extends KubeObject>(
    watches: ReadonlyArray<ReturnType<typeof reflect<A>>>,
    store: Store.Store<A>,
    take: (change: Store.Change<A>, now: number) => string | undefined,
    changed: (key: string) => void,
    isSilent: () => boolean,
  ) =>
    Effect.forEach(
      watches,
      ({ events }, scope) =>
        Stream.runForEach(events, (event) =>
          Clock.clockWith((clock) =>
            Effect.sync(() => {
              const now = clock.currentTimeMillisUnsafe()
              // All changes are taken in before any key is queued: a waiting worker starts at once.
              const changes = store.apply(event, scopes[scope])
              if (isSilent()) return
              const keys = changes.map((change) => take(change, now))
              for (const key of new Set(keys)) if (key !== undefined) changed(key)
            }),
          ),
        ),
      { concurrency: "unbounded", discard: true },
    )

  return {
    applications,
    pods,
    lastSeen,
    probes,
    writes,
    follow: (changed, leading) =>
      Effect.suspend(() => {
        let silent = leading !== undefined
        const speak = Clock.clockWith((clock) =>
          Effect.sync(() => {
            const now = clock.currentTimeMillisUnsafe()
            silent = false
            const keys = [
              ...firstSeen(applications).map((change) => applicationChanged(change, now)),
              ...firstSeen(pods).map((change) => podChanged(change, now)),
            ]
            for (const key of new Set(keys)) if (key !== undefined) changed(key)
          }),
        )
        return Effect.all(
          [
            run(applicationWatches, applications, applicationChanged, changed, () => silent),
            run(podWatches, pods, podChanged, changed, () => silent),
            leading === undefined ? Effect.void : Effect.andThen(leading, speak),
            // Counts what it sees, so it must not begin before.
            Effect.andThen(leading ?? Effect.void, probes.follow(pods)),
          ],
          { concurrency: "unbounded" },
        ).pipe(Effect.andThen(Effect.never))
      }),
    ready: Effect.andThen(applications.ready, pods.ready),
    isReady: () => applications.isReady() && pods.isReady(),
    liveness: () => [...applicationWatches, ...podWatches].map(({ liveness }) => liveness()),
  }
})

const firstSeen = <A extends KubeObject>(store: Store.Store<A>): ReadonlyArray<Store.Change<A>> =>
  Array.from(store.values(), (after) => ({ key: Store.keyOf(after), before: undefined, after, initial: true }))

/** A pod's spec is the larger half of it and nobody here reads it. */
const seenPod = ({ spec: _spec, ...pod }: Pod, before: SeenPod | undefined): SeenPod => withPast(pod, before)
