/**
 * Faults between a client and the cluster, as data: what a real API server and a real network do on a bad day. A faulty cluster is
 * a `Cluster`, so that the HTTP server and the in-memory client meet the same faults.
 */

import { type Cause, Effect, Queue } from "effect"
import { ConnectionLost, answer, expired } from "./ApiError.ts"
import { at, text } from "./ApiObject.ts"
import type { Cluster, RequestError } from "./Cluster.ts"
import type { Watch, WatchLine } from "./Reads.ts"
import type { ResourceKind } from "./ResourceKind.ts"

/** A request as a fault sees it. */
export interface FaultRequest {
  readonly verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection"
  readonly resource: string
  readonly namespace: string | undefined
  /** Absent for lists and watches, and on creation with a generated name. */
  readonly name: string | undefined
  readonly subresource: string | undefined
  /** Number of the request to this cluster, from 1. */
  readonly n: number
}

export type Fault =
  /** Answered with an error, not performed. Without a `reason`, status 410 has Kubernetes' reason `Expired`, 409 `Conflict`, … */
  | {
      readonly _tag: "Respond"
      readonly status: number
      readonly reason?: string
      readonly message?: string
      readonly retryAfter?: number
    }
  /** Performed after this many seconds. */
  | { readonly _tag: "Delay"; readonly seconds: number }
  /** The connection breaks before the request arrives. */
  | { readonly _tag: "DropBefore" }
  /** The request is performed, and its answer is lost. */
  | { readonly _tag: "DropAfter" }
  /** Never answered. */
  | { readonly _tag: "Hang" }
  /** A watch that ends after this many lines: quietly, by a broken connection, or with a 410 line. */
  | { readonly _tag: "EndWatch"; readonly afterLines: number; readonly how: "quietly" | "dropped" | "gone" }

/** Decides on every request; `undefined`: no fault. */
export type FaultPlan = (request: FaultRequest) => Fault | undefined

const afflicted = <A, R>(
  fault: Fault | undefined,
  perform: Effect.Effect<A, RequestError, R>,
): Effect.Effect<A, RequestError, R> => {
  switch (fault?._tag) {
    case undefined:
    case "EndWatch":
      return perform
    case "Respond":
      return Effect.fail(answer(fault.status, fault.message ?? "injected fault", fault.retryAfter, fault.reason))
    case "Delay":
      return Effect.delay(perform, `${fault.seconds} seconds`)
    case "DropBefore":
      return Effect.fail(new ConnectionLost())
    case "DropAfter":
      return Effect.andThen(perform, Effect.fail(new ConnectionLost()))
    case "Hang":
      return Effect.never
  }
}

const ending = Effect.fnUntraced(function* (watch: Watch, afterLines: number, how: "quietly" | "dropped" | "gone") {
  const cut = yield* Queue.unbounded<WatchLine, RequestError | Cause.Done>()
  const relay = Effect.gen(function* () {
    for (let line = 0; line < afterLines; line++) Queue.offerUnsafe(cut, yield* Queue.take(watch))
    if (how === "quietly") return yield* Queue.end(cut)
    return yield* Queue.fail(
      cut,
      how === "gone" ? expired("too old resource version: injected fault") : new ConnectionLost(),
    )
  })
  yield* Effect.forkScoped(Effect.catch(relay, (error) => Queue.fail(cut, error)))
  return cut
})

/** The cluster as seen through the faults of `plan`. */
export const withFaults = (cluster: Cluster, plan: FaultPlan): Cluster => {
  let n = 0
  const faultOf = (
    verb: FaultRequest["verb"],
    kind: ResourceKind,
    namespace: string | undefined,
    name?: string,
    subresource?: string,
  ): Fault | undefined => plan({ verb, resource: kind.plural, namespace, name, subresource, n: ++n })
  const nameOf = (body: unknown): string | undefined => text(at(body, "metadata.name"))
  return {
    ...cluster,
    get: (kind, namespace, name) =>
      Effect.suspend(() => afflicted(faultOf("get", kind, namespace, name), cluster.get(kind, namespace, name))),
    list: (kind, query) =>
      Effect.suspend(() => afflicted(faultOf("list", kind, query.namespace), cluster.list(kind, query))),
    watch: (kind, query) =>
      Effect.suspend(() => {
        const fault = faultOf("watch", kind, query.namespace)
        const opened = afflicted(fault, cluster.watch(kind, query))
        return fault?._tag === "EndWatch"
          ? Effect.flatMap(opened, (watch) => ending(watch, fault.afterLines, fault.how))
          : opened
      }),
    create: (kind, namespace, body, options) =>
      Effect.suspend(() =>
        afflicted(faultOf("create", kind, namespace, nameOf(body)), cluster.create(kind, namespace, body, options)),
      ),
    update: (kind, namespace, name, body, subresource, options) =>
      Effect.suspend(() =>
        afflicted(
          faultOf("update", kind, namespace, name, subresource),
          cluster.update(kind, namespace, name, body, subresource, options),
        ),
      ),
    patch: (kind, namespace, name, patch, options) =>
      Effect.suspend(() =>
        afflicted(
          faultOf("patch", kind, namespace, name, patch.subresource),
          cluster.patch(kind, namespace, name, patch, options),
        ),
      ),
    delete: (kind, namespace, name, options) =>
      Effect.suspend(() =>
        afflicted(faultOf("delete", kind, namespace, name), cluster.delete(kind, namespace, name, options)),
      ),
    deleteCollection: (kind, query, options) =>
      Effect.suspend(() =>
        afflicted(faultOf("deletecollection", kind, query.namespace), cluster.deleteCollection(kind, query, options)),
      ),
  }
}
