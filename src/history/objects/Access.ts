/** The Service, the Ingress and the HTTPRoute of a history server. Pure. */

import type { Service, ServicePort } from "kubernetes-types/core/v1"
import type { Ingress } from "kubernetes-types/networking/v1"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { hostIngress } from "../../spark/access/HostIngress.ts"
import { type HttpRoute, httpRoute as routeTo } from "../../spark/access/HttpRoute.ts"
import { servicePort } from "./Addresses.ts"
import { ownedMetadata, portName, selectorLabels, serverName } from "./Names.ts"

/** The user's port over ours, and the user's others. */
const portsOf = (server: SparkHistoryServer): Array<ServicePort> => {
  const users = server.spec.service?.spec?.ports ?? []
  const number = servicePort(server)
  const own: ServicePort = { name: portName, port: number, targetPort: portName, protocol: "TCP", appProtocol: "http" }
  const isOwn = ({ name, port }: ServicePort) => name === portName || (name === undefined && port === number)
  return [{ ...own, ...users.find(isOwn), name: portName }, ...users.filter((port) => !isOwn(port))]
}

export const serverService = (server: SparkHistoryServer): Service => {
  const { metadata, spec } = server.spec.service ?? {}
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: ownedMetadata(server, serverName(server), metadata),
    spec: { type: "ClusterIP", ...spec, selector: selectorLabels(server), ports: portsOf(server) },
  }
}

export const serverIngress = (server: SparkHistoryServer): ReadonlyArray<Ingress> => {
  const { ingress } = server.spec
  if (ingress === undefined) return []
  const metadata = ownedMetadata(server, serverName(server), { annotations: ingress.annotations })
  return [hostIngress(metadata, ingress, { service: serverName(server), port: portName })]
}

export const serverRoute = (server: SparkHistoryServer): ReadonlyArray<HttpRoute> => {
  const { httpRoute } = server.spec
  if (httpRoute === undefined) return []
  const { parentRefs, hostnames, annotations } = httpRoute
  const metadata = ownedMetadata(server, serverName(server), { annotations })
  const backend = { service: serverName(server), port: servicePort(server) }
  return [routeTo(metadata, parentRefs, { hostnames, path: "" }, backend)]
}
