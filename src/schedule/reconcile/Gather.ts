/**
 * Collects everything that a decision about a schedule may use, in one value: reads only. Runs come from the cache; one that the status lists
 * as active and that is not in the cache is read from the API, because absence alone proves nothing.
 */

import { Effect } from "effect"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { find, Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { pods } from "../../kube/Resource.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import * as Labels from "../../spark/Labels.ts"
import type { Creation, Observed, ObservedRun } from "../decide/Situation.ts"
import { byOwner } from "./Caches.ts"
import { observedRun, ownedBy, type RunObject, runs as runResource } from "./Runs.ts"

/** Where facts come from. */
export interface Sources {
  readonly runs: Store<RunObject>
  readonly lastSeen: Pick<LastSeen<RunObject>, "of">
}

export interface Gathered {
  readonly observed: Observed
  /** Deleted runs that are part of it. */
  readonly gone: ReadonlyArray<RunObject>
}

/** Everything that is known of the runs of a schedule at this moment. `creation`: the result of the action that was just performed. */
export const gather = Effect.fnUntraced(function* (
  { runs, lastSeen }: Sources,
  schedule: ScheduledSparkApplication,
  creation: Creation | undefined,
): Effect.fn.Return<Gathered, KubeError, Kube> {
  const gone = lastSeen.of(keyOf(schedule))
  const byUid = new Map<string, ObservedRun>()
  const add = (run: ObservedRun) => void (byUid.has(run.uid) || byUid.set(run.uid, run))
  // First, because the name of the run says which it is, also if it has lost its annotation.
  if (creation?._tag === "Created") add(creation.run)
  for (const run of runs.by(byOwner, schedule.metadata.uid)) add(observedRun(run))
  for (const run of gone) if (ownedBy(run, schedule)) add(observedRun(run, true))
  // A run that has lost its label is deleted for the cache, too.
  const isUnseen = (run: ObservedRun | undefined) => run === undefined || (run.gone && run.result === "Unfinished")
  const unseen = (schedule.status?.active ?? []).filter(({ uid }) => isUnseen(byUid.get(uid)))
  for (const run of yield* Effect.forEach(unseen, ({ name }) => readRun(schedule, name), { concurrency: 10 })) {
    if (run !== undefined) byUid.set(run.uid, run)
  }
  const all = [...byUid.values()]
  return { gone, observed: { runs: all, creation, drivers: yield* remainingDrivers(schedule, all) } }
})

const readRun = Effect.fnUntraced(function* (
  schedule: ScheduledSparkApplication,
  name: string,
): Effect.fn.Return<ObservedRun | undefined, KubeError, Kube> {
  const run = yield* find(yield* Kube, runResource, schedule.metadata.namespace, name)
  return run !== undefined && ownedBy(run, schedule) ? observedRun(run) : undefined
})

const hasEnded = (phase: string | undefined) => phase === "Succeeded" || phase === "Failed"

/** Deleting a run in the foreground waits for its driver; this is the proof, read once no run is left that a new one has to wait for. */
const remainingDrivers = Effect.fnUntraced(function* (
  { metadata: { name, namespace }, spec, status }: ScheduledSparkApplication,
  observed: ReadonlyArray<ObservedRun>,
): Effect.fn.Return<ReadonlyArray<string>, KubeError, Kube> {
  const replaces = spec.concurrencyPolicy === "Replace" && status?.blockedBy?.scheduledTime !== undefined
  if (!replaces || observed.some(({ result }) => result === "Unfinished")) return []
  const kube = yield* Kube
  const labelSelector = `${Labels.scheduledAppName}=${name},${Labels.sparkRole}=${Labels.driverRole}`
  const { items } = yield* kube.list(pods, { namespace, labelSelector })
  return items.flatMap((pod) => (hasEnded(pod.status?.phase) ? [] : [pod.metadata?.name ?? ""]))
})
