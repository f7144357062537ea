/** What the pods of a cluster really requested, from their own timestamps: a record of every pod that ever existed. */

import { Clock, Effect, Stream } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { KubeApi } from "../../src/kube/Kube.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import { pods } from "../../src/kube/Resource.ts"

interface Record {
  pod: Pod
  removedAt: number | undefined
}

export interface Requested {
  readonly cpuCoreSeconds: number
  readonly memoryGibSeconds: number
  readonly executorSeconds: number
}

/** Cores or MiB; the pods of the tests have no other units. */
const amount = (quantity: string | number | undefined): number => {
  const [, number = "0", unit = ""] = /^([\d.]+)(m|Mi|Gi)?$/.exec(String(quantity ?? 0)) ?? []
  return Number(number) * ({ m: 0.001, Mi: 1, Gi: 1024 }[unit] ?? 1)
}

const secondsOf = ({ pod, removedAt }: Record, now: number): number => {
  const { phase, conditions = [], containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const scheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "True")
  if (scheduled === undefined) return 0
  const ends = [...initContainerStatuses, ...containerStatuses].map(({ state }) => state?.terminated?.finishedAt)
  const isOver = phase === "Succeeded" || phase === "Failed" || removedAt !== undefined
  const finished = containerStatuses.length > 0 && !ends.includes(undefined)
  const end = !isOver ? now : finished ? Math.max(...ends.map((end) => Date.parse(end!))) : (removedAt ?? now)
  return Math.max(0, (Math.floor(end / 1000) * 1000 - Date.parse(scheduled.lastTransitionTime!)) / 1000)
}

const requestedBy = (record: Record, now: number): Requested => {
  const seconds = secondsOf(record, now)
  const requests = (record.pod.spec?.containers ?? []).map(({ resources }) => resources?.requests ?? {})
  const total = (name: string) => requests.reduce((sum, one) => sum + amount(one[name]), 0)
  return {
    cpuCoreSeconds: total("cpu") * seconds,
    memoryGibSeconds: (total("memory") / 1024) * seconds,
    executorSeconds: record.pod.metadata?.labels?.["spark-role"] === "executor" ? seconds : 0,
  }
}

const rounded = (value: number) => Math.round(value * 1e6) / 1e6

/** Follows all pods, or those of a namespace, from now on; the returned effect sums up drivers and executors, of one submission or of all. */
export const podTruth = Effect.fnUntraced(function* (kube: Pick<KubeApi, "list" | "watch">, namespace?: string) {
  const records = new Map<string, Record>()
  yield* Effect.forkScoped(
    Stream.runForEach(
      reflect(kube, pods, { namespace, labelSelector: "spark-role in (driver,executor)" }).events,
      (event) =>
        Effect.gen(function* () {
          if (event._tag !== "Applied" && event._tag !== "Deleted") return
          const removedAt = event._tag === "Deleted" ? yield* Clock.currentTimeMillis : undefined
          records.set(event.object.metadata?.uid ?? "", { pod: event.object, removedAt })
        }),
    ),
  )
  return (submissionId?: string) =>
    Effect.map(Clock.currentTimeMillis, (now): Requested => {
      const ours = [...records.values()].filter(
        ({ pod }) =>
          submissionId === undefined || pod.metadata?.labels?.["sparkoperator.k8s.io/submission-id"] === submissionId,
      )
      const all = ours.map((record) => requestedBy(record, now))
      const sum = (key: keyof Requested) => rounded(all.reduce((total, one) => total + one[key], 0))
      return {
        cpuCoreSeconds: sum("cpuCoreSeconds"),
        memoryGibSeconds: sum("memoryGibSeconds"),
        executorSeconds: sum("executorSeconds"),
      }
    })
})
