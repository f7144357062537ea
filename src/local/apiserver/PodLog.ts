/** `kubectl logs`: the lines that the node of the pod keeps. */

import { Effect, Queue, type Scope } from "effect"
import { badRequest } from "./ApiError.ts"
import { type ApiObject, at, fields, list } from "./ApiObject.ts"
import type { Cluster, RequestError } from "./Cluster.ts"
import type { ResourceKind } from "./ResourceKind.ts"

export interface LogOptions {
  readonly follow: boolean
  readonly previous: boolean
  readonly container: string | undefined
  /** Start with at most this many of the newest lines. */
  readonly tailLines: number | undefined
}

/** The lines after the last one that was already printed; the oldest lines disappear while new ones are added. */
const unseen = (lines: ReadonlyArray<string>, last: string | undefined): ReadonlyArray<string> =>
  last === undefined ? lines : lines.slice(lines.lastIndexOf(last) + 1)

const hasEnded = (pod: ApiObject): boolean => ["Succeeded", "Failed"].includes(String(at(pod, "status.phase")))

/** An effect that yields the next batch of lines each time it runs, `undefined` at the end. Fails with 400 if there is no log yet. */
export const podLog = Effect.fnUntraced(function* (
  cluster: Cluster,
  kind: ResourceKind,
  namespace: string,
  name: string,
  options: LogOptions,
): Effect.fn.Return<Effect.Effect<ReadonlyArray<string> | undefined, RequestError>, RequestError, Scope.Scope> {
  const pod = yield* cluster.get(kind, namespace, name)
  const containers = list(at(pod, "spec.containers")).map((one) => String(fields(one)["name"]))
  const container = options.container ?? containers[0]
  if (container === undefined || !containers.includes(container)) {
    return yield* badRequest(`container ${container} is not valid for pod ${name}`)
  }
  if (options.previous) {
    return yield* badRequest(`previous terminated container "${container}" in pod "${name}" not found`)
  }
  const state = fields(
    fields(list(at(pod, "status.containerStatuses")).find((one) => fields(one)["name"] === container))["state"],
  )
  const waiting = fields(state["waiting"])["reason"]
  if (waiting !== undefined || at(pod, "status.phase") === "Pending") {
    // Without a kubelet the API server answers with an empty log.
    if (at(pod, "spec.nodeName") === undefined) return Effect.succeed(undefined)
    const why = waiting === undefined ? "ContainerCreating" : String(waiting)
    return yield* badRequest(`container "${container}" in pod "${name}" is waiting to start: ${why}`)
  }
  const { logLines } = cluster.podBackend
  const all = logLines(pod)
  const first = options.tailLines === undefined ? all : all.slice(-options.tailLines)
  let last = all.at(-1)
  let next: ReadonlyArray<string> | undefined = first
  if (!options.follow || hasEnded(pod)) {
    return Effect.sync(() => {
      const lines = next
      next = undefined
      return lines
    })
  }
  const watch = yield* cluster.watch(kind, {
    namespace,
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: pod.metadata.resourceVersion,
  })
  let ended = false
  const following = Effect.gen(function* () {
    if (ended) return undefined
    const line = yield* Queue.take(watch)
    if (line.type === "BOOKMARK") return []
    ended = line.type === "DELETED" || hasEnded(line.object)
    const lines = unseen(logLines(line.object), last)
    last = lines.at(-1) ?? last
    return lines
  }).pipe(Effect.catchTag("Done", () => Effect.succeed(undefined)))
  return Effect.suspend(() => {
    if (next === undefined) return following
    const lines = next
    next = undefined
    return Effect.succeed(lines)
  })
})
