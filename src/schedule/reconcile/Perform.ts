/**
 * Carries out the actions of a decision: writes only, in order, each idempotent. A final refusal of the API server is an answer (`Creation`);
 * what may be temporary is a `KubeError`, and the queue retries.
 */

import { Effect } from "effect"
import { sparkApplications } from "../../api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { createOrGet, ignoreNotFound } from "../../kube/Idempotent.ts"
import { Kube } from "../../kube/Kube.ts"
import { isPermanent, type KubeError } from "../../kube/KubeError.ts"
import type { Action } from "../decide/Action.ts"
import type { Creation } from "../decide/Situation.ts"
import { runOf } from "../Run.ts"
import { isLeaving, observedRun, ownedBy, type RunObject } from "./Runs.ts"

export interface Performed {
  /** The result of the creation, if there was one. */
  readonly creation: Creation | undefined
  /** Finished runs that could not be deleted; they are tried again later. */
  readonly unpruned: number
}

/** Performs the actions in order. `created`: the run exists, and is taken into the cache before the watch delivers it. */
export const performAll = Effect.fnUntraced(function* (
  actions: ReadonlyArray<Action>,
  schedule: ScheduledSparkApplication,
  created: (run: RunObject) => void,
): Effect.fn.Return<Performed, KubeError, Kube> {
  let creation: Creation | undefined
  const pruned: Array<Of<"PruneRun">> = []
  for (const action of actions) {
    switch (action._tag) {
      case "CreateRun":
        creation = yield* createRun(action, schedule, created)
        break
      case "ReplaceRun":
        yield* deleteRun(action, schedule, "Foreground")
        break
      case "PruneRun":
        pruned.push(action)
    }
  }
  const failures = yield* Effect.forEach(pruned, (action) => pruneRun(action, schedule), { concurrency: 10 })
  return { creation, unpruned: failures.filter((failed) => failed).length }
})

type Of<Tag> = Extract<Action, { _tag: Tag }>

const createRun = Effect.fn("createRun")(function* (
  { name, occasion }: Of<"CreateRun">,
  schedule: ScheduledSparkApplication,
  created: (run: RunObject) => void,
): Effect.fn.Return<Creation, KubeError, Kube> {
  const kube = yield* Kube
  const scheduledTime = "scheduledTime" in occasion ? occasion.scheduledTime : undefined
  const run = runOf(schedule, { name, scheduledTime })
  return yield* createOrGet(kube, sparkApplications, schedule.metadata.namespace, run).pipe(
    Effect.map(({ object }): Creation => {
      if (ownedBy(object, schedule)) {
        created(object)
        // The name says which run it is, also if somebody has removed the annotation.
        return { _tag: "Created", run: { ...observedRun(object), scheduledTime } }
      }
      if (isLeaving(object, schedule)) return { _tag: "Leaving", occasion }
      const message = `${sparkApplications.kind} ${name} exists already and does not belong to this schedule; delete it, or rename the schedule`
      return { _tag: "NameTaken", occasion, message }
    }),
    Effect.catchIf(isPermanent, ({ message }) => Effect.succeed<Creation>({ _tag: "Refused", occasion, message })),
  )
})

const deleteRun = Effect.fnUntraced(function* (
  { name, uid }: Of<"ReplaceRun" | "PruneRun">,
  { metadata: { namespace } }: ScheduledSparkApplication,
  propagationPolicy: "Foreground" | "Background",
): Effect.fn.Return<void, KubeError, Kube> {
  const kube = yield* Kube
  yield* ignoreNotFound(kube.delete(sparkApplications, namespace, name, { uid, propagationPolicy }))
})

/** Whether that failed: a full history does not keep anything else from happening. */
const pruneRun = (action: Of<"PruneRun">, schedule: ScheduledSparkApplication): Effect.Effect<boolean, never, Kube> =>
  deleteRun(action, schedule, "Background").pipe(
    Effect.as(false),
    Effect.catch(({ message }) =>
      Effect.as(Effect.logWarning("a finished run cannot be deleted", { run: action.name, error: message }), true),
    ),
  )
