/**
 * Follows the progress of every running driver: asks it again and again, tells telemetry each answer, and lets the application be
 * reconciled when its status should say something else. A driver that does not answer is nobody's error: it is counted, and asked
 * again later. Nothing here writes to the cluster.
 */

import { Cause, Clock, Effect, Equal, Exit, Predicate, Random, type Scope } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { Kube } from "../../kube/Kube.ts"
import type { PodAccess } from "../../kube/PodHttp.ts"
import { keyOf } from "../../runtime/Store.ts"
import * as Workqueue from "../../runtime/Workqueue.ts"
import { type Heard, nextHeard } from "../lifecycle/Heartbeats.ts"
import { nextReading, type Reading, reported } from "../lifecycle/ProgressStatus.ts"
import type { Caches } from "../reconcile/Caches.ts"
import type { ApplicationMetrics } from "../telemetry/ApplicationMetrics.ts"
import { askDriver, type DriverRun, driverRun } from "./DriverRun.ts"
import * as ReadingPace from "./ReadingPace.ts"
import * as UiAccess from "./UiAccess.ts"

export interface ProgressOptions {
  readonly access: UiAccess.UiAccessSetting
  /** Seconds between two readings of one driver, at least. */
  readonly shortest: number
  /** Readings per second, over all applications. */
  readonly rate: number
  /** Readings at one time. */
  readonly concurrency: number
}

export interface ProgressFollower {
  /** Something happened to this application or its pods: begins to follow it, or stops. */
  readonly consider: (key: string) => void
  /** What its driver said last. */
  readonly read: (key: string, submissionId: string | undefined) => Reading | undefined
  /** Which executors it has counted. */
  readonly heard: (key: string, submissionId: string | undefined) => Heard | undefined
  /** Reads for ever, also drivers that run already; to be started when the caches are in. */
  readonly run: Effect.Effect<never, never, Kube>
}

/** A driver being followed. */
interface Followed {
  readonly submissionId: string
  way: PodAccess | undefined
  failures: number
  cost: number
  heard: Heard | undefined
  latest: Reading | undefined
  published: Reading | undefined
}

/** `changed` is called with the key of an application whose status should say something else. */
export const make = Effect.fnUntraced(function* (
  caches: Pick<Caches, "applications" | "pods">,
  options: ProgressOptions,
  changed: (key: string) => void,
  metrics: Pick<ApplicationMetrics, "progressObserved" | "progressEnded" | "progressRead">,
): Effect.fn.Return<ProgressFollower, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const random = yield* Random.Random
  const log = Effect.runForkWith(yield* Effect.context<never>())
  const queue = yield* Workqueue.make()
  const pace = ReadingPace.make(options.rate)
  const access = UiAccess.make(options.access, () =>
    log(
      Effect.logWarning(
        "the progress of applications cannot be read through the API server: the operator may not get pods/proxy; see docs/progress.md",
      ),
    ),
  )
  const followed = new Map<string, Followed>()

  const forget = (key: string) => {
    if (!followed.delete(key)) return
    pace.forget(key)
    metrics.progressEnded(key)
  }

  /** Seconds until the next reading, beside all others. */
  const pauseOf = (key: string, it: Followed, { startedAt }: DriverRun) => {
    const now = clock.currentTimeMillisUnsafe()
    const age = (now - startedAt) / 1000
    const quiet = it.latest === undefined ? 0 : (now - it.latest.movedAt) / 1000
    return pace.plan(key, ReadingPace.interval(options.shortest, { age, quiet, failures: it.failures }), it.cost)
  }

  /** Between `share` and 1.1 of it, so that what began together does not stay together. */
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
      heard: undefined,
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

  const succeeded = (key: string, it: Followed, application: SparkApplication, reading: Reading) => {
    it.failures = 0
    it.latest = reading
    metrics.progressObserved(application, reading)
    if (it.published !== undefined && Equal.equals(reported(it.published), reported(reading))) return
    it.published = reading
    changed(key)
  }

  const look = Effect.fnUntraced(function* (key: string): Effect.fn.Return<void, never, Kube> {
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
    // It may have ended meanwhile.
    if (followed.get(key) !== it) return
    if (Exit.isSuccess(exit)) {
      it.way = way
      access.succeeded(way)
      it.cost = ReadingPace.costOf(exit.value.length)
      it.heard = nextHeard(it.heard, exit.value.executors, clock.currentTimeMillisUnsafe())
      const before = it.latest ?? saidBefore(application)
      succeeded(key, it, application, nextReading(before, exit.value.progress, clock.currentTimeMillisUnsafe()))
    } else {
      it.failures++
      if (error !== undefined) it.way = access.failed(way, error)
      yield* Effect.logDebug("the driver does not say how far it is").pipe(
        Effect.annotateLogs({ application: key, access: way, error: error?.message ?? Cause.pretty(exit.cause) }),
      )
    }
    schedule(key, pauseOf(key, it, run), 0.9)
  })

  const worker = Effect.forever(
    Effect.flatMap(queue.take("status"), (key) =>
      Effect.ensuring(
        Effect.catchDefect(look(key), (defect) => Effect.logError("following progress died: this is a bug", defect)),
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
    heard: (key, submissionId) => {
      const it = followed.get(key)
      return it?.submissionId === submissionId ? it?.heard : undefined
    },
    run: begin.pipe(
      Effect.andThen(
        Effect.forEach(Array.from({ length: options.concurrency }), () => worker, {
          concurrency: "unbounded",
          discard: true,
        }),
      ),
      Effect.andThen(Effect.never),
    ),
  }
})

/** What an operator before this one wrote down of the same run; a new run's status says nothing yet. */
const saidBefore = ({ status }: SparkApplication) =>
  Predicate.isObject(status?.progress) ? status?.progress : undefined
