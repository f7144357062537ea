/** Everything that a decision about a SparkConnect may use, gathered before it; without the types of Kubernetes. */

import type { SparkConnectStatus } from "../../api/connect/SparkConnectStatus.ts"
import type { DriverPod } from "../../spark/observe/ObservedPod.ts"
import type { Activity } from "../activity/Activity.ts"

/** A server pod of this SparkConnect, of whatever attempt. */
export interface ServerPod extends DriverPod {
  readonly ip: string | undefined
  /** The Spark container answers its readiness probe: the endpoint is open. */
  readonly ready: boolean
  /** By its annotations; undefined for a pod that kubeflow's operator made. */
  readonly attempt: number | undefined
  readonly revision: string | undefined
}

/** What has the name of the server pod. */
export type Server =
  | { readonly _tag: "Missing" }
  | { readonly _tag: "Own"; readonly pod: ServerPod }
  /** A pod of an earlier SparkConnect of this name, which the garbage collector deletes. */
  | { readonly _tag: "Leaving"; readonly message: string }
  | { readonly _tag: "Foreign"; readonly message: string }

/** The API server has rejected the objects of an attempt, and would again. */
export interface Refusal {
  readonly reason: string
  readonly message: string
}

export interface AccessOutcome {
  /** Hash by object, as in `status.access`. */
  readonly applied: Readonly<Record<string, string>>
  /** A sentence for each object that could not be created, updated or deleted. */
  readonly failures: ReadonlyArray<Refusal>
}

export interface Observed {
  /** Of the current attempt if there is one and its pod is known, even if only by its last state. */
  readonly server: Server
  /** Executors of the current server by phase in lower case. */
  readonly executors: NonNullable<SparkConnectStatus["executors"]>
  /** The last reading of the current server. */
  readonly activity: Activity | undefined
  readonly hasService: boolean
  /** Ids of attempts of which there are objects: their headless Service, which is deleted last. */
  readonly attemptsWithObjects: ReadonlyArray<string>
  /** Services for clients under another name than that of the spec: an earlier spec named them. */
  readonly otherServices: ReadonlyArray<string>
  /** Only in a reconcile that has just tried to start a server, and that was refused. */
  readonly refusal?: Refusal | undefined
  /** Only in a reconcile that has just applied the access objects. */
  readonly access?: AccessOutcome | undefined
}
