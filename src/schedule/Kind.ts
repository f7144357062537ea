/** ScheduledSparkApplication as a kind that the operator runs: its caches, what their changes do, and its reconcile. */

import { Clock, Effect } from "effect"
import type { ScheduledSparkApplication } from "../api/schedule/ScheduledSparkApplication.ts"
import type { EventRecorder } from "../kube/EventRecorder.ts"
import type { Kube } from "../kube/Kube.ts"
import type { Kind } from "../runtime/Kind.ts"
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
  /** Empty: all. */
  readonly namespaces: ReadonlyArray<string>
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
  const metrics = ScheduleMetrics.make(telemetry, { namespaces, perSchedule })
  const { schedules, runs, lastSeen } = yield* Caches.make(namespaces, telemetry.kube)
  const writes: StatusWrites.StatusWrites<ScheduledSparkApplication, Reported.ScheduleWrite> = StatusWrites.make()
  const reported = Reported.make({ lastSeen, metrics })
  const changes = Changes.make({ lastSeen, writes, reported, metrics })
  const report = Report.make({ schedules: schedules.store, changes, writes, reported, events })
  const reconcile = Reconcile.make({ schedules: schedules.store, runs: runs.store, lastSeen, report, rules })

  return {
    name: scheduleQueue,
    lanes: workers,
    laneOf: (key) => Reconcile.laneOf(schedules.store.get(key), clock.currentTimeMillisUnsafe()),
    follow: (changed, leading) =>
      Watched.follow([schedules.taking(changes.ofSchedule), runs.taking(changes.ofRun)], changed, leading),
    ready: Effect.all([schedules.store.ready, runs.store.ready], { concurrency: "unbounded", discard: true }),
    liveness: () => [...schedules.liveness(), ...runs.liveness()],
    reconcile,
    asLeader: [
      (changed) =>
        watchClock(() => {
          for (const schedule of schedules.store.values()) changed(keyOf(schedule))
        }),
    ],
  }
})
