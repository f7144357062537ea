/**
 * What the lives of pods share: the node they run on, and how a pod's state is written to the API.
 * A `Tenant` is one pod on the node; its fields change as the pod lives, so each tenant belongs to one fiber at a time.
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

export interface Tenant {
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
export const persist = <A>(tenant: Tenant, request: Effect.Effect<A, KubeError>): Effect.Effect<A> =>
  request.pipe(
    Effect.retry({
      schedule: patiently,
      while: (error) => (isTransient(error) || error.reason === "Conflict") && !isGone(error),
    }),
    Effect.catch((error) =>
      isGone(error)
        ? Effect.interrupt
        : Effect.logWarning(`kubelet: pod ${tenant.namespace}/${tenant.name} is left alone: ${error.message}`).pipe(
            Effect.andThen(Effect.interrupt),
          ),
    ),
  )

/** Puts the pod on the node, as the scheduler does. The uid keeps the write from a new pod of the same name. */
export const bind = (node: Node, tenant: Tenant): Effect.Effect<void> =>
  tenant.pod.spec?.nodeName
    ? Effect.void
    : persist(
        tenant,
        node.kube.patch(pods, tenant.namespace, tenant.name, {
          type: "merge",
          body: { metadata: { uid: tenant.uid }, spec: { nodeName } },
        }),
      )

/** Changes the state and reports the status that follows from it. */
export const update = Effect.fnUntraced(function* (node: Node, tenant: Tenant, change: Partial<PodState>) {
  tenant.state = { ...tenant.state, ...change }
  tenant.status = statusOf(tenant.pod, tenant.state, yield* Clock.currentTimeMillis, tenant.status)
  yield* persist(
    tenant,
    node.kube.patch(pods, tenant.namespace, tenant.name, {
      type: "merge",
      subresource: "status",
      body: { metadata: { uid: tenant.uid }, status: tenant.status },
    }),
  )
})

/** Gives the named containers a state. */
export const setContainers = (node: Node, tenant: Tenant, names: ReadonlyArray<string>, state: ContainerState) =>
  update(node, tenant, {
    containers: { ...tenant.state.containers, ...Object.fromEntries(names.map((name) => [name, state])) },
  })

/** A Warning about the pod for `kubectl describe` and `kubectl get events`. An event that cannot be written is dropped. */
export const warn = Effect.fnUntraced(function* (
  node: Node,
  tenant: Tenant,
  reason: string,
  message: string,
  about: { readonly fieldPath?: string } = {},
) {
  const now = timestamp(yield* Clock.currentTimeMillis)
  yield* Effect.ignore(
    node.kube.create(events, tenant.namespace, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { generateName: `${tenant.name}.`, namespace: tenant.namespace },
      involvedObject: {
        apiVersion: "v1",
        kind: "Pod",
        namespace: tenant.namespace,
        name: tenant.name,
        uid: tenant.uid,
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
