/**
 * What the lives of pods share: the node they run on, and how a pod's state is written to the API.
 * A `PodWorker` is one pod on the node; its fields change as the pod lives, so each worker belongs to one fiber at a time.
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
  /** The first that plays a pod does. */
  readonly programs: ReadonlyArray<Program>
  readonly nextPodIP: () => string
  /** The pods owned by this one, as last seen. */
  readonly ownedBy: (uid: string) => ReadonlyArray<Pod>
}

export interface PodWorker {
  /** As the API server last said. */
  pod: Pod
  readonly name: string
  readonly namespace: string
  readonly uid: string
  /** This pod is the n-th of its owner, from 1. */
  readonly attempt: number
  /** Completed with an exit code when somebody ends the main container from outside. */
  readonly exit: Deferred.Deferred<number>
  state: PodState
  /** As we last reported it. */
  status: PodStatus | undefined
}

/** The pod is gone, or another of its name stands there: our uid in the request is a precondition. */
const isGone = (error: KubeError): boolean =>
  error.reason === "NotFound" || (error.reason === "Conflict" && /precondition/i.test(error.message))

/** Doubling from 100 ms to 5 s, without end: a pod's fiber is interrupted when the pod goes. */
const patiently = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")])

/**
 * A write of the kubelet. Passing failures are tried again until it succeeds; when the pod is gone, or the write can never succeed, the
 * calling fiber ends: there is nothing left to do for this pod.
 */
export const persist = <A>(worker: PodWorker, request: Effect.Effect<A, KubeError>): Effect.Effect<A> =>
  request.pipe(
    Effect.retry({
      schedule: patiently,
      while: (error) => (isTransient(error) || error.reason === "Conflict") && !isGone(error),
    }),
    Effect.catch((error) =>
      isGone(error)
        ? Effect.interrupt
        : Effect.logWarning(`kubelet: pod ${worker.namespace}/${worker.name} is left alone: ${error.message}`).pipe(
            Effect.andThen(Effect.interrupt),
          ),
    ),
  )

/** Puts the pod on the node, as the scheduler does. The uid keeps the write from a new pod of the same name. */
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

/** Changes the state and reports the status that follows from it. */
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

/** Gives the named containers a state. */
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
