/** Access to a running driver: the Service and Ingress, or HTTPRoute, of the Spark UI and of additional driver ports. */

import { Schema } from "effect"
import type * as networking from "kubernetes-types/networking/v1"
import type { ParentReference } from "../ParentReference.ts"
import { anyObject, embedded, optional, required } from "../schema/Field.ts"
import { Int32, StringMap, Strings } from "../schema/Scalar.ts"

export const IngressTLS = embedded<networking.IngressTLS>()({
  hosts: optional(Strings, "The host names that the certificate covers."),
  secretName: optional(Schema.String, "The name of the Secret with the certificate and its private key."),
})

const shared = {
  serviceType: optional(Schema.String, "The type of the Service. Defaults to ClusterIP."),
  serviceAnnotations: optional(StringMap, "Annotations of the Service."),
  serviceLabels: optional(StringMap, "Labels of the Service."),
  ingressAnnotations: optional(StringMap, "Annotations of the Ingress."),
  ingressTLS: optional(Schema.Array(IngressTLS), "The TLS configuration of the Ingress."),
  /** In the definition without its fields, which would not fit four times; `spark/access/AccessRules` checks them. */
  parentRefs: optional(
    Schema.Array(anyObject<ParentReference>()),
    "The Gateways of an HTTPRoute, instead of an Ingress.",
  ),
}

export const SparkUIOptions = Schema.Struct({
  servicePort: optional(Int32, "The port of the Service. Defaults to 4040."),
  servicePortName: optional(Schema.String, "The name of the Service port. Defaults to spark-driver-ui-port."),
  ...shared,
})
export type SparkUIOptions = typeof SparkUIOptions.Type

export const DriverIngressOptions = Schema.Struct({
  servicePort: required(Int32, "The port of the driver, which is also the port of the Service."),
  servicePortName: required(Schema.String, "The name of the Service port."),
  ingressURLFormat: optional(
    Schema.String,
    "The URL of the Ingress. {{$appName}}, {{$appNamespace}} and {{$appId}} are replaced. If unset, no Ingress is created.",
  ),
  ...shared,
})
export type DriverIngressOptions = typeof DriverIngressOptions.Type
