/** Schedules in the namespace of a test, and every run that they ever had, also those that the history no longer keeps. */

import { Effect, type Scope, Stream } from "effect"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { scheduledSparkApplications, sparkApplications } from "../../../src/api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../../src/api/schedule/ScheduledSparkApplication.ts"
import type { ScheduledSparkApplicationSpec } from "../../../src/api/schedule/ScheduledSparkApplicationSpec.ts"
import { reflect } from "../../../src/kube/Reflector.ts"
import { eventually, type World } from "./World.ts"

export interface Run {
  readonly uid: string
  /** The last that was seen of it. */
  readonly state: string
}

export interface Schedules {
  /** Creates it; the spec of the run is that of the application. */
  readonly apply: (
    name: string,
    run: SparkApplication,
    spec: Omit<ScheduledSparkApplicationSpec, "template">,
  ) => Effect.Effect<ScheduledSparkApplication>
  readonly read: (name: string) => Effect.Effect<ScheduledSparkApplication>
  /** As soon as `is` holds. */
  readonly until: (
    name: string,
    what: string,
    is: (status: NonNullable<ScheduledSparkApplication["status"]>) => boolean,
    seconds?: number,
  ) => Effect.Effect<ScheduledSparkApplication>
  readonly suspend: (name: string) => Effect.Effect<void>
  /** Runs by name, in the order in which they were first seen; more than one for a name that was used twice. */
  readonly seen: ReadonlyMap<string, ReadonlyArray<Run>>
  /** Deletes it and waits until its runs and their drivers are gone. */
  readonly remove: (name: string) => Effect.Effect<void>
}

/** Follows the runs of the namespace until the scope ends. */
export const schedulesOf = Effect.fnUntraced(function* (world: World): Effect.fn.Return<Schedules, never, Scope.Scope> {
  const { kube, namespace } = world
  const seen = new Map<string, ReadonlyArray<Run>>()
  const note = ({ metadata, status }: SparkApplication) => {
    const run = { uid: metadata.uid, state: status?.applicationState.state ?? "" }
    const others = (seen.get(metadata.name) ?? []).filter(({ uid }) => uid !== run.uid)
    seen.set(metadata.name, [...others, run])
  }
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(kube, sparkApplications, { namespace }).events, (event) =>
      Effect.sync(() => {
        if (event._tag === "Listed") event.objects.forEach(note)
        if (event._tag === "Applied") note(event.object)
      }),
    ),
  )
  const read = (name: string) => Effect.orDie(kube.get(scheduledSparkApplications, namespace, name))
  return {
    seen,
    read,
    apply: (name, run, spec) =>
      Effect.orDie(
        kube.create(scheduledSparkApplications, namespace, {
          apiVersion: "sparkoperator.k8s.io/v1beta2",
          kind: "ScheduledSparkApplication",
          metadata: { name },
          spec: { ...spec, template: run.spec },
        } as ScheduledSparkApplication),
      ),
    until: (name, what, is, seconds = 120) =>
      eventually(
        Effect.map(read(name), (found) => (found.status !== undefined && is(found.status) ? found : undefined)),
        seconds,
        Effect.map(read(name), ({ status }) => `${name} is not ${what}: ${JSON.stringify(status, undefined, 2)}`),
      ),
    suspend: (name) =>
      Effect.asVoid(
        Effect.orDie(
          kube.patch(scheduledSparkApplications, namespace, name, { type: "merge", body: { spec: { suspend: true } } }),
        ),
      ),
    remove: Effect.fnUntraced(function* (name) {
      yield* Effect.orDie(kube.delete(scheduledSparkApplications, namespace, name))
      const left = Effect.orDie(
        Effect.map(kube.list(sparkApplications, { namespace }), ({ items }) =>
          items.filter(({ metadata }) => metadata.name.startsWith(`${name}-`)),
        ),
      )
      yield* eventually(
        Effect.map(Effect.all([left, world.remains(name)]), ([runs, rest]) =>
          runs.length + rest.length === 0 ? true : undefined,
        ),
        90,
        Effect.map(
          left,
          (runs) => `runs of ${name} that are left: ${runs.map(({ metadata }) => metadata.name).join()}`,
        ),
      )
    }),
  }
})

/** The scheduled time in the name of a run, in epoch seconds. */
export const timeOf = (run: string): number => Number(run.slice(run.lastIndexOf("-") + 1))
