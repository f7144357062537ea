/** How browsers reach a history server. */

import { Schema } from "effect"
import type { Service } from "kubernetes-types/core/v1"
import { ParentReference } from "../ParentReference.ts"
import { anyObject, optional, required } from "../schema/Field.ts"
import { StringMap, Strings } from "../schema/Scalar.ts"

export const HistoryIngress = Schema.Struct({
  host: required(Schema.String, "The host name of the server."),
  ingressClassName: optional(Schema.String, "The class of the Ingress. Defaults to the default class of the cluster."),
  annotations: optional(StringMap, "Annotations of the Ingress."),
  tlsSecretName: optional(Schema.String, "The name of the Secret with the certificate of the host."),
  tls: optional(
    Schema.Boolean,
    "Whether browsers use HTTPS. True without tlsSecretName: with the default certificate of the controller. Defaults to true with tlsSecretName.",
  ),
})
export type HistoryIngress = typeof HistoryIngress.Type

export const HistoryRoute = Schema.Struct({
  parentRefs: required(Schema.Array(ParentReference), "The Gateways to which the route is attached."),
  hostnames: required(Strings, "The host names of the server."),
  plaintext: optional(
    Schema.Boolean,
    "Whether the listener of the Gateway takes connections without TLS, on port 80. Defaults to false.",
  ),
  annotations: optional(StringMap, "Annotations of the route."),
})
export type HistoryRoute = typeof HistoryRoute.Type

export const accessFields = {
  service: optional(
    anyObject<Service>(),
    "The Service of the server, for its labels, annotations, type and ports. The operator sets name and selector. Defaults to a ClusterIP Service with port 18080.",
  ),
  ingress: optional(HistoryIngress, "An Ingress for browsers outside the cluster."),
  httpRoute: optional(HistoryRoute, "An HTTPRoute of the Gateway API for browsers outside the cluster."),
  url: optional(
    Schema.String,
    "The address under which browsers reach the server, such as https://history.example.com, where the operator cannot know it. With a path, the proxy must remove that path from requests. Defaults to the address of ingress or httpRoute, else to that of the Service.",
  ),
}
