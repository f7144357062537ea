/**
 * Reads the activity of every ready server at intervals and has its SparkConnect reconciled. A server that does not answer is not an error: it
 * is counted, and asked again later. Nothing here writes to the cluster.
 */

import { Cause, Effect, Exit } from "effect"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { Kube } from "../../kube/Kube.ts"
import type { PodAccess } from "../../kube/PodHttp.ts"
import * as UiAccess from "../../kube/UiAccess.ts"
import type { Changed } from "../../runtime/Kind.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import { serverPodName } from "../Names.ts"
import type { ConnectMetrics } from "../telemetry/ConnectMetrics.ts"
import type { Activity } from "./Activity.ts"
import { readActivity, readableServer } from "./ReadActivity.ts"

export interface ActivityOptions {
  readonly access: UiAccess.UiAccessSetting
  /** Seconds between two readings of one server, at least. */
  readonly interval: number
  /** Readings per second, over all servers. */
  readonly rate: number
  /** Readings at one time. */
  readonly concurrency: number
}

export interface ActivityReadings {
  /** The last reading of the server with this pod. */
  readonly read: (key: string, podUid: string | undefined) => Activity | undefined
}

/** Where servers are not asked. */
export const noActivity: ActivityReadings = { read: () => undefined }

export interface ActivityFollower extends ActivityReadings {
  /** Reads forever; `changed` is called with the key of each SparkConnect whose server was read. */
  readonly run: (changed: Changed) => Effect.Effect<never, never, Kube>
}

export interface ActivityCaches {
  readonly connects: Store<SparkConnect>
  readonly pods: Store<SeenPod>
}

interface Followed {
  readonly podUid: string
  way: PodAccess | undefined
  latest: Activity | undefined
}

/** Reads nothing until it is run. */
export const make = Effect.fnUntraced(function* (
  { connects, pods }: ActivityCaches,
  options: ActivityOptions,
  metrics: Pick<ConnectMetrics, "activityRead">,
): Effect.fn.Return<ActivityFollower> {
  const log = Effect.runForkWith(yield* Effect.context<never>())
  const access = UiAccess.make(options.access, () =>
    log(
      Effect.logWarning(
        "sessions of Connect servers cannot be read through the API server: the operator is not allowed to get pods/proxy",
      ),
    ),
  )
  const followed = new Map<string, Followed>()

  const serverOf = (connect: SparkConnect) =>
    readableServer(
      connect,
      pods.get(keyOf({ metadata: { namespace: connect.metadata.namespace, name: serverPodName(connect) } })),
    )

  const knownOf = (key: string, podUid: string): Followed => {
    const known = followed.get(key)
    if (known?.podUid === podUid) return known
    const fresh = { podUid, way: undefined, latest: undefined }
    followed.set(key, fresh)
    return fresh
  }

  const readOne = Effect.fnUntraced(function* (
    connect: SparkConnect,
    changed: Changed,
  ): Effect.fn.Return<void, never, Kube> {
    const server = serverOf(connect)
    const key = keyOf(connect)
    if (server === undefined) return void followed.delete(key)
    const it = knownOf(key, server.podUid)
    const way = access.way(it.way)
    const exit = yield* Effect.exit(readActivity(server, way))
    const error = Exit.isSuccess(exit) ? undefined : exit.cause.reasons.find(Cause.isFailReason)?.error
    metrics.activityRead(Exit.isSuccess(exit) ? "success" : (error?.reason ?? "invalid"))
    if (Exit.isSuccess(exit)) {
      it.way = way
      it.latest = exit.value
      access.succeeded(way)
    }
    changed(key)
    if (Exit.isSuccess(exit)) return
    if (error !== undefined) it.way = access.failed(way, error)
    yield* Effect.logDebug("cannot read the activity of a Connect server").pipe(
      Effect.annotateLogs({ connect: key, access: way, error: error?.message ?? Cause.pretty(exit.cause) }),
    )
  })

  /** One reading of every server, and the pause after it. */
  const pass = (changed: Changed) =>
    Effect.suspend(() => {
      const all = [...connects.values()]
      for (const key of followed.keys()) if (connects.get(key) === undefined) followed.delete(key)
      return Effect.forEach(all, (connect) => readOne(connect, changed), {
        concurrency: options.concurrency,
        discard: true,
      }).pipe(
        Effect.catchDefect((defect) => Effect.logError("reading the activity of servers died: this is a bug", defect)),
        Effect.andThen(Effect.sleep(Math.max(options.interval, followed.size / options.rate) * 1000)),
      )
    })

  return {
    read: (key, podUid) => {
      const it = followed.get(key)
      return it?.podUid === podUid ? it?.latest : undefined
    },
    run: (changed) => Effect.forever(pass(changed)),
  }
})
