/** How people and machines reach a running driver: the Service and Ingress of the Spark UI and of further ports. */

import { Schema } from "effect"
import type * as networking from "kubernetes-types/networking/v1"
import { embedded, optional, required } from "../schema/Field.ts"
import { Int32, StringMap, Strings } from "../schema/Scalar.ts"

export const IngressTLS = embedded<networking.IngressTLS>()({
  hosts: optional(Strings, "The host names the certificate is for."),
  secretName: optional(Schema.String, "The Secret that holds the certificate."),
})

const shared = {
  serviceType: optional(Schema.String, "The type of the Service; ClusterIP when left out."),
  serviceAnnotations: optional(StringMap, "Annotations of the Service."),
  serviceLabels: optional(StringMap, "Labels of the Service."),
  ingressAnnotations: optional(StringMap, "Annotations of the Ingress."),
  ingressTLS: optional(Schema.Array(IngressTLS), "Certificates of the Ingress."),
}

export const SparkUIOptions = Schema.Struct({
  servicePort: optional(Int32, "The port of the Service; that of the Spark UI when left out."),
  servicePortName: optional(Schema.String, "The name of that port; spark-driver-ui-port when left out."),
  ...shared,
})
export type SparkUIOptions = typeof SparkUIOptions.Type

export const DriverIngressOptions = Schema.Struct({
  servicePort: required(Int32, "The port of the Service and of the driver."),
  servicePortName: required(Schema.String, "The name of that port."),
  ingressURLFormat: optional(
    Schema.String,
    "The address of the Ingress, in which {{$appName}} and {{$appNamespace}} are replaced.",
  ),
  ...shared,
})
export type DriverIngressOptions = typeof DriverIngressOptions.Type
