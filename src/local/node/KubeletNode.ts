/**
 * The node on which pods run, and how the state of a pod is written to the API.
 * A `PodWorker` holds what the kubelet knows of one pod; its fields change, so each worker belongs to one fiber at a time.
 */

import { Clock, type Deferred, Effect, Schedule } from "effect"
import type { Pod, PodStatus } from "kubernetes-types/core/v1"
import type { KubeApi } from "../../kube/Kube.ts"
import { isTransient, type KubeError } from "../../kube/KubeError.ts"
import { events, pods } from "../../kube/Resource.ts"
import { timestamp } from "../../kube/Time.ts"
import { type ContainerState, type PodState, nodeName, statusOf } from "./KubeletStatus.ts"
import type { Program } from "./Program.ts"

export interface Node {
  readonly kube: KubeApi
  /** A pod is played by the first one that matches it. */
  readonly programs: ReadonlyArray<Program>
  readonly nextPodIP: () => string
  /** The pods owned by the pod with this uid, as last seen. */
  readonly ownedBy: (uid: string) => ReadonlyArray<Pod>
}

export interface PodWorker {
  /** As last seen from the API server. */
  pod: Pod
  readonly name: string
  readonly namespace: string
  readonly uid: string
  /** The pod is the n-th of its owner, from 1; every restart of its main container counts, too. */
  attempt: number
  /** Completed with the exit code when the main container is ended from outside. */
  exit: Deferred.Deferred<number>
  state: PodState
  /** As last reported by the kubelet. */
  status: PodStatus | undefined
}

/** The pod is gone, or there is another of its name: the uid in the request is a precondition. */
const isGone = (error: KubeError): boolean =>
  error.reason === "NotFound" || (error.reason === "Conflict" && /precondition/i.test(error.message))

/** Doubling from 100 ms to 5 s, without end: the fiber of a pod is interrupted when the pod is deleted. */
const retries = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")])

/**
 * A write of the kubelet. Transient failures are retried until it succeeds. If the pod is gone, or the write can never succeed, the
 * calling fiber is interrupted: there is nothing left to do for this pod.
 */
export const persist = <A>(worker: PodWorker, request: Effect.Effect<A, KubeError>): Effect.Effect<A> =>
  request.pipe(
    Effect.retry({
      schedule: retries,
      while: (error) => (isTransient(error) || error.reason === "Conflict") && !isGone(error),
    }),
    Effect.catch((error) =>
      isGone(error)
        ? Effect.interrupt
        : Effect.logWarning(`the kubelet gives up on pod ${worker.namespace}/${worker.name}: ${error.message}`).pipe(
            Effect.andThen(Effect.interrupt),
          ),
    ),
  )

/** Assigns the pod to the node, as the scheduler does. The uid protects a new pod of the same name from this write. */
export const bind = (node: Node, worker: PodWorker): Effect.Effect<void> =>
  worker.pod.spec?.nodeName
    ? Effect.void
    : persist(
        worker,
        node.kube.patch(pods, worker.namespace, worker.name, {
          type: "merge",
          body: { metadata: { uid: worker.uid }, spec: { nodeName } },
        }),
      )

/** Changes the state of the pod and reports the resulting status. */
export const update = Effect.fnUntraced(function* (node: Node, worker: PodWorker, change: Partial<PodState>) {
  worker.state = { ...worker.state, ...change }
  worker.status = statusOf(worker.pod, worker.state, yield* Clock.currentTimeMillis, worker.status)
  yield* persist(
    worker,
    node.kube.patch(pods, worker.namespace, worker.name, {
      type: "merge",
      subresource: "status",
      body: { metadata: { uid: worker.uid }, status: worker.status },
    }),
  )
})

/** Sets the state of the named containers. */
export const setContainers = (node: Node, worker: PodWorker, names: ReadonlyArray<string>, state: ContainerState) =>
  update(node, worker, {
    containers: { ...worker.state.containers, ...Object.fromEntries(names.map((name) => [name, state])) },
  })

/** A Warning about the pod for `kubectl describe` and `kubectl get events`. An event that cannot be written is dropped. */
export const warn = Effect.fnUntraced(function* (
  node: Node,
  worker: PodWorker,
  reason: string,
  message: string,
  about: { readonly fieldPath?: string } = {},
) {
  const now = timestamp(yield* Clock.currentTimeMillis)
  yield* Effect.ignore(
    node.kube.create(events, worker.namespace, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { generateName: `${worker.name}.`, namespace: worker.namespace },
      involvedObject: {
        apiVersion: "v1",
        kind: "Pod",
        namespace: worker.namespace,
        name: worker.name,
        uid: worker.uid,
        ...about,
      },
      type: "Warning",
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component: reason === "FailedScheduling" ? "default-scheduler" : "kubelet", host: nodeName },
    }),
  )
})
