/**
 * Kubernetes Events about objects, for `kubectl describe` and `kubectl get events`. Recording never fails and never waits:
 * notes go through bounded queues to a few writers, all notes of one object through the same writer. Repetitions within ten minutes
 * increase the count of one Event instead of creating more. An object with too many Events is limited to one every 30 seconds.
 *
 * Core `v1` Events with `count` and the first and last time, not `events.k8s.io/v1` series: kubectl shows these as
 * "x5 over 3m" in every version, both groups read the same objects, and operators are commonly allowed to write only the core group.
 */

import { type Cause, Clock, Effect, Fiber, Hash, Queue, Schedule, type Scope } from "effect"
import type { Event, ObjectReference } from "kubernetes-types/core/v1"
import { boundedFinalizer } from "./BoundedFinalizer.ts"
import type { KubeApi } from "./Kube.ts"
import { isTransient, type KubeError } from "./KubeError.ts"
import { events } from "./Resource.ts"
import { timestamp } from "./Time.ts"

export interface Note {
  readonly type: "Normal" | "Warning"
  /** CamelCase, for machines. */
  readonly reason: string
  /** A sentence, for people. */
  readonly message: string
  /** CamelCase: what was done or attempted. */
  readonly action?: string
  /** Annotations of the Event; the last repetition overwrites them. */
  readonly annotations?: Readonly<Record<string, string>>
  /** One of many ordinary steps: not recorded unless the recorder has been asked for all of them. */
  readonly routine?: boolean
}

export interface EventRecorder {
  /** `about` needs apiVersion, kind, namespace, name and uid; otherwise kubectl does not show the Event with the object. */
  readonly record: (about: ObjectReference, note: Note) => Effect.Effect<void>
}

export interface EventRecorderOptions {
  /** Name of this replica, as `reportingInstance`. Default `firesteel`. */
  readonly instance?: string
  /** Whether routine notes are recorded, too: each is a write of the API server. Default false. */
  readonly routine?: boolean
}

const component = "firesteel"
/** Concurrent writes; the Events of one object are written one after the other. */
const writers = 4
const queueSize = 1024
const rememberedSeries = 4096
const seriesSeconds = 600
/** Per object: a burst of 25 Events, then one every 30 seconds. */
const burst = 25
const secondsPerToken = 30
const flushSeconds = 2

/** An Event that exists and counts repetitions. Times are epoch milliseconds. */
interface Series {
  readonly name: string
  readonly count: number
  readonly last: number
}

interface Allowance {
  readonly tokens: number
  readonly at: number
}

interface Recording {
  readonly about: ObjectReference
  readonly note: Note
  readonly at: number
}

const passing = {
  while: isTransient,
  times: 3,
  schedule: Schedule.jittered(Schedule.exponential("1 second")),
}

/** A recorder over `kube`. The end of the scope waits up to two seconds for queued Events. */
export const make = Effect.fnUntraced(function* (
  kube: Pick<KubeApi, "create" | "patch">,
  options: EventRecorderOptions = {},
): Effect.fn.Return<EventRecorder, never, Scope.Scope> {
  const queues = yield* Effect.replicateEffect(Queue.dropping<Recording, Cause.Done>(queueSize), writers)
  const series = new Map<string, Series>()
  const allowances = new Map<string, Allowance>()
  let dropped = 0
  let sequence = 0

  /** Whether the object may have one more Event now; if so, uses up one token of its allowance. */
  const isAllowed = (uid: string, now: number): boolean => {
    const { tokens, at } = allowances.get(uid) ?? { tokens: burst, at: now }
    const filled = Math.min(burst, tokens + (now - at) / 1000 / secondsPerToken)
    remember(allowances, uid, { tokens: filled < 1 ? filled : filled - 1, at: now })
    return filled >= 1
  }

  const create = ({ about, note, at }: Recording) => {
    const name = `${(about.name ?? component).slice(0, 200)}.${at.toString(16)}${(sequence++ % 0xffff).toString(16)}`
    const event: Event = {
      metadata: { name, namespace: about.namespace ?? "default", ...annotationsOf(note) },
      involvedObject: about,
      type: note.type,
      reason: note.reason,
      message: note.message.slice(0, 1024),
      ...(note.action === undefined ? {} : { action: note.action }),
      count: 1,
      firstTimestamp: timestamp(at),
      lastTimestamp: timestamp(at),
      source: { component },
      reportingComponent: component,
      reportingInstance: options.instance ?? component,
    }
    return kube.create(events, about.namespace ?? "default", event).pipe(
      Effect.retry(passing),
      // An earlier try succeeded, and only its answer was lost.
      Effect.catchIf(
        (error) => error.reason === "AlreadyExists",
        () => Effect.void,
      ),
      Effect.as<Series>({ name, count: 1, last: at }),
    )
  }

  const repeat = (known: Series, { about, note, at }: Recording) => {
    const count = known.count + 1
    const annotated = annotationsOf(note)
    const body = { count, lastTimestamp: timestamp(at), ...(annotated.annotations ? { metadata: annotated } : {}) }
    return kube
      .patch(events, about.namespace ?? "default", known.name, { type: "merge", body })
      .pipe(Effect.retry(passing), Effect.as<Series>({ name: known.name, count, last: at }))
  }

  const write = Effect.fnUntraced(
    function* (recording: Recording) {
      const { about, note, at } = recording
      const uid = identity(about)
      if (!isAllowed(uid, at)) {
        dropped++
        return
      }
      const key = JSON.stringify([uid, note.type, note.reason, note.message])
      const known = series.get(key)
      const continues = known !== undefined && at - known.last < seriesSeconds * 1000
      const written = yield* continues
        ? // The Event may have expired on the server meanwhile.
          Effect.catchIf(
            repeat(known, recording),
            (error: KubeError) => error.reason === "NotFound",
            () => create(recording),
          )
        : create(recording)
      remember(series, key, written)
    },
    Effect.catch(({ reason, request, message }: KubeError) =>
      // Expected while a namespace is terminating.
      (message.includes("because it is being terminated") ? Effect.logDebug : Effect.logWarning)(
        "cannot write a Kubernetes Event",
        { reason, request, error: message },
      ),
    ),
    Effect.catchDefect((defect) => Effect.logWarning("cannot write a Kubernetes Event", defect)),
  )

  const reportDrops = Effect.suspend(() => {
    if (dropped === 0) return Effect.void
    const count = dropped
    dropped = 0
    return Effect.annotateLogs(Effect.logWarning("Kubernetes Events were dropped: too many at once"), {
      dropped: count,
    })
  })

  const running = yield* Effect.forEach(queues, (queue) =>
    Queue.take(queue).pipe(
      Effect.flatMap(write),
      Effect.andThen(Effect.suspend(() => (Queue.sizeUnsafe(queue) === 0 ? reportDrops : Effect.void))),
      Effect.forever,
      Effect.catchCause(() => reportDrops),
      Effect.forkScoped,
    ),
  )
  yield* Effect.addFinalizer(() =>
    boundedFinalizer(Effect.andThen(Effect.forEach(queues, Queue.end), Fiber.awaitAll(running)), flushSeconds),
  )

  return {
    record: (about, note) =>
      Effect.map(Clock.currentTimeMillis, (at) => {
        if (note.routine === true && options.routine !== true) return
        const queue = queues[Math.abs(Hash.string(identity(about))) % writers]!
        if (!Queue.offerUnsafe(queue, { about, note, at })) dropped++
      }),
  }
})

const identity = (about: ObjectReference) => about.uid ?? `${about.kind}/${about.namespace}/${about.name}`
const annotationsOf = ({ annotations }: Note): { readonly annotations?: Record<string, string> } =>
  annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }

/** Keeps only the newest entries; the map is in order of use. */
const remember = <A>(map: Map<string, A>, key: string, value: A): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size > rememberedSeries) map.delete(map.keys().next().value!)
}
