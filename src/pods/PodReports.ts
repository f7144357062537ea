/**
 * What Events say about the pods of all kinds, and their status does not: which probe ended a container, and why a pod does not start. The
 * Events are watched once; each kind joins with the pods that it follows.
 */

import { Effect, type Scope } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { Kube } from "../kube/Kube.ts"
import type { WatchMetrics } from "../kube/Reflector.ts"
import type { Namespaces } from "../runtime/namespaces/Namespaces.ts"
import { keyOf, type Store } from "../runtime/Store.ts"
import * as Labels from "../spark/Labels.ts"
import type { Waiting } from "../spark/observe/ObservedPod.ts"
import type { Kill } from "../spark/observe/PodFacts.ts"
import type { SeenPod } from "../spark/observe/PodPast.ts"
import { type ProbeFailure, type ProbeKill, probeKillReason } from "../spark/observe/ProbeFacts.ts"
import { lateStart, needsEvents } from "../spark/observe/StartFacts.ts"
import * as ProbeFailures from "./ProbeFailures.ts"
import * as StartProblems from "./StartProblems.ts"

/** The pods that a kind follows. */
export interface FollowedPods {
  readonly pods: Store<SeenPod>
  /** The key of the object that a pod belongs to. */
  readonly keyOf: (pod: Pod) => string | undefined
  /** Something was reported about a pod of the object with this key. */
  readonly changed: (key: string) => void
}

/** A probe of any kind's pod failed this often since the last report; `preset` is that of the pod. */
export type CountFailures = (failure: ProbeFailure, preset: string | undefined, times: number) => void

export interface PodReports {
  /** The probe that ended the Spark container of this pod, if one did. */
  readonly probeKillOf: (pod: SeenPod) => ProbeKill | undefined
  /** The facts of a pod with the reason for which it does not start, where only Events or its init containers give one. */
  readonly withLateStart: <Facts extends { readonly waiting: Waiting | undefined }>(
    pod: Pod,
    facts: Facts,
    now: number,
  ) => Facts
  /** From now on, reports about these pods are passed on to the kind. */
  readonly join: (followed: FollowedPods) => void
  /** From now on, failures of probes are counted with this. */
  readonly countWith: (count: CountFailures) => void
}

/** The same as the status of a container says it, where the kubelet's Events know more: a failed probe. */
export const killOf = ({ probeKillOf }: Pick<PodReports, "probeKillOf">, pod: SeenPod): Kill | undefined => {
  const kill = probeKillOf(pod)
  return kill && { reason: probeKillReason(kill), message: kill.message }
}

export interface PodReportsOptions {
  readonly namespaces: Namespaces
  /** Whether Events are watched at all. */
  readonly follows: boolean
  /** Failures are counted, so counting must not begin before this replica leads. */
  readonly leading: Effect.Effect<void>
  readonly metrics: WatchMetrics
}

/** Follows the Events in the scope. */
export const make = Effect.fnUntraced(function* ({
  namespaces,
  follows,
  leading,
  metrics,
}: PodReportsOptions): Effect.fn.Return<PodReports, never, Kube | Scope.Scope> {
  const probes = follows ? yield* ProbeFailures.make(namespaces.watched, metrics) : ProbeFailures.noProbeFailures
  const starts = follows ? yield* StartProblems.make(namespaces.watched, metrics) : StartProblems.noStartProblems
  const kinds: Array<FollowedPods> = []
  const counters: Array<CountFailures> = []

  const find = (pod: ProbeFailure["pod"]) =>
    kinds
      .map((kind) => ({ kind, known: kind.pods.get(keyOf({ metadata: pod })) }))
      .find(({ known }) => known !== undefined)

  const failed = (failure: ProbeFailure, times: number): void => {
    if (!namespaces.isSelected(failure.pod.namespace)) return
    const preset = find(failure.pod)?.known?.metadata?.annotations?.[Labels.healthPresetAnnotation]
    for (const count of counters) count(failure, preset, times)
  }
  const reported = (pod: ProbeFailure["pod"]): void => {
    const found = find(pod)
    const key = found?.known && found.kind.keyOf(found.known)
    if (key !== undefined) found!.kind.changed(key)
  }

  yield* Effect.forkScoped(Effect.andThen(leading, probes.follow(failed)))
  yield* Effect.forkScoped(starts.follow(reported))

  return {
    probeKillOf: probes.killOf,
    withLateStart: (pod, facts, now) => {
      if (facts.waiting !== undefined) return facts
      const problems = needsEvents(pod, now) ? starts.of(pod.metadata?.uid ?? "") : []
      return { ...facts, ...lateStart(pod, problems, now) }
    },
    join: (followed) => void kinds.push(followed),
    countWith: (count) => void counters.push(count),
  }
})
