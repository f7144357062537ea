/**
 * Runs one kind: its caches follow the cluster, every change becomes a key in its work queue, and while this replica leads, workers
 * reconcile the keys.
 *
 * Leadership is asked for the key of each reconcile, and the API is fenced with the answer, so that replicas may one day share the keys.
 */

import { Effect, Latch, type Scope } from "effect"
import { Kube } from "../kube/Kube.ts"
import type { RuntimeMetrics } from "../telemetry/operator/RuntimeMetrics.ts"
import * as Controller from "./Controller.ts"
import type { HealthFacts } from "./Health.ts"
import type { Changed, Kind } from "./Kind.ts"
import { fenced, type Leadership } from "./Leadership.ts"
import * as Workqueue from "./Workqueue.ts"

export interface RunKindOptions {
  /** Whether this replica acts, in general. */
  readonly leadership: Leadership
  /** Whether it acts on the object of this key. */
  readonly leadershipOf: (key: string) => Leadership
  readonly metrics: Pick<RuntimeMetrics, "reconciled" | "workqueue">
  /** Seconds that reconciles in progress may take after shutdown began. */
  readonly drainSeconds: number
}

export interface RunningKind {
  readonly isReady: () => boolean
  /** Resumes when the caches of the kind are complete. */
  readonly ready: Effect.Effect<void>
  readonly health: () => Pick<HealthFacts, "watches" | "queues" | "problems">
}

/** Starts the kind in the scope. Its work as leader begins when it is ready and this replica is elected, and ends when leadership is lost. */
export const run = Effect.fnUntraced(function* (
  kind: Kind,
  options: RunKindOptions,
): Effect.fn.Return<RunningKind, never, Kube | Scope.Scope> {
  const { leadership, leadershipOf, metrics, drainSeconds } = options
  const kube = yield* Kube
  const synced = Latch.makeUnsafe(false)
  const queue = yield* Workqueue.make({
    lanes: Object.keys(kind.lanes),
    laneOf: kind.laneOf,
    metrics: metrics.workqueue(kind.name),
  })
  const changed: Changed = queue.add

  const asLeader = (work: Effect.Effect<never, never, Kube>) =>
    synced.await.pipe(
      Effect.andThen(leadership.elected),
      Effect.andThen(Effect.provideService(work, Kube, fenced(kube, leadership))),
      Effect.raceFirst(Effect.ignore(leadership.lost)),
      Effect.forkScoped,
    )

  yield* Effect.forkScoped(kind.follow(changed, leadership.elected))
  yield* Effect.forkScoped(Effect.andThen(kind.ready, synced.open))
  if (kind.definition !== undefined) yield* asLeader(kind.definition.watch(changed))
  for (const work of kind.asLeader) yield* asLeader(work(changed))
  yield* asLeader(
    Controller.run({
      queue,
      lanes: kind.lanes,
      reconcile: (key) => Effect.provideService(kind.reconcile(key), Kube, fenced(kube, leadershipOf(key))),
      metrics,
      drainSeconds,
    }),
  )
  return {
    isReady: () => synced.isOpen(),
    ready: synced.await,
    health: () => ({
      watches: kind.liveness(),
      queues: [{ name: kind.name, ...queue.read() }],
      problems: [kind.definition?.problem()].filter((problem) => problem !== undefined),
    }),
  }
})
