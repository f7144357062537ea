/**
 * Sees every version of every application that the API server ever had, without faults, and says what telemetry should have counted: the
 * measurements of every status that was really written. What telemetry makes of one write is tested elsewhere; this is about each
 * write being counted once.
 */

import { Effect, Equal, type Scope, Stream } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import type { Measurement } from "../../src/application/telemetry/Measurement.ts"
import { transitions } from "../../src/application/telemetry/Transitions.ts"
import { instrument, instrumentNames, seriesName } from "../../src/Instruments.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import { pods } from "../../src/kube/Resource.ts"
import { prometheusType } from "../../src/telemetry/meter/InstrumentTable.ts"
import { samples } from "./MetricsText.ts"
import type { World } from "./OperatorBench.ts"

/** By series without namespace and labels of the user: `spark_application_attempt_failed_total{reason="OOMKilled"}`. */
export type Counts = ReadonlyMap<string, number>

const key = (name: string, attributes: Readonly<Record<string, string>>) => {
  const { k8s_namespace_name: _, team: __, ...own } = attributes
  return `${name}${JSON.stringify(Object.entries(own))}`
}

const add = (counts: Map<string, number>, name: string, value: number) =>
  counts.set(name, (counts.get(name) ?? 0) + value)

/** Instruments that follow the writes of statuses. */
const following = instrumentNames.filter(
  (name) => instrument(name).on !== undefined && prometheusType(instrument(name).kind) !== "gauge",
)

const countOne = (counts: Map<string, number>, { source, value, attributes = {} }: Measurement) => {
  for (const name of following) {
    if (instrument(name).on !== source) continue
    const series = seriesName(name)
    if (instrument(name).kind === "histogram") {
      add(counts, key(`${series}_count`, attributes), 1)
      add(counts, key(`${series}_sum`, attributes), value)
    } else add(counts, key(series, attributes), value)
  }
}

/** What `/metrics` says of the same instruments; zeros are left out. */
export const countsOf = (body: string | Uint8Array): Counts => {
  const wanted = new Set(
    following.flatMap((name) =>
      instrument(name).kind === "histogram"
        ? [`${seriesName(name)}_count`, `${seriesName(name)}_sum`]
        : [seriesName(name)],
    ),
  )
  const counts = new Map<string, number>()
  for (const { name, labels, value } of samples(body)) {
    if (wanted.has(name) && value !== 0) add(counts, key(name, labels), value)
  }
  return counts
}

export const sumOf = (all: ReadonlyArray<Counts>): Counts => {
  const counts = new Map<string, number>()
  for (const some of all) for (const [name, value] of some) add(counts, name, value)
  return counts
}

export interface Witness {
  /** What should have been counted until now, without zeros. */
  readonly counts: () => Counts
  /**
   * What of that no operator may have learnt of: the answer to the last write got lost, and the application was deleted before a watch
   * could show it.
   */
  readonly lost: () => Counts
  /** By submission: executor pods that ever were, and those of which the last status says that they ended. */
  readonly executors: () => ReadonlyArray<{ readonly ever: number; readonly ended: number }>
}

/** Follows the world until the scope closes. */
export const witness = Effect.fnUntraced(function* (world: World): Effect.fn.Return<Witness, never, Scope.Scope> {
  const last = new Map<string, SparkApplication>()
  const counts = new Map<string, number>()
  const lost = new Map<string, number>()
  /** By uid: the measurements of the last write. */
  const newest = new Map<string, ReadonlyArray<Measurement>>()
  const ended = new Map<string, number>()
  const ever = new Map<string, Set<string>>()
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(world.kube, pods, { labelSelector: "spark-role=executor" }).events, (event) =>
      Effect.sync(() => {
        if (event._tag !== "Applied") return
        const { labels, uid } = event.object.metadata ?? {}
        const submission = labels?.["sparkoperator.k8s.io/submission-id"] ?? ""
        ever.set(submission, (ever.get(submission) ?? new Set()).add(uid ?? ""))
      }),
    ),
  )
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(world.kube, sparkApplications).events, (event) =>
      Effect.sync(() => {
        if (event._tag === "Deleted") {
          for (const measurement of newest.get(event.object.metadata.uid) ?? []) countOne(lost, measurement)
        }
        if (event._tag !== "Applied") return
        const before = last.get(event.object.metadata.uid)?.status
        last.set(event.object.metadata.uid, event.object)
        const { submissionID = "", executors } = event.object.status ?? {}
        ended.set(submissionID, (executors?.succeeded ?? 0) + (executors?.failed ?? 0))
        if (Equal.equals(before, event.object.status)) return
        const measurements = transitions(before, event.object)
        newest.set(event.object.metadata.uid, measurements)
        for (const measurement of measurements) countOne(counts, measurement)
      }),
    ),
  )
  return {
    counts: () => new Map([...counts].filter(([, value]) => value !== 0)),
    lost: () => lost,
    executors: () => [...ended].map(([submission, count]) => ({ ever: ever.get(submission)?.size ?? 0, ended: count })),
  }
})
