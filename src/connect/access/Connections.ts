/**
 * The exact connection string for each way to a server. Python clients use TLS whenever a token is given as such, except for the host
 * `localhost`; no released server speaks TLS, so they hang. Where there is no TLS on the way, the token is therefore given as a gRPC header,
 * which the client passes on unchanged.
 */

import type { Service } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { ConnectionLine } from "../../api/connect/SparkConnectStatus.ts"
import type { Plan } from "../../spark/Plan.ts"
import { serviceName } from "../Names.ts"
import { clientPort } from "./Access.ts"
import { balancerEndsTls, type EdgePort, ingressPort, routePort } from "./EdgePorts.ts"
import { connectPortName } from "./ServerService.ts"

const trap =
  "Without TLS, do not write ;token=: the Python client would then speak TLS, which the server does not, and hang."
const clearText = "This connection is not encrypted."

const url = (host: string, port: number, ...parameters: ReadonlyArray<string>): string => {
  const shown = host.includes(":") ? `[${host}]` : host
  return `sc://${shown}:${port}${parameters.length === 0 ? "" : `/;${parameters.join(";")}`}`
}

/** Inside the cluster, without a token: `status.endpoint`. */
export const endpointOf = (connect: SparkConnect, port: number): string =>
  url(`${serviceName(connect)}.${connect.metadata.namespace}.svc`, port)

const notes = (...texts: ReadonlyArray<string>) => (texts.length === 0 ? {} : { note: texts.join(" ") })

/** Every way that exists now. `service`: as it is in the cluster; undefined before it was created. */
export const connectionsOf = (
  connect: SparkConnect,
  plan: Pick<Plan, "conf">,
  service: Service | undefined,
): ReadonlyArray<ConnectionLine> => {
  const { metadata, spec } = connect
  const hasToken = spec.auth?.mode === "Token"
  const name = serviceName(connect)
  const port = clientPort(service, plan)
  const header = hasToken ? ["authorization=Bearer%20<token>"] : []
  const token = hasToken ? ["token=<token>"] : []
  const plain = (host: string, port: number) => url(host, port, ...header)
  const outside = notes(clearText, ...(hasToken ? [trap] : []))
  const edge = (from: ConnectionLine["from"], host: string, { port, secure }: EdgePort): ConnectionLine =>
    secure ? { from, url: url(host, port, "use_ssl=true", ...token) } : { from, url: plain(host, port), ...outside }
  const addresses = service?.status?.loadBalancer?.ingress ?? []
  const nodePort = service?.spec?.ports?.find(({ name }) => name === connectPortName)?.nodePort
  const { ingress, grpcRoute } = spec.server
  return [
    {
      from: "Cluster",
      url: plain(`${name}.${metadata.namespace}.svc`, port),
      ...(hasToken ? notes(trap) : {}),
    },
    {
      from: "PortForward",
      url: url("localhost", port, ...token),
      command: `kubectl port-forward --namespace ${metadata.namespace} service/${name} ${port}:${port}`,
    },
    ...addresses.flatMap(({ ip, hostname }): ReadonlyArray<ConnectionLine> => {
      const host = hostname ?? ip
      const balancer = { port, secure: balancerEndsTls(service, port) }
      return host === undefined ? [] : [edge("LoadBalancer", host, balancer)]
    }),
    ...(nodePort === undefined || addresses.length > 0
      ? []
      : [edge("NodePort", "<node>", { port: nodePort, secure: false })]),
    ...(ingress === undefined ? [] : [edge("Ingress", ingress.host, ingressPort(ingress))]),
    ...(grpcRoute?.hostnames ?? []).map((host) => edge("GRPCRoute", host, routePort(grpcRoute!))),
  ]
}
