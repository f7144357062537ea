/**
 * List and watch as one stream that never fails: first the whole list, then every change, and the whole list again when the
 * server no longer has the history since our position (410). After kube-rs' `watcher`: a closed watch resumes where it ended, bookmarks
 * move that position, failures back off, and only `Gone` starts over.
 */

import { Clock, Effect, Random, Stream } from "effect"
import { type KubeApi, listAll, type WatchEvent } from "./Kube.ts"
import { KubeError } from "./KubeError.ts"
import { nameOf } from "./KubePath.ts"
import type { KubeObject, Resource } from "./Resource.ts"

export type ReflectorEvent<A extends KubeObject> =
  /** All objects as of `resourceVersion`: replaces everything known before. */
  | { readonly _tag: "Listed"; readonly objects: ReadonlyArray<A>; readonly resourceVersion: string }
  /** `received`: when it arrived in this process, in nanoseconds of the monotonic clock, if that is known. */
  | { readonly _tag: "Applied" | "Deleted"; readonly object: A; readonly received?: bigint | undefined }
  /** Nothing changed; the watch is alive. */
  | { readonly _tag: "Bookmark" }

export interface ReflectOptions {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  /** Objects per page of a list. Default: all in one answer, until that fails. */
  readonly pageSize?: number | undefined
  /**
   * Nobody has to have the resource: while its definition is not installed, or the operator may not list it, there are no objects of it. The
   * list is tried again all the same.
   */
  readonly optional?: boolean | undefined
}

/** State of a watch for health checks. Times are epoch milliseconds. */
export interface Liveness {
  readonly name: string
  /** When the server last answered: a page, an event, a bookmark, or the end of a watch. */
  readonly lastContact: number | undefined
  /** When the loop last did anything, even fail: if this is old, the loop is stuck. */
  readonly lastTick: number
  /** Failures in a row, and the message of the last one. */
  readonly failures: number
  readonly lastError: string | undefined
}

export interface WatchMetrics {
  readonly kubeWatch: (event: "list" | "relist" | "gone" | "reconnect", resource: string) => void
}

export interface Reflector<A extends KubeObject> {
  /** Run it once. */
  readonly events: Stream.Stream<ReflectorEvent<A>>
  readonly liveness: () => Liveness
}

/** Objects per page of a list that could not be read as a whole. */
const smallPage = 500
/** A list that fails sooner did not fail for its length. */
const longListSeconds = 20

const firstPauseSeconds = 0.1
const longestPauseSeconds = 30
/** A watch that ends sooner and without an event is a failure: reconnecting at once would be a loop. */
const shortestWatchSeconds = 1

/** Reflects one resource of the API server, of one namespace or all. */
export const reflect = <A extends KubeObject>(
  kube: Pick<KubeApi, "list" | "watch">,
  resource: Resource<A>,
  options: ReflectOptions = {},
  metrics: WatchMetrics = { kubeWatch: () => {} },
): Reflector<A> => {
  const name = nameOf("watch", resource, options.namespace)
  const { namespace, labelSelector, fieldSelector } = options
  const selection = { namespace, labelSelector, fieldSelector }
  let liveness: Liveness = { name, lastContact: undefined, lastTick: 0, failures: 0, lastError: undefined }
  /** Where the next watch starts; undefined: list first. */
  let position: string | undefined
  let everListed = false
  /** The resource is not there, and that was passed on as an empty list. */
  let isEmpty = false

  const tick = (change: (now: number) => Partial<Liveness>) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      liveness = { ...liveness, lastTick: now, ...change(now) }
    })
  const contact = tick((now) => ({ lastContact: now }))
  const progress = tick((now) => ({ lastContact: now, failures: 0, lastError: undefined }))

  /**
   * A whole list comes from the memory of the API server, while every further page is read from etcd and costs it many times as much. But
   * a list may be too long for the time that one request has.
   */
  let limit = options.pageSize
  const inPages = (began: number) => (error: KubeError) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const wasUnderWay = now - began >= longListSeconds * 1000
      if (wasUnderWay && (error.reason === "Timeout" || error.reason === "Transport")) limit ??= smallPage
    })

  const list = Effect.gen(function* (): Effect.fn.Return<ReflectorEvent<A>, KubeError> {
    metrics.kubeWatch(everListed ? "relist" : "list", resource.plural)
    const whole = listAll(kube, resource, { ...selection, limit }, contact)
    const { metadata, items } = yield* Effect.tapError(whole, inPages(yield* Clock.currentTimeMillis))
    everListed = true
    isEmpty = false
    position = metadata.resourceVersion
    return { _tag: "Listed", objects: items, resourceVersion: position }
  })

  /** Moves the position past one event, before the consumer gets it. */
  const follow = (event: WatchEvent<A>): ReflectorEvent<A> => {
    if (event.type === "BOOKMARK") {
      position = event.resourceVersion || position
      return { _tag: "Bookmark" }
    }
    position = event.object.metadata?.resourceVersion ?? position
    return { _tag: event.type === "DELETED" ? "Deleted" : "Applied", object: event.object, received: event.received }
  }

  const watch = (from: string): Stream.Stream<ReflectorEvent<A>, KubeError> =>
    Stream.unwrap(
      Effect.map(Clock.currentTimeMillis, (opened) => {
        let moved = false
        const events = kube.watch(resource, { ...selection, resourceVersion: from }).pipe(
          Stream.mapEffect((event) => {
            moved = true
            return Effect.as(progress, follow(event))
          }),
        )
        const ended = Effect.gen(function* () {
          metrics.kubeWatch("reconnect", resource.plural)
          const lasted = ((yield* Clock.currentTimeMillis) - opened) / 1000
          if (moved || lasted >= shortestWatchSeconds) return yield* progress
          return yield* new KubeError({
            reason: "Unavailable",
            request: name,
            message: `the server closed the watch after ${lasted} s without an event`,
          })
        })
        return Stream.concat(events, Stream.fromEffectDrain(ended))
      }),
    )

  const recover = Effect.fnUntraced(function* (error: KubeError) {
    if (error.reason === "Gone") {
      metrics.kubeWatch("gone", resource.plural)
      position = undefined
    }
    const failures = liveness.failures + 1
    yield* tick(() => ({ failures, lastError: error.message }))
    // One expired position is normal. Several in a row are not: not even relists may become a busy loop.
    if (error.reason === "Gone" && failures === 1) return
    const pause = pauseSeconds(failures, yield* Random.next, error.retryAfter)
    if (failures >= 3) {
      yield* Effect.logWarning("watch keeps failing").pipe(
        Effect.annotateLogs({
          watch: name,
          failures,
          reason: error.reason,
          error: error.message,
          remedy: remedyOf(error, resource),
          nextTrySeconds: pause,
        }),
      )
    }
    yield* Effect.sleep(pause * 1000)
  })

  const nothing: ReflectorEvent<A> = { _tag: "Listed", objects: [], resourceVersion: "0" }
  /** A list that cannot succeed for now counts as an empty one, once. */
  const emptyInstead = ({ reason }: KubeError): Stream.Stream<ReflectorEvent<A>> => {
    const absent = options.optional === true && (reason === "NotFound" || reason === "Forbidden")
    if (!absent || position !== undefined || isEmpty) return Stream.empty
    isEmpty = true
    return Stream.succeed(nothing)
  }

  const step = Stream.suspend(() => (position === undefined ? Stream.fromEffect(list) : watch(position))).pipe(
    Stream.catch((error: KubeError) => Stream.concat(emptyInstead(error), Stream.fromEffectDrain(recover(error)))),
  )
  return {
    events: Stream.forever(
      Stream.onStart(
        step,
        tick(() => ({})),
      ),
    ),
    liveness: () => liveness,
  }
}

/** Seconds before the next try: doubling from 100 ms to 30 s, jittered by `random` in [0, 1), never before the server allows. */
const pauseSeconds = (failures: number, random: number, retryAfter: number | undefined): number => {
  const backoff = Math.min(longestPauseSeconds, firstPauseSeconds * 2 ** Math.min(failures - 1, 20))
  return Math.max(retryAfter ?? 0, backoff * (0.5 + random / 2))
}

const remedyOf = (error: KubeError, resource: Resource): string => {
  switch (error.reason) {
    case "Forbidden":
      return `allow the operator's service account to list and watch ${resource.plural} in API group "${resource.group}"`
    case "NotFound":
      return `install the custom resource definition of ${resource.plural}.${resource.group}`
    case "Transport":
    case "Timeout":
      return "check that the API server is reachable from here"
    default:
      return "none if the watch recovers by itself; otherwise see the API server's log"
  }
}
