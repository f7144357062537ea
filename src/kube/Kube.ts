/** The Kubernetes API as a service: six verbs over plain JSON objects, logs of pods, and GET requests to pods. `KubeHttp.ts` implements it over HTTP. */

import { Context, Effect, type Scope, type Stream } from "effect"
import type { KubeError } from "./KubeError.ts"
import type { PodContainer, PodLogOptions } from "./pod/PodLog.ts"
import type { PodRequest, PodResponse } from "./pod/PodRequest.ts"
import type { KubeObject, Resource } from "./Resource.ts"

export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  /** Objects per page; the server answers with `metadata.continue` while more pages follow. */
  readonly limit?: number | undefined
  readonly continue?: string | undefined
  readonly resourceVersion?: string | undefined
}

export interface KubeList<A extends KubeObject> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  readonly items: ReadonlyArray<A>
}

export interface WatchOptions {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly resourceVersion: string
}

/** One line of a watch. `ERROR` lines never appear: they fail the stream (410 as reason `Gone`). */
export type WatchEvent<A extends KubeObject> =
  | {
      readonly type: "ADDED" | "MODIFIED" | "DELETED"
      readonly object: A
      /** When it arrived in this process, in nanoseconds of the monotonic clock; absent without a connection. */
      readonly received?: bigint | undefined
    }
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string }

export interface DeleteOptions {
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan" | undefined
  readonly gracePeriodSeconds?: number | undefined
  /** Precondition: deletes only the object with this uid; otherwise fails with reason `Conflict`. */
  readonly uid?: string | undefined
}

export interface PatchOptions {
  readonly type: "merge" | "json"
  readonly body: unknown
  readonly subresource?: "status" | undefined
  /** The request is checked and answered as always, and nothing is stored. */
  readonly dryRun?: boolean | undefined
}

/**
 * Guarantees: every request has a deadline; 429 and `Retry-After` become reason `Throttled`; reads are retried on transient
 * failures, writes only on `Throttled` (the work queue retries the rest). Every request is counted and timed in telemetry.
 */
export interface KubeApi {
  readonly get: <A extends KubeObject>(
    resource: Resource<A>,
    namespace: string,
    name: string,
  ) => Effect.Effect<A, KubeError>
  readonly list: <A extends KubeObject>(
    resource: Resource<A>,
    options: ListOptions,
  ) => Effect.Effect<KubeList<A>, KubeError>
  /** Ends normally when the server closes the watch after its timeout. */
  readonly watch: <A extends KubeObject>(
    resource: Resource<A>,
    options: WatchOptions,
  ) => Stream.Stream<WatchEvent<A>, KubeError>
  readonly create: <A extends KubeObject>(
    resource: Resource<A>,
    namespace: string,
    object: A,
  ) => Effect.Effect<A, KubeError>
  readonly patch: <A extends KubeObject>(
    resource: Resource<A>,
    namespace: string,
    name: string,
    patch: PatchOptions,
  ) => Effect.Effect<A, KubeError>
  readonly delete: (
    resource: Resource,
    namespace: string,
    name: string,
    options?: DeleteOptions,
  ) => Effect.Effect<void, KubeError>
  /** The answer of a pod to a GET of `path` through the API server's proxy, after one try. More than `longest` characters are an error. */
  readonly podProxy: (pod: PodPort, path: string, longest: number) => Effect.Effect<PodAnswer, KubeError>
  /** The answer of a pod to a GET through the API server's proxy as it is, whatever its status, after one try. */
  readonly podRequest: (pod: PodPort, request: PodRequest) => Effect.Effect<PodResponse, KubeError, Scope.Scope>
  /**
   * The log of a container, in chunks of text that are not cut at lines. Ends when the server closes it: at the end of what was printed, or,
   * if it is followed, of the container. Fails with status 400 before the container has a log.
   */
  readonly podLog: (pod: PodContainer, options: PodLogOptions) => Stream.Stream<string, KubeError>
}

/** A port at which a pod serves HTTP, or HTTPS if `secure`. */
export interface PodPort {
  readonly namespace: string
  readonly name: string
  readonly port: number
  readonly secure: boolean
}

export interface PodAnswer {
  /** Parsed JSON. */
  readonly body: unknown
  /** In characters. */
  readonly length: number
}

export class Kube extends Context.Service<Kube, KubeApi>()("firesteel/kube/Kube") {}

/** The object, or `undefined` where there is none of that name. Other failures stay errors. */
export const find = <A extends KubeObject>(
  kube: Pick<KubeApi, "get">,
  resource: Resource<A>,
  namespace: string,
  name: string,
): Effect.Effect<A | undefined, KubeError> =>
  kube.get(resource, namespace, name).pipe(
    Effect.catchIf(
      (error) => error.reason === "NotFound",
      () => Effect.succeed(undefined),
    ),
  )

/** All of a list, with its version, in pages of `limit` objects if that is given; `onPage` runs after each. */
export const listAll = Effect.fnUntraced(function* <A extends KubeObject>(
  kube: Pick<KubeApi, "list">,
  resource: Resource<A>,
  { limit, ...selection }: Omit<ListOptions, "continue">,
  onPage: Effect.Effect<void> = Effect.void,
): Effect.fn.Return<KubeList<A>, KubeError> {
  const items: Array<A> = []
  let page: KubeList<A> | undefined
  do {
    page = yield* kube.list(resource, { ...selection, limit, continue: page?.metadata.continue })
    yield* onPage
    // Not as arguments of one call: there may be more than a call can have.
    for (const object of page.items) items.push(object)
  } while (page.metadata.continue)
  return { metadata: { resourceVersion: page.metadata.resourceVersion }, items }
})
