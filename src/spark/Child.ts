/**
 * An object that a submission makes beside its pod, Service and ConfigMaps: a NetworkPolicy, a claim for a volume, a Secret.
 * It names its resource the way the API server does, so that it can be created and deleted without a table of kinds.
 */

import type { OwnerReference } from "kubernetes-types/meta/v1"

/** As much of a Kubernetes object as creating it needs. */
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
  /** Whether it is created before the driver pod, which then finds it, or after it. */
  readonly phase: "before" | "after"
  /** The API group; empty for the core group. */
  readonly group: string
  readonly version: string
  /** The resource as it stands in paths, such as `networkpolicies`. */
  readonly plural: string
  readonly kind: string
  readonly object: ChildObject
}
