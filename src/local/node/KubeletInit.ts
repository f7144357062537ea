/** The init containers of a local pod: one after the other, a fifth of a second each unless the script says otherwise. */

import { Clock, Effect } from "effect"
import { type Node, type PodWorker, setContainers, update } from "./KubeletNode.ts"
import type { Script } from "./KubeletScript.ts"
import { type ContainerState, isSidecar } from "./KubeletStatus.ts"

/** Native sidecars start in order and keep running. False: an init container failed, and the pod with it. */
export const initialize = Effect.fnUntraced(function* (node: Node, worker: PodWorker, script: Script) {
  const { initContainers: inits = [], containers = [] } = worker.pod.spec ?? {}
  if (inits.length === 0) return true
  const names = [...inits, ...containers].map(({ name }) => name)
  yield* setContainers(node, worker, names, { _tag: "Waiting", reason: "PodInitializing" })
  const seconds = script["init-seconds"] ?? 0.2
  for (const init of inits) {
    const since = yield* Clock.currentTimeMillis
    yield* setContainers(node, worker, [init.name], { _tag: "Running", since, ready: isSidecar(init) })
    if (isSidecar(init)) continue
    yield* Number.isFinite(seconds) ? Effect.sleep(`${seconds} seconds`) : Effect.never
    const finished = yield* Clock.currentTimeMillis
    const failure = script["init-fails"]?.find(({ name }) => name === init.name)
    if (failure === undefined) {
      const end = { _tag: "Terminated", since, finished, exitCode: 0, reason: "Completed" } as const
      yield* setContainers(node, worker, [init.name], end)
      continue
    }
    const { exitCode, reason } = failure
    const stopped = Object.entries(worker.state.containers).map(([name, state]): [string, ContainerState] => [
      name,
      state._tag === "Running"
        ? { _tag: "Terminated", since: state.since, finished, exitCode: 143, reason: "Error" }
        : state,
    ])
    const failed = { _tag: "Terminated", since, finished, exitCode, reason, message: script.message } as const
    yield* update(node, worker, { containers: { ...Object.fromEntries(stopped), [init.name]: failed } })
    return false
  }
  return true
})
