/** The server and the executors of a SparkConnect: kubeflow's fields, and ways to reach the server from outside the cluster. */

import { Schema } from "effect"
import type { PodTemplateSpec, Service } from "kubernetes-types/core/v1"
import { ParentReference } from "../ParentReference.ts"
import { anyObject, optional, required } from "../schema/Field.ts"
import { Count, PositiveInt32, SparkMemory, StringMap, Strings } from "../schema/Scalar.ts"

const podFields = {
  cores: optional(PositiveInt32, "The number of CPU cores for Spark, and the CPU request of the pod. Defaults to 1."),
  memory: optional(
    SparkMemory,
    "The heap size in Spark's notation, such as 4g. The pod gets this and an overhead. Defaults to 1g.",
  ),
  template: optional(
    anyObject<PodTemplateSpec>(),
    "A pod template, for settings that have no field of their own. Fields of this resource take precedence over it.",
  ),
}

/** Ingress for gRPC. */
export const ConnectIngress = Schema.Struct({
  host: required(Schema.String, "The host name under which clients reach the server."),
  ingressClassName: optional(Schema.String, "The class of the Ingress. Defaults to the default class of the cluster."),
  annotations: optional(
    StringMap,
    "Annotations of the Ingress. They are added to those that common controllers need for gRPC, and win over them.",
  ),
  tlsSecretName: optional(
    Schema.String,
    "The name of the Secret with the certificate of the host. Most controllers serve gRPC only with TLS.",
  ),
  tls: optional(
    Schema.Boolean,
    "Whether clients use TLS. True without tlsSecretName: with the default certificate of the controller. Defaults to true with tlsSecretName, or if the annotations of the AWS Load Balancer Controller request HTTPS.",
  ),
})
export type ConnectIngress = typeof ConnectIngress.Type

/** GRPCRoute of the Gateway API. */
export const ConnectRoute = Schema.Struct({
  parentRefs: optional(
    Schema.Array(ParentReference),
    "The Gateways to which the route is attached. Defaults to those of the operator (--gateway-parent-refs).",
  ),
  hostnames: required(Strings, "The host names under which clients reach the server."),
  plaintext: optional(
    Schema.Boolean,
    "Whether the listener of the Gateway takes connections without TLS, on port 80. Defaults to false.",
  ),
  annotations: optional(StringMap, "Annotations of the route."),
})
export type ConnectRoute = typeof ConnectRoute.Type

export const ServerSpec = Schema.Struct({
  ...podFields,
  service: optional(
    anyObject<Service>(),
    "The Service of the server, for its name, labels, annotations, type and ports. The operator sets the selector, and adds the ports that it does not have. Defaults to a ClusterIP Service <name>-server.",
  ),
  ingress: optional(ConnectIngress, "An Ingress for clients outside the cluster."),
  grpcRoute: optional(ConnectRoute, "A GRPCRoute of the Gateway API for clients outside the cluster."),
})
export type ServerSpec = typeof ServerSpec.Type

export const ConnectExecutorSpec = Schema.Struct({
  ...podFields,
  instances: optional(
    Count,
    "The number of executors; with dynamic allocation, the initial number. Defaults to 1 without dynamic allocation.",
  ),
})
export type ConnectExecutorSpec = typeof ConnectExecutorSpec.Type
