/** Where a history server is reached: inside the cluster, by browsers, and the page of one application. Pure. */

import type { Service } from "kubernetes-types/core/v1"
import type { HistoryIngress, HistoryRoute } from "../../api/history/ServerAccess.ts"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { defaultPort, portName, serverName } from "./Names.ts"

type Server = Pick<SparkHistoryServer, "metadata" | "spec">

/** Of the Service that the operator makes. */
export const servicePort = ({ spec }: Pick<Server, "spec">): number => {
  const ports = portsOf(spec.service)
  return (
    (ports.find(({ name }) => name === portName) ?? (ports.length === 1 ? ports[0] : undefined))?.port ?? defaultPort
  )
}

const portsOf = (service: Service | undefined) => service?.spec?.ports ?? []

/** `http://history.team.svc:18080` */
export const endpointOf = (server: Server): string =>
  `http://${serverName(server)}.${server.metadata.namespace}.svc:${servicePort(server)}`

/** Undefined unless it is an address that a page can link to. */
export const parseUrl = (text: string): URL | undefined => {
  if (!/^https?:\/\/[^\s/]/i.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.search + url.hash + url.username === "" ? url : undefined
}

export const publicUrl = ({ spec }: Pick<Server, "spec">): URL | undefined =>
  spec.url === undefined ? undefined : parseUrl(spec.url)

const ofIngress = ({ host, tlsSecretName, tls = tlsSecretName !== undefined }: HistoryIngress) =>
  `${tls ? "https" : "http"}://${host}`

const ofRoute = ({ hostnames, parentRefs, plaintext = false }: HistoryRoute) => {
  const port = parentRefs.find(({ port }) => port !== undefined)?.port
  const usual = plaintext ? 80 : 443
  return `${plaintext ? "http" : "https"}://${hostnames[0]}${port === undefined || port === usual ? "" : `:${port}`}`
}

/** For browsers; without a slash at the end. */
export const urlOf = (server: Server): string => {
  const { url, ingress, httpRoute } = server.spec
  if (url !== undefined) return url.replace(/\/+$/, "")
  if (ingress !== undefined) return ofIngress(ingress)
  return httpRoute === undefined ? endpointOf(server) : ofRoute(httpRoute)
}

/** The page of an application. The server redirects `/history/<id>/` to this one, without the path that a proxy may have removed. */
export const urlFormatOf = (server: Server): string => `${urlOf(server)}/history/{{appId}}/jobs/`
