/** ScheduledSparkApplication as a kind that the operator runs: its caches, what their changes do, and its reconcile. */

import { Clock, Effect } from "effect"
import { installDefinitions } from "../api/Crds.ts"
import { scheduledSparkApplications } from "../api/Kinds.ts"
import { scheduledSparkApplicationCrd } from "../api/schedule/CustomResource.ts"
import type { ScheduledSparkApplication } from "../api/schedule/ScheduledSparkApplication.ts"
import { exampleStatus } from "../api/schema/Example.ts"
import type { EventRecorder } from "../kube/EventRecorder.ts"
import type { Kube } from "../kube/Kube.ts"
import * as DefinitionCheck from "../runtime/DefinitionCheck.ts"
import type { Kind } from "../runtime/Kind.ts"
import * as LeftNotices from "../runtime/namespaces/LeftNotices.ts"
import { forEachSelected, type Namespaces } from "../runtime/namespaces/Namespaces.ts"
import * as StatusWrites from "../runtime/StatusWrites.ts"
import { keyOf } from "../runtime/Store.ts"
import * as Watched from "../runtime/Watched.ts"
import { Telemetry } from "../telemetry/Telemetry.ts"
import * as Caches from "./reconcile/Caches.ts"
import * as Changes from "./reconcile/Changes.ts"
import { watchClock } from "./reconcile/ClockWatch.ts"
import * as Reconcile from "./reconcile/Reconcile.ts"
import * as Report from "./reconcile/Report.ts"
import * as Reported from "./reconcile/Reported.ts"
import * as ScheduleMetrics from "./telemetry/ScheduleMetrics.ts"
import type { ScheduleRules } from "./Validate.ts"

export interface ScheduleKindOptions {
  readonly namespaces: Namespaces
  readonly workers: { readonly status: number; readonly start: number }
  readonly rules: ScheduleRules
  /** Whether schedules have series of their own. */
  readonly perSchedule: boolean
  readonly events: EventRecorder
}

/** The name of its work queue. */
export const scheduleQueue = "scheduled_spark_application_controller"

export const make = Effect.fnUntraced(function* (
  options: ScheduleKindOptions,
): Effect.fn.Return<Kind, never, Kube | Telemetry> {
  const { namespaces, workers, rules, perSchedule, events } = options
  const telemetry = yield* Telemetry
  const clock = yield* Clock.Clock
  const metrics = ScheduleMetrics.make(telemetry, { perSchedule })
  forEachSelected(namespaces, metrics.namespaceSelected)
  const { schedules, runs, lastSeen } = yield* Caches.make(namespaces, telemetry.kube)
  const definition = DefinitionCheck.make({
    resource: scheduledSparkApplications,
    example: exampleStatus(scheduledSparkApplicationCrd),
    waiting: "runs",
    remedy: installDefinitions,
    objects: schedules.store,
    reread: Effect.suspend(() => schedules.reread(changes.ofSchedule)),
    events,
    metrics: telemetry.runtime,
  })
  const writes: StatusWrites.StatusWrites<ScheduledSparkApplication, Reported.ScheduleWrite> = StatusWrites.make()
  const reported = Reported.make({ lastSeen, metrics })
  const changes = Changes.make({ lastSeen, definition, writes, reported, metrics })
  const report = Report.make({ schedules: schedules.store, changes, definition, writes, reported, events })
  const reconcile = Reconcile.make({
    schedules: schedules.store,
    namespaces,
    runs: runs.store,
    lastSeen,
    definition,
    report,
    rules,
  })
  // A schedule is never finished.
  const notices = LeftNotices.make({
    resource: scheduledSparkApplications,
    watched: schedules,
    namespaces,
    isUnfinished: () => true,
    events,
  })

  return {
    name: scheduleQueue,
    lanes: workers,
    laneOf: (key) => Reconcile.laneOf(schedules.store.get(key), clock.currentTimeMillisUnsafe()),
    follow: (changed, leading) =>
      Watched.follow(
        [schedules.taking(changes.ofSchedule, changes.ofAside), runs.taking(changes.ofRun)],
        namespaces,
        changed,
        leading,
      ),
    ready: Effect.all([schedules.store.ready, runs.store.ready], { concurrency: "unbounded", discard: true }),
    liveness: () => [...schedules.liveness(), ...runs.liveness()],
    definition,
    reconcile,
    asLeader: [
      notices,
      (changed) =>
        watchClock(() => {
          for (const schedule of schedules.store.values()) changed(keyOf(schedule))
        }),
    ],
  }
})
