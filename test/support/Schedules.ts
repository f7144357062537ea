/** Schedules for tests: SparkPi every 20 seconds, and anything else of the spec as the test says. */

import { Effect, type Scope, Stream } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { scheduledSparkApplications, sparkApplications } from "../../src/api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../src/api/schedule/ScheduledSparkApplication.ts"
import type { ScheduledSparkApplicationSpec } from "../../src/api/schedule/ScheduledSparkApplicationSpec.ts"
import type { ScheduledSparkApplicationStatus } from "../../src/api/schedule/ScheduledSparkApplicationStatus.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import { events } from "../../src/kube/Resource.ts"
import { sparkPi, type World } from "./OperatorBench.ts"

export const scheduled = (
  name: string,
  script: Record<string, string> = {},
  spec: Partial<ScheduledSparkApplicationSpec> = {},
): ScheduledSparkApplication =>
  ({
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "ScheduledSparkApplication",
    metadata: { name, namespace: "default" },
    spec: { schedule: "@every 20s", template: sparkPi(name, script).spec, ...spec },
  }) as ScheduledSparkApplication

export interface Schedules {
  readonly apply: (schedule: ScheduledSparkApplication) => Effect.Effect<ScheduledSparkApplication>
  readonly edit: (name: string, body: object) => Effect.Effect<ScheduledSparkApplication>
  readonly statusOf: (name: string) => Effect.Effect<ScheduledSparkApplicationStatus>
  /** Runs by the label of the schedule, oldest first. */
  readonly runsOf: (name: string) => Effect.Effect<ReadonlyArray<SparkApplication>>
  /** Reasons of the Events about the schedule, each once. */
  readonly reasonsOf: (name: string) => Effect.Effect<ReadonlyArray<string>>
}

/** The uids of every application that ever existed, by name: one name with two uids is a run that was started twice. */
export const applicationsEver = Effect.fnUntraced(function* ({
  kube,
}: World): Effect.fn.Return<ReadonlyMap<string, ReadonlySet<string>>, never, Scope.Scope> {
  const ever = new Map<string, Set<string>>()
  const note = ({ metadata }: SparkApplication) => {
    const uids = ever.get(metadata.name) ?? new Set<string>()
    ever.set(metadata.name, uids.add(metadata.uid))
  }
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(kube, sparkApplications).events, (event) =>
      Effect.sync(() => {
        if (event._tag === "Listed") event.objects.forEach(note)
        if (event._tag === "Applied" || event._tag === "Deleted") note(event.object)
      }),
    ),
  )
  return ever
})

export const schedulesOf = ({ kube, applications }: World): Schedules => ({
  apply: (schedule) => Effect.orDie(kube.create(scheduledSparkApplications, "default", schedule)),
  edit: (name, body) => Effect.orDie(kube.patch(scheduledSparkApplications, "default", name, { type: "merge", body })),
  statusOf: (name) =>
    Effect.orDie(Effect.map(kube.get(scheduledSparkApplications, "default", name), ({ status }) => status ?? {})),
  runsOf: (name) =>
    Effect.map(applications, (all) =>
      all
        .filter(({ metadata }) => metadata.labels?.["sparkoperator.k8s.io/scheduled-app-name"] === name)
        .toSorted((a, b) => Date.parse(a.metadata.creationTimestamp!) - Date.parse(b.metadata.creationTimestamp!)),
    ),
  reasonsOf: (name) =>
    Effect.orDie(
      Effect.map(kube.list(events, { namespace: "default" }), ({ items }) => [
        ...new Set(items.flatMap(({ involvedObject, reason = "" }) => (involvedObject.name === name ? [reason] : []))),
      ]),
    ),
})
