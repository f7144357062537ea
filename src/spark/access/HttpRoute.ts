/**
 * An HTTPRoute of the Gateway API (`gateway.networking.k8s.io/v1`, standard channel): from Gateways to a port of a Service. It knows no driver,
 * so that whatever has a Service can have one.
 */

import type { ObjectMeta } from "kubernetes-types/meta/v1"
import type { ParentReference } from "../../api/ParentReference.ts"
import { type KubeObject, resource } from "../../kube/Resource.ts"

export interface HttpRoute extends KubeObject {
  readonly spec: {
    readonly parentRefs: ReadonlyArray<ParentReference>
    readonly hostnames: ReadonlyArray<string>
    readonly rules: ReadonlyArray<object>
  }
}

export const httpRoutes = resource<HttpRoute>("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute")

/** Everything after the path, as if it began at the root: what the annotation `rewrite-target` of ingress-nginx does for an Ingress. */
const withoutPrefix = {
  type: "URLRewrite",
  urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } },
}

/**
 * The route from host names to a port of a Service in the same namespace. With a path, everything below it is served without that path. TLS
 * ends at the listener of the Gateway.
 */
export const httpRoute = (
  metadata: ObjectMeta,
  parentRefs: ReadonlyArray<ParentReference>,
  { hostnames, path }: { readonly hostnames: ReadonlyArray<string>; readonly path: string },
  backend: { readonly service: string; readonly port: number },
): HttpRoute => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata,
  spec: {
    parentRefs: parentRefs.map((parent) => ({ ...parent })),
    hostnames: [...hostnames],
    rules: [
      {
        matches: [{ path: { type: "PathPrefix", value: path === "" ? "/" : path } }],
        ...(path === "" ? {} : { filters: [withoutPrefix] }),
        backendRefs: [{ name: backend.service, port: backend.port }],
      },
    ],
  },
})
