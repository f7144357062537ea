/**
 * Reconciles one ScheduledSparkApplication: gather → situation → decide → report → perform, repeated while the next step follows at once.
 *
 * Guarantees: a run is created under a name that follows from its scheduled time, and recorded in the status afterwards; whenever the operator
 * stops in between, the next reconcile finds the run, or makes the same again.
 * Assumes: one reconcile per key at a time (`runtime/Workqueue`).
 */

import { Clock, Effect } from "effect"
import { scheduledSparkApplications } from "../../api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { epoch } from "../../kube/Time.ts"
import type { DefinitionCheck } from "../../runtime/DefinitionCheck.ts"
import * as Freshness from "../../runtime/Freshness.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import type { Namespaces } from "../../runtime/namespaces/Namespaces.ts"
import { awaitChange, type Next, sooner } from "../../runtime/Next.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import * as Labels from "../../spark/Labels.ts"
import { decide } from "../decide/Decide.ts"
import type { Creation, Observed, Situation } from "../decide/Situation.ts"
import { manualRunName, runName } from "../RunNames.ts"
import { isSuspended, type ScheduleRules } from "../Validate.ts"
import { gather } from "./Gather.ts"
import { performAll } from "./Perform.ts"
import * as ReadSchedules from "./ReadSchedules.ts"
import type { Report } from "./Report.ts"
import { type RunObject, runs as runResource } from "./Runs.ts"

export interface ReconcileOptions {
  readonly schedules: Store<ScheduledSparkApplication>
  readonly namespaces: Pick<Namespaces, "join">
  readonly runs: Store<RunObject>
  readonly lastSeen: LastSeen<RunObject>
  readonly definition: Pick<DefinitionCheck<ScheduledSparkApplication>, "allows" | "remembered">
  readonly report: Report
  readonly rules: ScheduleRules
}

/** The lane of a schedule in the queue: starting runs must not delay what their end, or an edit, says. `now` is in epoch milliseconds. */
export const laneOf = (schedule: ScheduledSparkApplication | undefined, now: number): "status" | "start" => {
  if (schedule === undefined) return "status"
  const due = epoch(schedule.status?.nextRun)
  return schedule.status?.observedGeneration === undefined || (due !== undefined && due <= now) ? "start" : "status"
}

/** A chain of immediate steps is short; a longer one is a bug that must not block a worker. */
const longestChain = 8
/** Seconds until the deletion of finished runs is tried again. */
const pruneRetry = 30

/** What follows one round, and the run that it created. */
interface Round {
  readonly next: Next
  readonly creation: Creation | undefined
}

/** The definition of the kind lacks fields: the schedule is queued again when it is right. */
const held: Round = { next: awaitChange, creation: undefined }

/** The reconcile function for the queue: from a key to when it is to be reconciled again. */
export const make = (options: ReconcileOptions): ((key: string) => Effect.Effect<Next, KubeError, Kube>) => {
  const { schedules, runs, lastSeen, definition, report, rules } = options
  const specs = ReadSchedules.make(rules)
  const confirmFresh = Freshness.make(scheduledSparkApplications, options.namespaces, "start of a run")

  const situationOf = (schedule: ScheduledSparkApplication, observed: Observed, now: number): Situation => {
    const { name, uid, generation = 1, creationTimestamp, deletionTimestamp, annotations } = schedule.metadata
    return {
      name,
      generation,
      createdAt: epoch(creationTimestamp) ?? now,
      deleting: deletionTimestamp !== undefined,
      suspend: isSuspended(schedule),
      trigger: annotations?.[Labels.triggerAnnotation] || undefined,
      ...specs.read(schedule),
      nameOf: (occasion) =>
        "token" in occasion
          ? manualRunName({ name, uid }, occasion.token)
          : runName(name, occasion.scheduledTime, rules.precision),
      localZone: rules.localZone,
      status: schedule.status ?? {},
      observed,
      now,
    }
  }

  const round = Effect.fnUntraced(function* (
    schedule: ScheduledSparkApplication,
    before: Creation | undefined,
  ): Effect.fn.Return<Round, KubeError, Kube> {
    const considered = Effect.gen(function* () {
      const { observed, gone } = yield* gather({ runs, lastSeen }, schedule, before)
      const situation = situationOf(schedule, observed, yield* Clock.currentTimeMillis)
      return { situation, gone, decision: decide(situation) }
    })
    const first = yield* considered
    // Absence in the cache does not prove that a time was missed: its run may exist although the answer to its creation was lost.
    const isBehind = first.decision.counts.missed > 0 && (yield* readRuns(schedule))
    const { situation, gone, decision } = isBehind ? yield* considered : first
    yield* Effect.annotateLogs(Effect.logDebug("decided"), {
      schedule: keyOf(schedule),
      rule: decision.rule,
      actions: decision.actions.map(({ _tag }) => _tag).join(", "),
    })
    const acts = decision.actions.length > 0
    if (acts && !(yield* definition.allows(schedule))) return held
    const reported = yield* report(schedule, situation, decision, gone)
    // The write itself may have shown that the definition is wrong.
    if (acts && !(yield* definition.allows(reported))) return held
    if (decision.actions.some(({ _tag }) => _tag === "CreateRun")) yield* confirmFresh(reported)
    const { creation, unpruned } = yield* performAll(decision.actions, reported, (run) => void runs.put(run))
    return { next: unpruned > 0 ? sooner(decision.next, pruneRetry) : decision.next, creation }
  })

  /** Reads the runs of the schedule from the API into the cache; true if that had not all of them. */
  const readRuns = Effect.fnUntraced(function* ({
    metadata: { namespace, name },
  }: ScheduledSparkApplication): Effect.fn.Return<boolean, KubeError, Kube> {
    const kube = yield* Kube
    const { items } = yield* kube.list(runResource, { namespace, labelSelector: `${Labels.scheduledAppName}=${name}` })
    const unknown = items.filter((run) => runs.get(keyOf(run))?.metadata?.uid !== run.metadata?.uid)
    for (const run of unknown) runs.put(run)
    return unknown.length > 0
  })

  const latest = Effect.fnUntraced(function* (key: string) {
    const schedule = schedules.get(key)
    return schedule && (yield* definition.remembered(schedule))
  })

  return Effect.fnUntraced(function* (key: string): Effect.fn.Return<Next, KubeError, Kube> {
    let schedule = yield* latest(key)
    let creation: Creation | undefined
    for (let chain = 0; chain < longestChain && schedule !== undefined; chain++) {
      const done = yield* round(schedule, creation)
      if (done.next._tag !== "After" || done.next.seconds > 0) return done.next
      creation = done.creation
      schedule = yield* latest(key)
    }
    if (schedule !== undefined) return { _tag: "After", seconds: 1 }
    lastSeen.drop(key)
    specs.forget(key)
    return { _tag: "Gone" }
  })
}
