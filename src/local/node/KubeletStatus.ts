/**
 * The `status` of a pod from the states of its containers, by Kubernetes' rules: phase, conditions and container statuses depend on nothing
 * else. A container of a pod that is always restarted is waiting after its end. Pure.
 */

import type { Container, ContainerStatus, Pod, PodCondition, PodStatus } from "kubernetes-types/core/v1"
import { timestamp } from "../../kube/Time.ts"

export const nodeName = "local"
const hostIP = "127.0.0.1"

/** How often a container was restarted, and how it ended before. */
export interface Restarts {
  readonly count: number
  readonly last: Extract<ContainerState, { readonly _tag: "Terminated" }>
}

/** Times are epoch milliseconds. */
export type ContainerState =
  | {
      readonly _tag: "Waiting"
      readonly reason: string
      readonly message?: string | undefined
      readonly restarts?: Restarts
    }
  | {
      readonly _tag: "Running"
      readonly since: number
      readonly ready: boolean
      /** Its startup probe fails. */
      readonly starting?: boolean
      readonly restarts?: Restarts
    }
  | {
      readonly _tag: "Terminated"
      readonly since: number
      readonly finished: number
      readonly exitCode: number
      readonly reason: string
      readonly message?: string | undefined
    }

export interface PodState {
  /** `undefined`: not yet decided. `unschedulable`: the scheduler's message that no node fits. */
  readonly scheduling: "scheduled" | { readonly unschedulable: string } | undefined
  /** Absent until its sandbox exists. */
  readonly podIP?: string | undefined
  /** By container name, including init containers. A container without a state is waiting. */
  readonly containers: Readonly<Record<string, ContainerState>>
  /** The pod as a whole was disrupted: `Evicted` ends it, `NodeLost` only makes it not ready. */
  readonly disruption?: {
    readonly reason: "Evicted" | "NodeLost"
    readonly message: string
    readonly condition: string
  }
}

/** An init container that keeps running: a native sidecar. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === "Always"

export const plainInits = (pod: Pod): ReadonlyArray<Container> =>
  (pod.spec?.initContainers ?? []).filter((container) => !isSidecar(container))

const isInitialized = (pod: Pod, { containers }: PodState): boolean =>
  plainInits(pod).every(({ name }) => {
    const state = containers[name]
    return state?._tag === "Terminated" && state.exitCode === 0
  })

/** Kubernetes' phase of a pod (kubelet `getPhase`). Native sidecars do not count; a container that will be restarted counts as running. */
export const phaseOf = (pod: Pod, state: PodState): "Pending" | "Running" | "Succeeded" | "Failed" => {
  if (state.disruption?.reason === "Evicted") return "Failed"
  const inits = plainInits(pod).map(({ name }) => state.containers[name])
  if (inits.some((init) => init?._tag === "Terminated" && init.exitCode !== 0)) return "Failed"
  if (!isInitialized(pod, state)) return "Pending"
  const containers = (pod.spec?.containers ?? []).map(({ name }) => state.containers[name])
  const hasNotStarted = (state: ContainerState | undefined) =>
    state === undefined || (state._tag === "Waiting" && state.restarts === undefined)
  if (containers.every(hasNotStarted)) return "Pending"
  if (!containers.every((container) => container?._tag === "Terminated")) return "Running"
  return containers.every((container) => container.exitCode === 0) ? "Succeeded" : "Failed"
}

const containerStatus = (pod: Pod, container: Container, state: ContainerState | undefined): ContainerStatus => {
  const waiting = state === undefined || state._tag === "Waiting"
  const restarts = state !== undefined && "restarts" in state ? state.restarts : undefined
  const containerID = `local://${pod.metadata?.uid ?? ""}/${container.name}`
  return {
    name: container.name,
    image: container.image ?? "",
    imageID: waiting ? "" : (container.image ?? ""),
    restartCount: restarts?.count ?? 0,
    ready: state?._tag === "Running" && state.ready,
    started: state?._tag === "Running" && state.starting !== true,
    ...(waiting ? {} : { containerID }),
    state: stateJson(state, containerID),
    ...(restarts === undefined ? {} : { lastState: stateJson(restarts.last, containerID) }),
  }
}

const stateJson = (state: ContainerState | undefined, containerID: string): NonNullable<ContainerStatus["state"]> => {
  if (state?._tag === "Running") return { running: { startedAt: timestamp(state.since) } }
  if (state?._tag === "Terminated") {
    return {
      terminated: {
        exitCode: state.exitCode,
        reason: state.reason,
        ...(state.message ? { message: state.message } : {}),
        startedAt: timestamp(state.since),
        finishedAt: timestamp(state.finished),
        containerID,
      },
    }
  }
  return {
    waiting: { reason: state?.reason ?? "ContainerCreating", ...(state?.message ? { message: state.message } : {}) },
  }
}

interface Verdict {
  readonly status: "True" | "False"
  readonly reason?: string
  readonly message?: string
}

const yes: Verdict = { status: "True" }
const no = (reason: string, message?: string): Verdict => ({ status: "False", reason, ...(message ? { message } : {}) })

/** The condition types that the kubelet reports, in its order, with their status. */
const verdicts = (pod: Pod, state: PodState): ReadonlyArray<readonly [type: string, verdict: Verdict]> => {
  if (state.scheduling === undefined) return []
  if (state.scheduling !== "scheduled") return [["PodScheduled", no("Unschedulable", state.scheduling.unschedulable)]]
  const phase = phaseOf(pod, state)
  const unready = (pod.spec?.containers ?? [])
    .map(({ name }) => name)
    .filter((name) => {
      const container = state.containers[name]
      return !(container?._tag === "Running" && container.ready)
    })
  const ended = phase === "Succeeded" ? "PodCompleted" : phase === "Failed" ? "PodFailed" : undefined
  const ready =
    ended !== undefined
      ? no(ended)
      : unready.length > 0
        ? no("ContainersNotReady", `containers with unready status: [${unready.join(" ")}]`)
        : yes
  const hasSandbox = ended === undefined && (phase === "Running" || state.podIP !== undefined)
  return [
    ...(state.disruption
      ? ([
          ["DisruptionTarget", { ...yes, reason: state.disruption.condition, message: state.disruption.message }],
        ] as const)
      : []),
    ["PodReadyToStartContainers", hasSandbox ? yes : { status: "False" }],
    ["Initialized", isInitialized(pod, state) ? yes : no("ContainersNotInitialized")],
    ["Ready", state.disruption?.reason === "NodeLost" ? no("NodeNotReady", state.disruption.message) : ready],
    ["ContainersReady", ready],
    ["PodScheduled", yes],
  ]
}

const conditions = (pod: Pod, state: PodState, now: number, previous: PodStatus | undefined): Array<PodCondition> =>
  verdicts(pod, state).map(([type, verdict]) => {
    const before = previous?.conditions?.find((condition) => condition.type === type)
    const unchanged = before?.status === verdict.status ? before.lastTransitionTime : undefined
    return { type, ...verdict, lastTransitionTime: unchanged ?? timestamp(now) }
  })

/**
 * The whole status of the pod as the kubelet would report it at `now` (epoch milliseconds).
 * `previous` is the status reported before: unchanged conditions keep their transition time, and the pod its start time.
 */
export const statusOf = (pod: Pod, state: PodState, now: number, previous: PodStatus | undefined): PodStatus => {
  const phase = phaseOf(pod, state)
  const scheduled = state.scheduling === "scheduled"
  const statuses = (containers: ReadonlyArray<Container> | undefined) =>
    (containers ?? []).map((container) => containerStatus(pod, container, state.containers[container.name]))
  return {
    phase,
    conditions: conditions(pod, state, now, previous),
    ...(scheduled ? { hostIP, startTime: previous?.startTime ?? timestamp(now) } : {}),
    ...(scheduled && state.podIP ? { podIP: state.podIP, podIPs: [{ ip: state.podIP }] } : {}),
    ...(scheduled && pod.spec?.initContainers ? { initContainerStatuses: statuses(pod.spec.initContainers) } : {}),
    ...(scheduled ? { containerStatuses: statuses(pod.spec?.containers) } : {}),
    ...(state.disruption ? { reason: state.disruption.reason, message: state.disruption.message } : {}),
  }
}
