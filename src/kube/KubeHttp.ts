/**
 * `Kube` over HTTP: its verbs as paths, queries and bodies, and answers as plain objects. What every request has in
 * common (credentials, deadline, retries, telemetry) is in `Exchange.ts`.
 */

import * as NodeStream from "@effect/platform-node/NodeStream"
import { Clock, Effect, Layer, Predicate, Random, type Scope, Stream } from "effect"
import { type Connection, connect, type ConnectionError, type ConnectionOptions } from "./Connection.ts"
import * as Exchange from "./Exchange.ts"
import { jsonListReader, type ListReader } from "./json/ListReader.ts"
import {
  Kube,
  type KubeApi,
  type KubeList,
  type ListOptions,
  type PatchOptions,
  type WatchEvent,
  type WatchOptions,
} from "./Kube.ts"
import { parsed, trimmed, watchErrorOf } from "./KubeAnswer.ts"
import { KubeError } from "./KubeError.ts"
import { nameOf, pathOf, queryOf } from "./KubePath.ts"
import { podLog } from "./pod/PodLog.ts"
import { protobuf, protobufListReader } from "./protobuf/ListAnswer.ts"
import { apiVersion, type KubeObject, leases, pods, type Resource } from "./Resource.ts"
import { describe } from "./Transport.ts"

export interface KubeHttpOptions extends Exchange.ExchangeOptions {
  /** Seconds after which the server ends a watch. Each lasts up to a fifth longer, so that not all end at once. Default 300. */
  readonly watchSeconds?: number | undefined
}

/** For a list without pages, which may be long; API servers end it themselves after a minute. */
const wholeListSeconds = 60

/** A watch that is silent for this long after its agreed end is abandoned: its socket is dead. */
const watchGraceSeconds = 10

/** Connects as `options` say; every request is reported to `metrics`. */
export const layer = (
  options: ConnectionOptions & KubeHttpOptions,
  metrics: Exchange.RequestMetrics = Exchange.silentRequestMetrics,
): Layer.Layer<Kube, ConnectionError> =>
  Layer.effect(
    Kube,
    Effect.gen(function* () {
      return yield* make(yield* connect(options), metrics, options)
    }),
  )

/** A client of one API server; its sockets are closed with the scope. */
export const make = Effect.fnUntraced(function* (
  connection: Connection,
  metrics: Exchange.RequestMetrics,
  options: KubeHttpOptions = {},
): Effect.fn.Return<KubeApi, never, Scope.Scope> {
  const exchange = yield* Exchange.make(connection, metrics, options)

  const list = <A extends KubeObject>(resource: Resource<A>, { namespace, ...selection }: ListOptions) => {
    const { fields } = resource
    const typeMeta = { apiVersion: apiVersion(resource), kind: resource.kind }
    const call = {
      ...named("list", resource, namespace),
      method: "GET",
      path: pathOf(resource, namespace) + queryOf(selection),
      // To encode and to decode it costs a fraction of JSON. A server without it answers in JSON.
      headers: fields === undefined ? {} : { Accept: `${protobuf}, application/json` },
      reader: (contentType: string | undefined): ListReader<KubeObject> =>
        fields !== undefined && contentType?.startsWith(protobuf)
          ? protobufListReader(fields)
          : // Items of a list arrive without kind and apiVersion.
            jsonListReader((item) => trimmed({ ...typeMeta, ...item })),
      deadlineSeconds: selection.limit === undefined ? (options.deadlineSeconds ?? wholeListSeconds) : undefined,
    } as const
    return Effect.map(exchange.read(call), (body) => body as KubeList<A>)
  }

  const watch = <A extends KubeObject>(resource: Resource<A>, { namespace, ...selection }: WatchOptions) =>
    Stream.unwrap(
      Effect.gen(function* () {
        const timeoutSeconds = Math.ceil((options.watchSeconds ?? 300) * (1 + 0.2 * (yield* Random.next)))
        const query = queryOf({ watch: true, allowWatchBookmarks: true, timeoutSeconds, ...selection })
        const call = {
          ...named("watch", resource, namespace),
          method: "GET",
          path: pathOf(resource, namespace) + query,
        } as const
        const incoming = yield* exchange.open(call)
        const silenceSeconds = timeoutSeconds + watchGraceSeconds
        return NodeStream.fromReadable({
          evaluate: () => incoming,
          onError: (cause) =>
            new KubeError({ reason: "Transport", request: call.name, message: describe(cause), cause }),
        }).pipe(
          Stream.timeoutOrElse({
            duration: silenceSeconds * 1000,
            orElse: () => Stream.fail(Exchange.late(call.name, silenceSeconds)),
          }),
          Stream.decodeText,
          Stream.splitLines,
          Stream.filter((line) => line !== ""),
          Stream.mapEffect((line) =>
            Effect.flatMap(Clock.monotonicTimeNanos, (received) => watchEventFrom<A>(call.name, line, received)),
          ),
        )
      }),
    )

  return {
    list,
    watch,

    get: <A extends KubeObject>(resource: Resource<A>, namespace: string, name: string) =>
      objectFrom<A>(
        exchange.read({
          ...named("get", resource, namespace, name),
          method: "GET",
          path: pathOf(resource, namespace, name),
        }),
      ),

    create: <A extends KubeObject>(resource: Resource<A>, namespace: string, object: A) =>
      objectFrom<A>(
        exchange.write({
          ...named("create", resource, namespace, object.metadata?.name ?? object.metadata?.generateName),
          method: "POST",
          path: pathOf(resource, namespace),
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ apiVersion: apiVersion(resource), kind: resource.kind, ...object }),
        }),
      ),

    patch: <A extends KubeObject>(resource: Resource<A>, namespace: string, name: string, patch: PatchOptions) =>
      objectFrom<A>(
        exchange.write({
          ...named("patch", resource, namespace, name),
          method: "PATCH",
          path: pathOf(resource, namespace, name, patch.subresource) + (patch.dryRun ? queryOf({ dryRun: "All" }) : ""),
          headers: { "Content-Type": patchTypes[patch.type] },
          body: JSON.stringify(patch.body),
        }),
      ),

    podProxy: ({ namespace, name, port, secure }, path, longest) =>
      exchange.once({
        ...named("proxy", pods, namespace, name),
        method: "GET",
        path: `${pathOf(pods, namespace, `${secure ? "https:" : ""}${name}:${port}`, "proxy")}${path}`,
        longest,
      }),

    podLog: (pod, how) => podLog(exchange, pod, how),

    delete: (resource, namespace, name, { uid, ...how } = {}) =>
      Effect.asVoid(
        exchange.write({
          ...named("delete", resource, namespace, name),
          method: "DELETE",
          path: pathOf(resource, namespace, name),
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({
            apiVersion: "v1",
            kind: "DeleteOptions",
            ...how,
            ...(uid === undefined ? {} : { preconditions: { uid } }),
          }),
        }),
      ),
  }
})

const patchTypes = { merge: "application/merge-patch+json", json: "application/json-patch+json" } as const

/** The names of a request in telemetry and in errors. A leader must be able to renew its Lease however many other requests wait. */
const named = (verb: string, resource: Resource, namespace: string | undefined, name?: string) => ({
  urgent: resource.plural === leases.plural,
  verb,
  resource: resource.plural,
  name: nameOf(verb, resource, namespace, name),
  headers: {},
})

const wrongShape = (request: string, message: string) => new KubeError({ reason: "Decode", request, message })

// The API server guarantees the shapes below. Only the envelope is checked: checking thousands of objects would be too slow.

const objectFrom = <A extends KubeObject>(body: Effect.Effect<unknown, KubeError>): Effect.Effect<A, KubeError> =>
  Effect.map(body, (it) => trimmed(it as A))

const watchEventFrom = <A extends KubeObject>(
  request: string,
  line: string,
  received: bigint,
): Effect.Effect<WatchEvent<A>, KubeError> =>
  Effect.suspend((): Effect.Effect<WatchEvent<A>, KubeError> => {
    const event = parsed(line)
    if (!Predicate.hasProperty(event, "type") || !Predicate.hasProperty(event, "object")) {
      return Effect.fail(wrongShape(request, `a line of the watch is not an event: ${line.slice(0, 200)}`))
    }
    const object = event.object as A
    switch (event.type) {
      case "ADDED":
      case "MODIFIED":
      case "DELETED":
        return Effect.succeed({ type: event.type, object: trimmed(object), received })
      case "BOOKMARK":
        return Effect.succeed({ type: "BOOKMARK", resourceVersion: object.metadata?.resourceVersion ?? "" })
      case "ERROR":
        return Effect.fail(watchErrorOf(request, event.object))
      default:
        return Effect.fail(wrongShape(request, `unknown watch event ${String(event.type)}`))
    }
  })
