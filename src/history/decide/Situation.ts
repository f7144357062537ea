/** Everything that a decision about a history server may use. */

import type { Deployment } from "kubernetes-types/apps/v1"
import type { SparkHistoryServerStatus } from "../../api/history/SparkHistoryServerStatus.ts"
import type { Problem } from "../../api/Problem.ts"
import type { RouteProblem } from "../../kube/gateway/Route.ts"
import type { KubeObject, Resource } from "../../kube/Resource.ts"
import type { Made } from "../objects/Objects.ts"
import type { ServerPod } from "./PodState.ts"

/** An object of this server as it is in the cluster. */
export interface Existing {
  readonly resource: Resource
  readonly object: KubeObject
}

/** A final refusal of the API server, for one object. */
export interface Refusal {
  readonly resource: Resource
  readonly name: string
  readonly reason: string
  readonly message: string
}

/** A claim of the spec: how it can be mounted; undefined: it does not exist. */
export interface Claim {
  readonly name: string
  readonly accessModes: ReadonlyArray<string> | undefined
}

export interface RouteState {
  readonly problem: RouteProblem | undefined
  /** Whether no controller has reported on it yet. */
  readonly pending: boolean
}

export interface Situation {
  readonly generation: number
  readonly deleting: boolean
  readonly replicas: number
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<Problem>
  /** Undefined if the spec is not valid: nothing is changed then. */
  readonly desired: ReadonlyArray<Made> | undefined
  /** Undefined if the spec is not valid. */
  readonly addresses: { readonly endpoint: string; readonly url: string } | undefined
  /** What Spark reads, for messages. */
  readonly directories: ReadonlyArray<string>
  /** Whether applications are selected, and what is wrong with that. */
  readonly selection: { readonly conflict: string | undefined } | undefined
  readonly existing: ReadonlyArray<Existing>
  readonly deployments: ReadonlyArray<Deployment>
  readonly pods: ReadonlyArray<ServerPod>
  readonly claims: ReadonlyArray<Claim>
  /** What becomes of the HTTPRoute; undefined without one. */
  readonly route: RouteState | undefined
  /** Undefined before anything was tried. */
  readonly refusals: ReadonlyArray<Refusal> | undefined
  /** Revisions that the API server writes in another form than the operator; only their hash is compared. */
  readonly rewritten: ReadonlySet<string>
  readonly status: SparkHistoryServerStatus
  /** Epoch milliseconds. */
  readonly now: number
}
