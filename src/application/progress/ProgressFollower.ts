/**
 * Follows the progress of every running driver: asks it at intervals, records each answer in telemetry, and has the application
 * reconciled when its status should change. A driver that does not answer is not an error: it is counted, and asked again later.
 * Nothing here writes to the cluster.
 */

import { Cause, Clock, Effect, Equal, Exit, Predicate, Random, type Scope } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { Kube } from "../../kube/Kube.ts"
import type { PodAccess } from "../../kube/PodHttp.ts"
import * as UiAccess from "../../kube/UiAccess.ts"
import type { Changed } from "../../runtime/Kind.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import * as Workqueue from "../../runtime/Workqueue.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import { type ExecutorHeartbeats, nextHeartbeats } from "../lifecycle/running/Heartbeats.ts"
import { nextReading, type Reading, progressStatus } from "../lifecycle/running/ProgressStatus.ts"
import type { ApplicationMetrics } from "../telemetry/ApplicationMetrics.ts"
import { askDriver, type DriverRun, driverRun } from "./DriverRun.ts"
import * as ReadingPace from "./ReadingPace.ts"

export interface ProgressOptions {
  readonly access: UiAccess.UiAccessSetting
  /** Seconds between two readings of one driver, at least. */
  readonly shortest: number
  /** Readings per second, over all applications. */
  readonly rate: number
  /** Readings at one time. */
  readonly concurrency: number
}

/** What drivers have reported, by application and submission. */
export interface ProgressReadings {
  /** The last answer of the driver. */
  readonly read: (key: string, submissionId: string | undefined) => Reading | undefined
  /** The executors that it has counted. */
  readonly heartbeats: (key: string, submissionId: string | undefined) => ExecutorHeartbeats | undefined
}

/** Where drivers are not asked. */
export const noReadings: ProgressReadings = { read: () => undefined, heartbeats: () => undefined }

export interface ProgressFollower extends ProgressReadings {
  /** Something happened to this application or its pods: begins to follow it, or stops. */
  readonly consider: (key: string) => void
  /**
   * Reads forever, drivers that already run included; to be started when the caches are complete. `changed` is called with the key of an
   * application whose status should change.
   */
  readonly run: (changed: Changed) => Effect.Effect<never, never, Kube>
}

export interface ProgressCaches {
  readonly applications: Store<SparkApplication>
  readonly pods: Store<SeenPod>
}

/** The one lane of the queue of drivers to be asked. */
const readings = "readings"

/** A driver being followed. */
interface Followed {
  readonly submissionId: string
  way: PodAccess | undefined
  failures: number
  cost: number
  heartbeats: ExecutorHeartbeats | undefined
  latest: Reading | undefined
  published: Reading | undefined
}

/** Follows nothing until it is run. */
export const make = Effect.fnUntraced(function* (
  caches: ProgressCaches,
  options: ProgressOptions,
  metrics: Pick<ApplicationMetrics, "progressObserved" | "progressEnded" | "progressRead">,
): Effect.fn.Return<ProgressFollower, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const random = yield* Random.Random
  const log = Effect.runForkWith(yield* Effect.context<never>())
  const queue = yield* Workqueue.make({ lanes: [readings] })
  const pace = ReadingPace.make(options.rate)
  const access = UiAccess.make(options.access, () =>
    log(
      Effect.logWarning(
        "the progress of applications cannot be read through the API server: the operator is not allowed to get pods/proxy; see docs/progress.md",
      ),
    ),
  )
  const followed = new Map<string, Followed>()

  const forget = (key: string) => {
    if (!followed.delete(key)) return
    pace.forget(key)
    metrics.progressEnded(key)
  }

  /** Seconds until the next reading, given all others. */
  const pauseOf = (key: string, it: Followed, { startedAt }: DriverRun) => {
    const now = clock.currentTimeMillisUnsafe()
    const age = (now - startedAt) / 1000
    const quiet = it.latest === undefined ? 0 : (now - it.latest.movedAt) / 1000
    return pace.plan(key, ReadingPace.interval(options.shortest, { age, quiet, failures: it.failures }), it.cost)
  }

  /** Between `share` and 1.1 of it, so that readings that began together spread out. */
  const schedule = (key: string, pause: number, share: number) =>
    queue.after(key, pause * (share + (1.1 - share) * random.nextDoubleUnsafe()))

  const current = (key: string) => {
    const application = caches.applications.get(key)
    const run = application && driverRun(application, caches.pods)
    const known = followed.get(key)
    if (application === undefined || run === undefined || known?.submissionId !== run.submissionId) forget(key)
    return application === undefined || run === undefined ? undefined : { application, run, known: followed.get(key) }
  }

  /** Begins to follow the driver of this application if one runs that is not followed yet. */
  const follow = (key: string) => {
    const found = current(key)
    if (found === undefined || found.known !== undefined) return undefined
    const it = {
      submissionId: found.run.submissionId,
      way: undefined,
      failures: 0,
      cost: ReadingPace.costOf(0),
      heartbeats: undefined,
      latest: undefined,
      published: undefined,
    }
    followed.set(key, it)
    return { key, it, run: found.run, pause: pauseOf(key, it, found.run) }
  }

  let running = false
  /** Drivers found running at the start come in turn: each at its own moment of an interval that fits all of them. */
  const begin = Effect.sync(() => {
    running = true
    const found = Array.from(caches.applications.values(), keyOf).flatMap((key) => follow(key) ?? [])
    for (const { key, it, run } of found) schedule(key, pauseOf(key, it, run), 0)
  })

  const consider = (key: string) => {
    const found = running ? follow(key) : undefined
    if (found !== undefined) schedule(key, found.pause, 0.5)
  }

  /** Returns whether the status should change. */
  const succeeded = (it: Followed, application: SparkApplication, reading: Reading): boolean => {
    it.failures = 0
    it.latest = reading
    metrics.progressObserved(application, reading)
    if (it.published !== undefined && Equal.equals(progressStatus(it.published), progressStatus(reading))) return false
    it.published = reading
    return true
  }

  const readOnce = Effect.fnUntraced(function* (key: string, changed: Changed): Effect.fn.Return<void, never, Kube> {
    const found = current(key)
    if (found?.known === undefined) return
    const { application, run, known: it } = found
    const way = access.way(it.way)
    const began = clock.monotonicTimeNanosUnsafe()
    const exit = yield* Effect.exit(askDriver(run, way))
    const seconds = Number(clock.monotonicTimeNanosUnsafe() - began) / 1e9
    const error = Exit.isSuccess(exit) ? undefined : exit.cause.reasons.find(Cause.isFailReason)?.error
    metrics.progressRead({
      access: way,
      outcome: Exit.isSuccess(exit) ? "success" : (error?.reason ?? "invalid"),
      seconds,
    })
    // The run may have ended meanwhile.
    if (followed.get(key) !== it) return
    if (Exit.isSuccess(exit)) {
      it.way = way
      access.succeeded(way)
      it.cost = ReadingPace.costOf(exit.value.length)
      it.heartbeats = nextHeartbeats(it.heartbeats, exit.value.executors, clock.currentTimeMillisUnsafe())
      const before = it.latest ?? previousReading(application)
      const reading = nextReading(before, exit.value.progress, clock.currentTimeMillisUnsafe())
      if (succeeded(it, application, reading)) changed(key)
    } else {
      it.failures++
      if (error !== undefined) it.way = access.failed(way, error)
      yield* Effect.logDebug("cannot read driver progress").pipe(
        Effect.annotateLogs({ application: key, access: way, error: error?.message ?? Cause.pretty(exit.cause) }),
      )
    }
    schedule(key, pauseOf(key, it, run), 0.9)
  })

  const worker = (changed: Changed) =>
    Effect.forever(
      Effect.flatMap(queue.take(readings), (key) =>
        Effect.ensuring(
          Effect.catchDefect(readOnce(key, changed), (defect) =>
            Effect.logError("reading the progress of a driver died: this is a bug", defect),
          ),
          Effect.sync(() => queue.done(key)),
        ),
      ),
    )

  return {
    consider,
    read: (key, submissionId) => {
      const it = followed.get(key)
      return it?.submissionId === submissionId ? it?.latest : undefined
    },
    heartbeats: (key, submissionId) => {
      const it = followed.get(key)
      return it?.submissionId === submissionId ? it?.heartbeats : undefined
    },
    run: (changed) =>
      begin.pipe(
        Effect.andThen(
          Effect.forEach(Array.from({ length: options.concurrency }), () => worker(changed), {
            concurrency: "unbounded",
            discard: true,
          }),
        ),
        Effect.andThen(Effect.never),
      ),
  }
})

/** The reading that an earlier operator recorded of the same run; the status of a new run has no progress yet. */
const previousReading = ({ status }: SparkApplication) =>
  Predicate.isObject(status?.progress) ? status?.progress : undefined
