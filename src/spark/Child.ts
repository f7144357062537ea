/**
 * A companion object of a driver: one that a submission makes besides the driver pod, its Service and its ConfigMaps, such as a
 * NetworkPolicy or a claim for a volume. It names its resource as the API server does, so it can be created and deleted without a table
 * of kinds.
 */

import type { OwnerReference } from "kubernetes-types/meta/v1"

/** The part of a Kubernetes object that creating it needs. */
export interface ChildObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: {
    readonly name?: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: ReadonlyArray<OwnerReference>
  }
  readonly spec?: unknown
}

export interface Child {
  /** Whether it is created before the driver pod, which needs it, or after. */
  readonly phase: "before" | "after"
  /** The API group; empty for the core group. */
  readonly group: string
  readonly version: string
  /** The resource as in the paths of the API, such as `networkpolicies`. */
  readonly plural: string
  readonly kind: string
  readonly object: ChildObject
  /** Of a route of the Gateway API: the field or the flag that names the Gateways, for messages. */
  readonly parentsFrom?: string
}
