/** An Ingress that serves everything of one host from a Service: what servers have in common. */

import type { ObjectMeta } from "kubernetes-types/meta/v1"
import type { Ingress } from "kubernetes-types/networking/v1"

/** As the resources of servers request it. */
export interface HostIngress {
  readonly host: string
  readonly ingressClassName?: string
  readonly tlsSecretName?: string
  /** Left out: with a Secret only. Without a Secret, the certificate is the default of the controller. */
  readonly tls?: boolean
}

/** `port`: the name of a port of the Service. */
export const hostIngress = (
  metadata: ObjectMeta,
  { host, ingressClassName, tlsSecretName, tls = tlsSecretName !== undefined }: HostIngress,
  backend: { readonly service: string; readonly port: string },
): Ingress => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata,
  spec: {
    ...(ingressClassName === undefined ? {} : { ingressClassName }),
    ...(tls ? { tls: [{ hosts: [host], ...(tlsSecretName === undefined ? {} : { secretName: tlsSecretName }) }] } : {}),
    rules: [
      {
        host,
        http: {
          paths: [
            {
              path: "/",
              pathType: "Prefix",
              backend: { service: { name: backend.service, port: { name: backend.port } } },
            },
          ],
        },
      },
    ],
  },
})
