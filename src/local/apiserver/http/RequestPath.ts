/** Parses URL paths: the layout of Kubernetes' API paths. */

import type { KindRegistry, ResourceKind } from "../ResourceKind.ts"

export type RequestPath =
  /** One object (`name` given), or a collection. */
  | {
      readonly _tag: "Resource"
      readonly kind: ResourceKind
      /** `""`: all namespaces, or a kind that is not namespaced. */
      readonly namespace: string
      readonly name: string | undefined
      readonly subresource: string | undefined
      /** What follows `/proxy`, with its leading slash; the path at the target of the request. */
      readonly inside: string | undefined
      /** From `/watch/…` paths of old clients. */
      readonly watch: boolean
    }
  | { readonly _tag: "Versions" }
  | { readonly _tag: "Groups" }
  | { readonly _tag: "Group"; readonly group: string }
  | { readonly _tag: "GroupVersion"; readonly group: string; readonly version: string }
  | { readonly _tag: "OpenApiIndex" }
  | { readonly _tag: "OpenApi"; readonly group: string; readonly version: string }
  | { readonly _tag: "OpenApiV2" }
  | { readonly _tag: "Version" }
  | { readonly _tag: "Health" }
  | { readonly _tag: "Unknown" }

const unknown: RequestPath = { _tag: "Unknown" }

/** `rest` is what follows the group and version. */
const resource = (kinds: KindRegistry, group: string, version: string, rest: ReadonlyArray<string>): RequestPath => {
  const watch = rest[0] === "watch"
  const path = watch ? rest.slice(1) : rest
  const inNamespace = path[0] === "namespaces" && path.length > 2 ? kinds.find(group, version, path[2]!) : undefined
  // `/namespaces/default/status` is the status of a namespace, not a kind called status.
  const [plural, name, subresource] = inNamespace === undefined ? path : path.slice(2)
  const kind = inNamespace ?? kinds.find(group, version, plural ?? "")
  const inside = inNamespace !== undefined && subresource === "proxy" ? `/${path.slice(5).join("/")}` : undefined
  if (kind === undefined || (inside === undefined && path.length > (inNamespace === undefined ? 3 : 5))) return unknown
  if (inNamespace !== undefined && !kind.namespaced) return unknown
  if (inNamespace === undefined && kind.namespaced && name !== undefined) return unknown
  const namespace = inNamespace === undefined ? "" : path[1]!
  return { _tag: "Resource", kind, namespace, name, subresource, inside, watch }
}

/** `pathname` as it came, still percent-encoded. */
export const requestPath = (kinds: KindRegistry, pathname: string): RequestPath => {
  const parts = pathname.split("/").filter((part) => part !== "")
  if (parts.some((part) => /%(?![0-9a-fA-F]{2})/.test(part))) return unknown
  const [root, first, second, ...rest] = parts.map(decodeURIComponent)
  const found = located(kinds, root, first, second, rest)
  if (found._tag !== "Resource" || found.inside === undefined) return found
  // What follows `/proxy` is the pod's: slash at the end and encoding included.
  return {
    ...found,
    inside: /^\/api\/v1\/namespaces\/[^/]+\/[^/]+\/[^/]+\/proxy(\/.*)$/s.exec(pathname)?.[1] ?? found.inside,
  }
}

const located = (
  kinds: KindRegistry,
  root: string | undefined,
  first: string | undefined,
  second: string | undefined,
  rest: ReadonlyArray<string>,
): RequestPath => {
  switch (root) {
    case "api":
      if (first === undefined) return { _tag: "Versions" }
      if (second === undefined) return { _tag: "GroupVersion", group: "", version: first }
      return resource(kinds, "", first, [second, ...rest])
    case "apis":
      if (first === undefined) return { _tag: "Groups" }
      if (second === undefined) return { _tag: "Group", group: first }
      return rest.length === 0
        ? { _tag: "GroupVersion", group: first, version: second }
        : resource(kinds, first, second, rest)
    case "openapi":
      if (first === "v2") return { _tag: "OpenApiV2" }
      if (first !== "v3") return unknown
      if (second === undefined) return { _tag: "OpenApiIndex" }
      if (second === "api") return { _tag: "OpenApi", group: "", version: rest[0] ?? "" }
      return { _tag: "OpenApi", group: rest[0] ?? "", version: rest[1] ?? "" }
    case "version":
      return { _tag: "Version" }
    case "healthz":
    case "livez":
    case "readyz":
      return { _tag: "Health" }
    default:
      return unknown
  }
}
