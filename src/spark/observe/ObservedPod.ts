/** Driver, executor and submitter pods as the facts that a decision may use, without the types of Kubernetes. `PodFacts.ts` reads them. */

export interface Terminated {
  /** The init container that failed, so that Spark's container never started; absent: Spark's own container. */
  readonly initContainer?: string
  readonly exitCode: number
  /** The reason given by the kubelet: `Completed`, `Error`, `OOMKilled`, … */
  readonly reason: string
  readonly message: string | undefined
  /** Epoch milliseconds; undefined if the kubelet did not report it. */
  readonly finishedAt: number | undefined
}

/** Why a pod does not start, in the words of the scheduler, the kubelet or another controller. */
export interface Waiting {
  readonly reason: string
  readonly message: string | undefined
}

/** The driver pod of the current submission. */
export interface DriverPod {
  readonly _tag: "Present"
  readonly name: string
  readonly uid: string
  /** Label `spark-app-selector`. */
  readonly sparkApplicationId: string | undefined
  /** Fingerprint of the spec that it was made from; absent where an earlier version or another operator made it. */
  readonly runSpecHash?: string
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown"
  /** The Spark container has ended, whatever the sidecars do; or an init container failed. */
  readonly terminated: Terminated | undefined
  /** Reason and message of the pod itself: `Evicted`, `NodeLost`, `DeadlineExceeded`, … */
  readonly podReason: string | undefined
  readonly podMessage: string | undefined
  /** Why it does not start: `Unschedulable`, `ImagePullBackOff`, `CreateContainerConfigError`, … Ordinary start-up is not a reason. */
  readonly waiting: Waiting | undefined
  /** When there may be another reason without a change of the pod or an Event, in epoch milliseconds. */
  readonly recheckAt?: number | undefined
  readonly labels?: Readonly<Record<string, string>>
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly scheduledAt: number | undefined
  /** Volumes and network were ready before the first container started. */
  readonly sandboxAt: number | undefined
  /** When the last of its init containers succeeded; undefined if there are none. */
  readonly initializedAt: number | undefined
  readonly startedAt: number | undefined
  readonly readyAt: number | undefined
  /** Its deletion was requested. */
  readonly deleting: boolean
  /** When that deletion is due, and what holds it, in words. */
  readonly deletion?: string | undefined
  /** The pod is gone; this is its last known state. */
  readonly deleted: boolean
}

export interface Executor {
  readonly name: string
  readonly uid: string
  /** Label `spark-exec-id`; 0 if there is none. */
  readonly id: number
  readonly state: "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "UNKNOWN"
  readonly reason: string | undefined
  readonly message: string | undefined
  readonly exitCode: number | undefined
  /** The init container that failed, so that Spark's container never started. */
  readonly initContainer: string | undefined
  /** Why it does not start, as for a driver. */
  readonly waiting: Waiting | undefined
  /** When there may be another reason without a change of the pod or an Event, in epoch milliseconds. */
  readonly recheckAt?: number | undefined
  readonly labels?: Readonly<Record<string, string>>
  /** Epoch milliseconds. */
  readonly createdAt: number | undefined
  /** When its Spark container started. */
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
  /** Its deletion was requested. */
  readonly deleting: boolean
  /** When that deletion is due, and what holds it, in words. */
  readonly deletion?: string | undefined
  /** The pod is gone; this is its last known state. */
  readonly deleted: boolean
}

/** A pod of the current submission's Job that has not ended: it may still create a driver. */
export interface SubmitterPod {
  /** Why it does not start, as for a driver. */
  readonly waiting: Waiting | undefined
  /** Its deletion was requested. */
  readonly deleting: boolean
  /** When that deletion is due, and what holds it, in words. */
  readonly deletion?: string | undefined
}
