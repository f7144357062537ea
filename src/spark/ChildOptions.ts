/** What the operator's settings say about the objects beside a driver pod. */

import type { IngressTLS } from "kubernetes-types/networking/v1"

export interface ChildOptions {
  /** Whether every driver gets a Service for its UI. */
  readonly uiService: boolean
  /** The address of each driver's UI as in `IngressAddress.ts`; absent: no Ingress. */
  readonly ingressUrlFormat?: string | undefined
  readonly ingressClassName?: string | undefined
  /** For Ingresses of applications that have no certificates or annotations of their own. */
  readonly ingressTls?: ReadonlyArray<IngressTLS> | undefined
  readonly ingressAnnotations?: Readonly<Record<string, string>> | undefined
  /** Whether `spec.driverPodDisruptionBudget` is obeyed. */
  readonly driverPodDisruptionBudget: boolean
}

/** Nothing beside the driver but what its spec asks for by itself. */
export const noChildOptions: ChildOptions = { uiService: false, driverPodDisruptionBudget: false }
