/**
 * At which port, and whether by TLS, clients reach what is in front of a server: an Ingress, a Gateway, or a load balancer that ends TLS itself.
 * Controllers of AWS are configured by annotations. Pure.
 */

import { Option, Schema } from "effect"
import type { Service } from "kubernetes-types/core/v1"
import type { ConnectIngress, ConnectRoute } from "../../api/connect/ServerSpec.ts"
import { connectPortName } from "./ServerService.ts"

export interface EdgePort {
  readonly port: number
  readonly secure: boolean
}

const usual = (secure: boolean): EdgePort => ({ port: secure ? 443 : 80, secure })

const alb = "alb.ingress.kubernetes.io"
/** `[{"HTTP": 80}, {"HTTPS": 443}]` */
const listenPorts = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Array(Schema.Record(Schema.String, Schema.Number))),
)

/** The listener for gRPC, which the AWS Load Balancer Controller serves by HTTPS alone. */
const albPort = (annotations: Readonly<Record<string, string>>): EdgePort | undefined => {
  const listeners = Option.getOrElse(listenPorts(annotations[`${alb}/listen-ports`]), () => [])
  const https = listeners.find((listener) => listener["HTTPS"] !== undefined)?.["HTTPS"]
  if (https !== undefined) return { port: https, secure: true }
  return annotations[`${alb}/certificate-arn`] === undefined ? undefined : usual(true)
}

export const ingressPort = ({ annotations = {}, tlsSecretName, tls }: ConnectIngress): EdgePort =>
  (tls === false ? undefined : albPort(annotations)) ?? usual(tls ?? tlsSecretName !== undefined)

export const routePort = ({ parentRefs = [], plaintext }: ConnectRoute): EdgePort => {
  const secure = plaintext !== true
  return { port: parentRefs.find(({ port }) => port !== undefined)?.port ?? usual(secure).port, secure }
}

const awsCertificate = "service.beta.kubernetes.io/aws-load-balancer-ssl-cert"
const awsPorts = "service.beta.kubernetes.io/aws-load-balancer-ssl-ports"

/** Whether the load balancer of the Service ends TLS at this port; without a list of ports, it does so at all. */
export const balancerEndsTls = (service: Service | undefined, port: number): boolean => {
  const { [awsCertificate]: certificate, [awsPorts]: ports = "*" } = service?.metadata?.annotations ?? {}
  const named = ports.split(",").map((one) => one.trim())
  return certificate !== undefined && ["*", String(port), connectPortName].some((one) => named.includes(one))
}
