/**
 * The `Kube` service directly on an in-memory cluster: no sockets, so a whole operator runs on it in virtual time. Errors
 * have the same reasons as over HTTP, and the same requests are retried.
 */

import { Effect, identity, Layer, Predicate, Stream } from "effect"
import { Kube, type KubeApi, type KubeList, type PodPort, type WatchEvent } from "../../kube/Kube.ts"
import { errorOf, parsed } from "../../kube/KubeAnswer.ts"
import { KubeError } from "../../kube/KubeError.ts"
import type { PodRequest } from "../../kube/pod/PodRequest.ts"
import { retryRead, retryWrite } from "../../kube/RequestRetry.ts"
import { type KubeObject, pods, type Resource } from "../../kube/Resource.ts"
import { status, unknownResource } from "./ApiError.ts"
import type { ApiObject } from "./ApiObject.ts"
import type { Cluster, RequestError } from "./Cluster.ts"
import { rewritten } from "./PodBackend.ts"
import { limited, podLog } from "./PodLog.ts"
import type { WatchLine } from "./Reads.ts"
import type { ResourceKind } from "./ResourceKind.ts"

const kubeError =
  (request: string) =>
  (error: RequestError): KubeError =>
    error._tag === "ConnectionLost"
      ? new KubeError({ reason: "Transport", request, message: "socket hang up" })
      : errorOf(request, error.code, status(error), error.retryAfter?.toString())

/** As over HTTP, the type of an object is asserted by the caller and not checked. */
const claimed = <A extends KubeObject>(object: ApiObject): A => object as unknown as A

const event = <A extends KubeObject>(line: WatchLine): WatchEvent<A> =>
  line.type === "BOOKMARK"
    ? { type: "BOOKMARK", resourceVersion: line.resourceVersion }
    : { type: line.type, object: claimed<A>(line.object) }

/** The service over `cluster` (which may be one with faults). */
export const make = (cluster: Cluster): KubeApi => {
  const request = <A, R>(
    verb: string,
    resource: Resource,
    where: string,
    perform: (kind: ResourceKind) => Effect.Effect<A, RequestError, R>,
  ): Effect.Effect<A, KubeError, R> =>
    Effect.suspend(() => {
      const kind = cluster.kinds.find(resource.group, resource.version, resource.plural)
      return kind === undefined ? Effect.fail(unknownResource()) : perform(kind)
    }).pipe(
      Effect.mapError(kubeError(`${verb} ${resource.plural} ${where}`.trimEnd())),
      Effect.timeoutOrElse({
        duration: `${deadlineSeconds} seconds`,
        orElse: () => Effect.fail(late(`${verb} ${resource.plural} ${where}`)),
      }),
      verb === "watch" ? identity : verb === "get" || verb === "list" ? retryRead : retryWrite,
    )

  const proxied = ({ namespace, name, port, secure }: PodPort, { path, headers }: PodRequest) => {
    const target = `${secure ? "https:" : ""}${name}:${port}`
    const forwardedContext = headers["X-Forwarded-Context"]
    const proxied = { namespace, target, path, address: "localhost", forwardedContext }
    return request("proxy", pods, `${namespace}/${name}`, (kind) =>
      Effect.map(cluster.podBackend.proxy(cluster, kind, proxied), (answer) => rewritten(answer, proxied)),
    )
  }

  return {
    get: <A extends KubeObject>(resource: Resource<A>, namespace: string, name: string) =>
      request("get", resource, `${namespace}/${name}`, (kind) =>
        Effect.map(cluster.get(kind, namespace, name), claimed<A>),
      ),
    list: <A extends KubeObject>(resource: Resource<A>, options: Parameters<KubeApi["list"]>[1]) =>
      request("list", resource, options.namespace ?? "", (kind) =>
        Effect.map(cluster.list(kind, options), (list): KubeList<A> => ({
          metadata: {
            resourceVersion: list.resourceVersion,
            ...(list.continue === undefined ? {} : { continue: list.continue }),
          },
          items: list.items.map(claimed<A>),
        })),
      ),
    watch: <A extends KubeObject>(resource: Resource<A>, options: Parameters<KubeApi["watch"]>[1]) =>
      Stream.unwrap(
        request("watch", resource, options.namespace ?? "", (kind) =>
          Effect.map(cluster.watch(kind, { ...options, allowWatchBookmarks: true, timeoutSeconds }), (lines) =>
            Stream.fromQueue(lines).pipe(
              Stream.map(event<A>),
              Stream.mapError(kubeError(`watch ${resource.plural} ${options.namespace ?? ""}`.trimEnd())),
            ),
          ),
        ),
      ),
    create: <A extends KubeObject>(resource: Resource<A>, namespace: string, object: A) =>
      request("create", resource, `${namespace}/${object.metadata?.name ?? ""}`, (kind) =>
        Effect.map(cluster.create(kind, namespace, object), (written) => claimed<A>(written.object)),
      ),
    patch: <A extends KubeObject>(
      resource: Resource<A>,
      namespace: string,
      name: string,
      patch: Parameters<KubeApi["patch"]>[3],
    ) =>
      request("patch", resource, `${namespace}/${name}`, (kind) =>
        Effect.map(cluster.patch(kind, namespace, name, patch, { dryRun: patch.dryRun }), (written) =>
          claimed<A>(written.object),
        ),
      ),
    podProxy: (pod, path) =>
      Effect.flatMap(proxied(pod, { path, headers: {} }), ({ status: code, text }) => {
        const body = parsed(text)
        if (code !== 200) return Effect.fail(errorOf(proxyName(pod), code, body))
        return Predicate.isString(body)
          ? Effect.fail(new KubeError({ reason: "Decode", request: proxyName(pod), message: "the answer is not JSON" }))
          : Effect.succeed({ body, length: text.length })
      }),
    podRequest: (pod, asked) =>
      Effect.map(proxied(pod, asked), (answer) => ({
        status: answer.status,
        headers: answer.headers,
        body: Stream.succeed(new TextEncoder().encode(answer.text)),
      })),
    podLog: ({ namespace, name, container }, { follow, previous = false, ...how }) => {
      const where = `${namespace}/${name}`
      const open = request("log", pods, where, (kind) =>
        podLog(cluster, kind, namespace, name, { follow, previous, container, tailLines: undefined, ...how }),
      )
      const texts = Effect.map(open, (lines) =>
        Stream.unfold(limited(lines), (next) =>
          Effect.map(next, (text) => (text === undefined ? undefined : ([text, next] as const))),
        ),
      )
      return Stream.mapError(Stream.unwrap(texts), (error) =>
        error._tag === "KubeError" ? error : kubeError(`log pods ${where}`)(error),
      )
    },
    delete: (resource, namespace, name, options = {}) =>
      request("delete", resource, `${namespace}/${name}`, (kind) =>
        cluster.delete(kind, namespace, name, {
          propagationPolicy: options.propagationPolicy,
          gracePeriodSeconds: options.gracePeriodSeconds,
          preconditions: { uid: options.uid },
        }),
      ),
  }
}

const proxyName = ({ namespace, name }: PodPort) => `proxy pods ${namespace}/${name}`

/** Seconds after which a request without an answer fails. */
const deadlineSeconds = 30
const late = (request: string) =>
  new KubeError({ reason: "Timeout", request, message: `no answer within ${deadlineSeconds} s` })

/** Seconds after which a watch ends; real servers end them after 5 to 10 minutes. */
const timeoutSeconds = 400

export const layer = (cluster: Cluster): Layer.Layer<Kube> => Layer.succeed(Kube, make(cluster))
