/**
 * The life of one pod on the local node, from scheduling to its end or over all its restarts, by its script; and its termination after a
 * deletion.
 * Each step changes the state of containers and reports the resulting status. After an interruption the last reported status remains.
 */

import { Clock, Deferred, Effect, Result } from "effect"
import type { Container, Pod } from "kubernetes-types/core/v1"
import { pods } from "../../kube/Resource.ts"
import { awaitClaims } from "./KubeletClaims.ts"
import { initialize } from "./KubeletInit.ts"
import { bind, type Node, persist, setContainers, type PodWorker, update, warn } from "./KubeletNode.ts"
import { failProbe } from "./KubeletProbes.ts"
import { forAttempt, prefix, type Script, scriptOf } from "./KubeletScript.ts"
import { type ContainerState, phaseOf, type Restarts } from "./KubeletStatus.ts"
import { mount } from "./KubeletVolumes.ts"
import type { Program } from "./Program.ts"

/** How the main container ends. */
type Ending =
  | {
      readonly _tag: "Exited"
      readonly exitCode: number
      readonly reason: string
      readonly message?: string | undefined
    }
  | { readonly _tag: "Evicted" }
  | { readonly _tag: "NodeLost" }

const regular = (pod: Pod): ReadonlyArray<Container> => pod.spec?.containers ?? []
const names = (containers: ReadonlyArray<Container>) => containers.map(({ name }) => name)

const programOf = ({ programs }: Node, pod: Pod): Program | undefined => programs.find(({ plays }) => plays(pod))

/** The container that its program plays, else the first. */
const mainContainer = (node: Node, pod: Pod): Container | undefined => {
  const played = programOf(node, pod)?.container
  return regular(pod).find(({ name }) => name === played) ?? regular(pod)[0]
}

/** The whole life of the pod. Returns when only its deletion is left. */
export const live = Effect.fnUntraced(function* (node: Node, worker: PodWorker) {
  const phase = worker.pod.status?.phase
  if (phase === "Succeeded" || phase === "Failed") return
  const decoded = scriptOf(worker.pod)
  const script = Result.getOrElse(decoded, (): Script => ({}))
  if (script.unschedulable !== undefined) {
    yield* warn(node, worker, "FailedScheduling", script.unschedulable)
    yield* update(node, worker, { scheduling: { unschedulable: script.unschedulable } })
    yield* after(script["unschedulable-seconds"] ?? Number.POSITIVE_INFINITY, undefined)
  }
  yield* awaitClaims(node, worker)
  yield* bind(node, worker)
  const podIP = node.nextPodIP()
  yield* update(node, worker, { scheduling: "scheduled", podIP })
  if (Result.isFailure(decoded)) return yield* neverStart(node, worker, "CreateContainerConfigError", decoded.failure)
  if (script["start-fails"] !== undefined) {
    const { reason, message } = script["start-fails"]
    yield* repeatedly(node, worker, reason, message, script["start-fails-seconds"] ?? Number.POSITIVE_INFINITY)
  }
  yield* mount(node, worker)
  if (worker.state.podIP === undefined) yield* update(node, worker, { podIP })
  yield* Effect.sleep(`${forAttempt(script["pull-seconds"] ?? [0.5], worker.attempt)} seconds`)
  const unavailable = [...(worker.pod.spec?.initContainers ?? []), ...regular(worker.pod)].find(({ image }) =>
    image?.includes("does-not-exist"),
  )
  if (unavailable !== undefined) return yield* failPull(node, worker, unavailable)
  if (script.waiting === "ImagePullBackOff" || script.waiting === "ErrImagePull") {
    return yield* failPull(node, worker, mainContainer(node, worker.pod))
  }
  if (script.waiting !== undefined) {
    const message = script.message ?? `requested by annotation ${prefix}waiting of the pod`
    return yield* neverStart(node, worker, script.waiting, message)
  }
  if (!(yield* initialize(node, worker, script))) return
  let running = names(regular(worker.pod))
  for (let restarts: Restarts | undefined; ;) {
    const since = yield* Clock.currentTimeMillis
    const starting = failingProbe(script, worker)?.kind === "startup"
    const ready = !starting && (script["ready-seconds"] ?? 0) === 0
    const again = restarts === undefined ? {} : { restarts }
    yield* setContainers(node, worker, running, { _tag: "Running", since, ready, starting, ...again })
    const ending = yield* untilEnd(node, worker, script)
    if (ending._tag !== "Exited" || !isRestarted(worker.pod)) return yield* end(node, worker, script, since, ending)
    restarts = yield* awaitRestart(node, worker, since, ending, restarts)
    running = [mainContainer(node, worker.pod)?.name ?? ""]
  }
})

const isRestarted = ({ spec }: Pod): boolean => (spec?.restartPolicy ?? "Always") === "Always"

/** The kubelet's pause before a container is started again doubles, from seconds to minutes. */
const awaitRestart = Effect.fnUntraced(function* (
  node: Node,
  worker: PodWorker,
  since: number,
  { exitCode, reason, message }: Extract<Ending, { readonly _tag: "Exited" }>,
  before: Restarts | undefined,
) {
  const finished = yield* Clock.currentTimeMillis
  const count = before?.count ?? 0
  const last = { _tag: "Terminated", since, finished, exitCode, reason, message } as const
  const seconds = Math.min(300, 10 * 2 ** count)
  const main = mainContainer(node, worker.pod)?.name ?? ""
  yield* setContainers(node, worker, [main], {
    _tag: "Waiting",
    reason: "CrashLoopBackOff",
    message: `back-off ${seconds}s restarting failed container=${main} pod=${worker.name}_${worker.namespace}(${worker.uid})`,
    restarts: { count, last },
  })
  yield* Effect.sleep(`${seconds} seconds`)
  worker.attempt++
  worker.exit = Deferred.makeUnsafe()
  return { count: count + 1, last }
})

/** Reports a failure before the first container for this many seconds, once a minute: the pod's status says nothing about it. */
const repeatedly = Effect.fnUntraced(function* (
  node: Node,
  worker: PodWorker,
  reason: string,
  message: string,
  seconds: number,
) {
  yield* update(node, worker, { podIP: undefined })
  for (let passed = 0; passed < seconds; passed += 60) {
    yield* warn(node, worker, reason, message)
    yield* Effect.sleep(`${Math.min(60, seconds - passed)} seconds`)
  }
})

const neverStart = Effect.fnUntraced(function* (node: Node, worker: PodWorker, reason: string, message: string) {
  yield* warn(node, worker, "Failed", message)
  const main = mainContainer(node, worker.pod)?.name ?? ""
  yield* setContainers(node, worker, [main], { _tag: "Waiting", reason, message })
})

/** Messages of containerd and the kubelet about an image that is not in its registry: first the error, then the back-off. */
const failPull = Effect.fnUntraced(function* (node: Node, worker: PodWorker, container: Container | undefined) {
  const image = container?.image ?? ""
  const failure = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`
  const backOff = `Back-off pulling image "${image}": ErrImagePull: ${failure}`
  const wait = (reason: string, message: string) =>
    setContainers(node, worker, [container?.name ?? ""], { _tag: "Waiting", reason, message })
  yield* wait("ErrImagePull", failure)
  yield* warn(node, worker, "Failed", `Failed to pull image "${image}": ${failure}`)
  yield* Effect.sleep("1 second")
  yield* wait("ImagePullBackOff", backOff)
  yield* warn(node, worker, "BackOff", backOff)
})

const after = <A>(seconds: number, value: A): Effect.Effect<A> =>
  Number.isFinite(seconds) ? Effect.as(Effect.sleep(`${seconds} seconds`), value) : Effect.never

/** An OOM kill is exit code 137 (SIGKILL); any other failure is 1, unless the script sets the exit code. */
const scriptedExit = (script: Script, attempt: number): number => {
  const codes = script["exit-code"] ?? script["exit-codes"]
  if (codes !== undefined) return forAttempt(codes, attempt)
  return script.reason === undefined ? 0 : script.reason === "OOMKilled" ? 137 : 1
}

const exited = (script: Script, exitCode: number): Ending =>
  exitCode === 0
    ? { _tag: "Exited", exitCode, reason: "Completed" }
    : { _tag: "Exited", exitCode, reason: script.reason ?? "Error", message: script.message }

/** Seconds that the main container runs. By default, endless programs and containers that Kubernetes would restart run forever. */
const runSeconds = (script: Script, worker: PodWorker, program: Program | undefined): number => {
  const endless = program?.endless === true || (worker.pod.spec?.restartPolicy ?? "Always") === "Always"
  return forAttempt(script["run-seconds"] ?? [endless ? Number.POSITIVE_INFINITY : 3], worker.attempt)
}

const failingProbe = (script: Script, worker: PodWorker) =>
  script["probe-fails"] && forAttempt(script["probe-fails"], worker.attempt)

/** Waits for the first event that ends the main container, while the container does its work. */
const untilEnd = Effect.fnUntraced(function* (node: Node, worker: PodWorker, script: Script) {
  const program = programOf(node, worker.pod)
  const behaviour = program?.behaviour ?? { _tag: "None" }
  if (behaviour._tag === "Autonomous") {
    const { exitCode, message } = yield* behaviour.run(node, worker)
    return exited(message === undefined ? script : { ...script, message }, exitCode)
  }
  const seconds = runSeconds(script, worker, program)
  const running = behaviour._tag === "Scripted" ? yield* behaviour.start(node, worker, script, seconds) : undefined
  const ending: Ending = yield* Effect.raceAllFirst([
    after(seconds, exited(script, scriptedExit(script, worker.attempt))),
    Effect.map(Deferred.await(worker.exit), (exitCode) => exited(script, exitCode)),
    after<Ending>(script.evicted ?? Number.POSITIVE_INFINITY, { _tag: "Evicted" }),
    after<Ending>(script["node-lost"] ?? Number.POSITIVE_INFINITY, { _tag: "NodeLost" }),
    Effect.andThen(becomeReady(node, worker, script), Effect.never),
    running?.work ?? Effect.never,
    Effect.map(failProbe(node, worker, mainContainer(node, worker.pod), failingProbe(script, worker)), (): Ending => ({
      _tag: "Exited",
      exitCode: 143,
      reason: "Error",
    })),
  ])
  if (running !== undefined) yield* running.shutDown(ending._tag === "Exited" ? ending.exitCode : 137)
  return ending
})

const becomeReady = Effect.fnUntraced(function* (node: Node, worker: PodWorker, script: Script) {
  const seconds = script["ready-seconds"] ?? 0
  if (seconds === 0) return
  yield* after(seconds, undefined)
  const running = Object.entries(worker.state.containers).map(([name, state]): [string, ContainerState] => [
    name,
    state._tag === "Running" ? { ...state, ready: true } : state,
  ])
  yield* update(node, worker, { containers: Object.fromEntries(running) })
})

const end = Effect.fnUntraced(function* (node: Node, worker: PodWorker, script: Script, since: number, ending: Ending) {
  if (ending._tag === "Evicted") {
    const message = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 76Mi."
    yield* warn(node, worker, "Evicted", message)
    const containers = yield* terminated(worker, 137, "Error")
    return yield* update(node, worker, {
      containers,
      disruption: { reason: "Evicted", message, condition: "TerminationByKubelet" },
    })
  }
  if (ending._tag === "NodeLost") {
    const message = `Node ${worker.pod.spec?.nodeName ?? "local"} which was running pod ${worker.name} is unresponsive`
    yield* update(node, worker, { disruption: { reason: "NodeLost", message, condition: "DeletionByPodGC" } })
    yield* Effect.sleep("2 seconds")
    return yield* remove(node, worker)
  }
  const main = mainContainer(node, worker.pod)?.name ?? ""
  const finished = yield* Clock.currentTimeMillis
  const { exitCode, reason, message } = ending
  const lingerSeconds = script["sidecar-seconds"] ?? 0
  if (lingerSeconds > 0 && regular(worker.pod).length > 1) {
    yield* setContainers(node, worker, [main], { _tag: "Terminated", since, finished, exitCode, reason, message })
    yield* after(lingerSeconds, undefined)
  }
  yield* update(node, worker, {
    containers: {
      ...(yield* terminated(worker, 0, "Completed")),
      [main]: { _tag: "Terminated", since, finished, exitCode, reason, message },
    },
  })
})

/** The states of all containers after the running ones are ended now. */
const terminated = Effect.fnUntraced(function* (worker: PodWorker, exitCode: number, reason: string) {
  const finished = yield* Clock.currentTimeMillis
  return Object.fromEntries(
    Object.entries(worker.state.containers).map(([name, state]): [string, ContainerState] => [
      name,
      state._tag === "Running" ? { _tag: "Terminated", since: state.since, finished, exitCode, reason } : state,
    ]),
  )
})

const remove = (node: Node, worker: PodWorker) =>
  persist(worker, node.kube.delete(pods, worker.namespace, worker.name, { gracePeriodSeconds: 0, uid: worker.uid }))

/** Terminates a deleted pod: running containers, also init containers, get SIGTERM and end with 143 half a second later, then the object is removed. */
export const terminate = Effect.fnUntraced(function* (node: Node, worker: PodWorker) {
  const running = Object.values(worker.state.containers).some(({ _tag }) => _tag === "Running")
  const ended = ["Succeeded", "Failed"].includes(phaseOf(worker.pod, worker.state))
  if (running && !ended && !worker.state.disruption) {
    yield* Effect.sleep(`${Math.min(0.5, worker.pod.metadata?.deletionGracePeriodSeconds ?? 30)} seconds`)
    yield* update(node, worker, { containers: yield* terminated(worker, 143, "Error") })
  }
  yield* remove(node, worker)
})
