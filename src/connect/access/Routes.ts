/** The Ingress and the GRPCRoute of a server, with what gRPC needs: HTTP/2 to the backend, and connections that may be silent for an hour. */

import type { Ingress } from "kubernetes-types/networking/v1"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import { type KubeObject, resource } from "../../kube/Resource.ts"
import { hostIngress } from "../../spark/access/HostIngress.ts"
import { routeName, serviceName } from "../Names.ts"
import { type AccessObject, accessMetadata, accessObject } from "./AccessObject.ts"
import { connectPortName } from "./ServerService.ts"

export const ingresses = resource<Ingress>("networking.k8s.io", "v1", "ingresses", "Ingress")
export const grpcRoutes = resource<KubeObject>("gateway.networking.k8s.io", "v1", "grpcroutes", "GRPCRoute")

/** Seconds: before Spark 4.3 no keepalive crosses a proxy while a query computes. */
const idleConnection = "3600"

/**
 * For ingress-nginx, the controllers of HAProxy (both projects), and AWS. The Ingress API itself cannot express the protocol of the backend;
 * Traefik and others take it from `appProtocol: grpc` or from annotations of the Service.
 */
const grpcAnnotations: Readonly<Record<string, string>> = {
  "nginx.ingress.kubernetes.io/backend-protocol": "GRPC",
  "nginx.ingress.kubernetes.io/proxy-body-size": "0",
  "nginx.ingress.kubernetes.io/proxy-read-timeout": idleConnection,
  "nginx.ingress.kubernetes.io/proxy-send-timeout": idleConnection,
  "haproxy-ingress.github.io/backend-protocol": "grpc",
  "haproxy.org/server-proto": "h2",
  "alb.ingress.kubernetes.io/backend-protocol-version": "GRPC",
}

/** The Ingress; none unless the spec requests it. */
export const serverIngress = (connect: SparkConnect): ReadonlyArray<AccessObject> => {
  const { ingress } = connect.spec.server
  if (ingress === undefined) return []
  const annotations = { ...grpcAnnotations, ...ingress.annotations }
  const metadata = accessMetadata(connect, routeName(connect), { annotations })
  const object = hostIngress(metadata, ingress, { service: serviceName(connect), port: connectPortName })
  return [accessObject(ingresses, object)]
}

/** The GRPCRoute to this port of the Service; none unless the spec requests it. */
export const serverRoute = (connect: SparkConnect, port: number): ReadonlyArray<AccessObject> => {
  const { grpcRoute } = connect.spec.server
  if (grpcRoute === undefined) return []
  const { parentRefs = [], hostnames, annotations } = grpcRoute
  const object: KubeObject & { readonly spec: object } = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GRPCRoute",
    metadata: accessMetadata(connect, routeName(connect), { annotations }),
    spec: { parentRefs, hostnames, rules: [{ backendRefs: [{ name: serviceName(connect), port }] }] },
  }
  return [accessObject(grpcRoutes, object)]
}
