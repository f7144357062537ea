/** The operator's settings for the companion objects of a driver. */

import type { IngressTLS } from "kubernetes-types/networking/v1"
import type { ParentReference } from "../api/ParentReference.ts"

export interface ChildOptions {
  /** Whether every driver gets a Service for its UI. */
  readonly uiService: boolean
  /** The address of each driver's UI as in `IngressAddress.ts`; absent: neither Ingress nor HTTPRoute. */
  readonly ingressUrlFormat?: string | undefined
  readonly ingressClassName?: string | undefined
  /** For Ingresses of applications that have no certificates or annotations of their own. */
  readonly ingressTls?: ReadonlyArray<IngressTLS> | undefined
  readonly ingressAnnotations?: Readonly<Record<string, string>> | undefined
  /** What leads from an address to a driver; absent: an Ingress. An application that names Gateways gets an HTTPRoute in any case. */
  readonly uiRoute?: "ingress" | "gateway" | undefined
  /** The Gateways of routes that name none. */
  readonly gatewayParents?: ReadonlyArray<ParentReference> | undefined
  /** Whether `spec.driverPodDisruptionBudget` has an effect. */
  readonly driverPodDisruptionBudget: boolean
}

/** Only the companion objects that a spec itself requests. */
export const noChildOptions: ChildOptions = { uiService: false, driverPodDisruptionBudget: false }
