/**
 * Maps one HTTP request to a verb of the cluster, and its result to an answer. Independent of sockets: a request is data, an
 * answer is text or a stream of lines.
 */

import { Clock, Effect, type Scope } from "effect"
import {
  type ApiError,
  forbidden,
  invalid,
  methodNotAllowed,
  status,
  unknownResource,
  unsupportedMediaType,
} from "../ApiError.ts"
import { type Fields, defined } from "../ApiObject.ts"
import type { Cluster, RequestError } from "../Cluster.ts"
import { rewritten } from "../PodBackend.ts"
import { limited, noLog, podLog } from "../PodLog.ts"
import type { ListQuery, Watch } from "../Reads.ts"
import type { ResourceKind } from "../ResourceKind.ts"
import type { Written } from "../Writes.ts"
import { deleteOptions } from "./DeleteOptions.ts"
import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  serverVersion,
} from "./Discovery.ts"
import { openApi, openApiIndex } from "./OpenApi.ts"
import { count, flag, logOptions, optional, writeOptions } from "./Query.ts"
import { type Wanted, listText, objectText, wanted } from "./Representation.ts"
import { patchType, requestBody } from "./RequestBody.ts"
import { type RequestPath, requestPath } from "./RequestPath.ts"

export interface ApiRequest {
  readonly method: string
  /** Percent-encoded. */
  readonly pathname: string
  readonly query: URLSearchParams
  readonly accept: string | undefined
  readonly userAgent?: string | undefined
  /** For the pod behind a proxy. */
  readonly forwardedContext?: string | undefined
  readonly contentType: string | undefined
  readonly body: Buffer
  /** `host:port` that the client connected to. */
  readonly address: string
}

export type Answer =
  | {
      readonly _tag: "Text"
      readonly status: number
      readonly contentType: string
      readonly text: string
      readonly headers?: Readonly<Record<string, string | ReadonlyArray<string>>>
    }
  | { readonly _tag: "Watch"; readonly kind: ResourceKind; readonly wanted: Wanted; readonly watch: Watch }
  /** `undefined`: the log has ended. */
  | { readonly _tag: "Log"; readonly texts: Effect.Effect<string | undefined, RequestError> }

const json = (
  text: string,
  code = 200,
  headers?: Readonly<Record<string, string | ReadonlyArray<string>>>,
): Answer => ({
  _tag: "Text",
  status: code,
  contentType: "application/json",
  text,
  ...(headers === undefined ? {} : { headers }),
})

/** The answer that carries an error. */
export const errorAnswer = (error: ApiError): Answer =>
  json(
    JSON.stringify(status(error)),
    error.code,
    error.retryAfter === undefined ? undefined : { "Retry-After": String(error.retryAfter) },
  )

type ResourcePath = Extract<RequestPath, { readonly _tag: "Resource" }>

const selection = (path: ResourcePath, query: URLSearchParams): ListQuery => {
  const byField = optional(query, "fieldSelector")
  const byName = path.name === undefined ? undefined : `metadata.name=${path.name}`
  return {
    namespace: path.namespace,
    labelSelector: optional(query, "labelSelector"),
    fieldSelector: [byField, byName].filter((one) => one !== undefined && one !== "").join(","),
    resourceVersion: optional(query, "resourceVersion"),
    resourceVersionMatch: optional(query, "resourceVersionMatch"),
  }
}

const written = (
  kind: ResourceKind,
  { object, warnings, created }: Written,
  format: Wanted,
  code = created ? 201 : 200,
) =>
  Effect.map(Clock.currentTimeMillis, (now) =>
    json(
      objectText(kind, object, format, now),
      code,
      warnings.length === 0
        ? undefined
        : { Warning: warnings.map((warning) => `299 - "${warning.replace(/[\\"]/g, String.raw`\$&`)}"`) },
    ),
  )

const read = Effect.fnUntraced(function* (
  cluster: Cluster,
  path: ResourcePath,
  request: ApiRequest,
  format: Wanted,
): Effect.fn.Return<Answer, RequestError, Scope.Scope> {
  const { query } = request
  const { kind, namespace, name, subresource, inside } = path
  if (inside !== undefined && kind.subresources.includes("proxy") && name !== undefined) {
    const { forwardedContext, address } = request
    const proxied = { namespace, target: name, path: inside, address, forwardedContext }
    const answer = yield* cluster.podBackend.proxy(cluster, kind, proxied)
    const { status: code, headers, text } = rewritten(answer, proxied)
    return { _tag: "Text", status: code, contentType: headers["content-type"] ?? "text/plain", text, headers }
  }
  if (subresource === "log" && kind.subresources.includes("log") && name !== undefined) {
    const options = yield* Effect.fromResult(logOptions(query))
    const lines = yield* podLog(cluster, kind, namespace, name, options)
    if (lines === noLog) return { _tag: "Text", status: 204, contentType: "text/plain", text: "" }
    return { _tag: "Log", texts: limited(lines, options.limitBytes) }
  }
  if (subresource !== undefined && subresource !== "status") return yield* unknownResource()
  if (path.watch || flag(query, "watch") === true) {
    const watch = yield* cluster.watch(kind, {
      ...selection(path, query),
      allowWatchBookmarks: flag(query, "allowWatchBookmarks"),
      sendInitialEvents: flag(query, "sendInitialEvents"),
      timeoutSeconds: count(query, "timeoutSeconds"),
    })
    return { _tag: "Watch", kind, wanted: format, watch }
  }
  const now = yield* Clock.currentTimeMillis
  if (name !== undefined) return json(objectText(kind, yield* cluster.get(kind, namespace, name), format, now))
  const paging = { limit: count(query, "limit"), continue: optional(query, "continue") }
  return json(listText(kind, yield* cluster.list(kind, { ...selection(path, query), ...paging }), format, now))
})

const resource = Effect.fnUntraced(function* (
  cluster: Cluster,
  path: ResourcePath,
  request: ApiRequest,
): Effect.fn.Return<Answer, RequestError, Scope.Scope> {
  const { kind, namespace, name, subresource } = path
  const { method, query, contentType } = request
  const format = wanted(request.accept, query.get("includeObject"))
  if (kind.question === true && method !== "POST") return yield* methodNotAllowed()
  if (method === "GET") return yield* read(cluster, path, request, format)
  if (kind.namespaced && namespace === "") return yield* methodNotAllowed()
  const body = yield* Effect.fromResult(requestBody(request.body, contentType))
  if (method === "DELETE") {
    if (subresource !== undefined) return yield* methodNotAllowed()
    const how = yield* Effect.fromResult(deleteOptions(query, body))
    if (name === undefined) {
      const gone = yield* cluster.deleteCollection(kind, selection(path, query), how)
      const items = gone.map(({ object }) => object)
      return json(listText(kind, { resourceVersion: "", items }, format, yield* Clock.currentTimeMillis))
    }
    const { object, gone } = yield* cluster.delete(kind, namespace, name, how)
    if (!gone || answersObject.has(kind.storage))
      return json(objectText(kind, object, format, yield* Clock.currentTimeMillis))
    const group = kind.group === "" ? undefined : kind.group
    const details = defined({ name, group, kind: kind.plural, uid: object.metadata.uid })
    return json(JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details }))
  }
  const options = { ...(yield* Effect.fromResult(writeOptions(method, query))), userAgent: request.userAgent }
  if (method === "POST" && name === undefined) {
    return yield* written(kind, yield* cluster.create(kind, namespace, body, options), format, 201)
  }
  if (name === undefined) return yield* methodNotAllowed()
  if (method === "PUT") {
    return yield* written(kind, yield* cluster.update(kind, namespace, name, body, subresource, options), format)
  }
  if (method === "PATCH") {
    const type = patchType(contentType)
    if (type === undefined) {
      return yield* unsupportedMediaType(["application/json-patch+json", "application/merge-patch+json"])
    }
    if (type !== "apply" && options.force !== undefined) {
      const problem = forbidden("force", "may not be specified for non-apply patch")
      return yield* invalid({ group: "meta.k8s.io", kind: "PatchOptions", plural: "patchoptions" }, "", [problem])
    }
    return yield* written(
      kind,
      yield* cluster.patch(kind, namespace, name, { type, body, subresource }, options),
      format,
    )
  }
  return yield* methodNotAllowed()
})

/** Kinds whose deletion answers with the object even if it was removed immediately. */
const answersObject: ReadonlySet<string> = new Set(["pods", "services", "persistentvolumeclaims", "serviceaccounts"])

const document = (found: Fields | undefined): Effect.Effect<Answer, ApiError> =>
  found === undefined ? Effect.fail(unknownResource()) : Effect.succeed(json(JSON.stringify(found)))

const discovery = (cluster: Cluster, core: boolean, request: ApiRequest): Effect.Effect<Answer, ApiError> => {
  const version = /g=apidiscovery\.k8s\.io;v=(v2(?:beta1)?);as=APIGroupDiscoveryList/.exec(request.accept ?? "")?.[1]
  if (version === undefined) return document(core ? apiVersions(request.address) : apiGroupList(cluster.kinds))
  return Effect.succeed({
    _tag: "Text",
    status: 200,
    contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    text: JSON.stringify(aggregatedDiscovery(cluster.kinds, core, version)),
  })
}

/** Answers a request. Fails if the server refuses it; for `ConnectionLost` the caller breaks the connection. */
export const handle = (cluster: Cluster, request: ApiRequest): Effect.Effect<Answer, RequestError, Scope.Scope> => {
  const path = requestPath(cluster.kinds, request.pathname)
  if (path._tag === "Resource") return resource(cluster, path, request)
  if (path._tag === "Unknown") return Effect.fail(unknownResource())
  if (request.method !== "GET") return Effect.fail(methodNotAllowed())
  switch (path._tag) {
    case "Versions":
      return discovery(cluster, true, request)
    case "Groups":
      return discovery(cluster, false, request)
    case "Group":
      return document(apiGroup(cluster.kinds, path.group))
    case "GroupVersion":
      return document(apiResourceList(cluster.kinds, path.group, path.version))
    case "OpenApiIndex":
      return document(openApiIndex(cluster.kinds))
    case "OpenApi":
      return document(openApi(cluster.kinds, path.group, path.version))
    case "OpenApiV2":
      // Clients ask for Protobuf here. The empty message is a document without definitions: they fall back to v3 or to built-in types.
      return Effect.succeed(
        (request.accept ?? "").includes("protobuf")
          ? { _tag: "Text", status: 200, contentType: "application/octet-stream", text: "" }
          : json('{"swagger":"2.0","info":{"title":"Kubernetes","version":"v1.36.0"},"paths":{},"definitions":{}}'),
      )
    case "Version":
      return document(serverVersion)
    case "Health":
      return Effect.succeed({ _tag: "Text", status: 200, contentType: "text/plain", text: "ok" })
  }
}
