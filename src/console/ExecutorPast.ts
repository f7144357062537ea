/**
 * When the executors of each application ran, also of those whose pods are gone: a driver deletes its executors at their end. It is what this
 * replica has seen since its start; of many, the oldest are forgotten.
 */

import { Clock, Effect, type Scope } from "effect"
import { applicationKeyOf } from "../application/reconcile/Ownership.ts"
import { type Change, isLeft, type Key, type Store } from "../runtime/Store.ts"
import { executorRole, sparkRole } from "../spark/Labels.ts"
import { executorFacts } from "../spark/observe/PodFacts.ts"
import type { SeenPod } from "../spark/observe/PodPast.ts"

/** From its start to its end in epoch milliseconds. */
export interface ExecutorSpan {
  readonly from: number
  /** Absent: it still runs. */
  readonly to?: number
}

export interface ExecutorPast {
  /** Of the application with this key, and of earlier ones of its name. */
  readonly of: (application: Key) => ReadonlyArray<ExecutorSpan>
}

/** Applications that are remembered: those whose executors changed last. */
const mostApplications = 2000
/** Executors of each of them. */
const mostExecutors = 1000

export const make = Effect.fnUntraced(function* (
  pods: Pick<Store<SeenPod>, "subscribe" | "values">,
): Effect.fn.Return<ExecutorPast, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const known = new Map<Key, Map<string, ExecutorSpan>>()

  const note = (application: Key, uid: string, span: ExecutorSpan) => {
    const spans = known.get(application) ?? new Map<string, ExecutorSpan>()
    known.delete(application)
    known.set(application, spans.set(uid, span))
    dropOldest(spans, mostExecutors)
    dropOldest(known, mostApplications)
  }

  const see = ({ before, after, initial }: Pick<Change<SeenPod>, "before" | "after" | "initial">) => {
    if (isLeft({ after, initial })) return
    const pod = after ?? before
    if (pod?.metadata?.labels?.[sparkRole] !== executorRole) return
    const application = applicationKeyOf(pod)
    const { uid, startedAt: from, finishedAt } = executorFacts(pod)
    if (application === undefined || from === undefined) return
    const to = finishedAt ?? (after === undefined ? clock.currentTimeMillisUnsafe() : undefined)
    note(application, uid, to === undefined ? { from } : { from, to })
  }

  for (const after of pods.values()) see({ before: undefined, after, initial: true })
  const end = pods.subscribe(see)
  yield* Effect.addFinalizer(() => Effect.sync(end))
  return { of: (application) => [...(known.get(application)?.values() ?? [])] }
})

const dropOldest = (map: Map<string, unknown>, most: number) => {
  const [oldest] = map.keys()
  if (map.size > most && oldest !== undefined) map.delete(oldest)
}
