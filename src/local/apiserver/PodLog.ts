/** `kubectl logs`: the lines that the node of the pod keeps, as its options select and format them. */

import { Clock, Effect, Queue, type Scope } from "effect"
import { badRequest, type FieldError, forbidden, invalid, invalidValue } from "./ApiError.ts"
import { type ApiObject, at, fields, list } from "./ApiObject.ts"
import type { Cluster, RequestError } from "./Cluster.ts"
import type { LogLine } from "./PodBackend.ts"
import type { ResourceKind } from "./ResourceKind.ts"

export interface LogOptions {
  readonly follow: boolean
  readonly previous: boolean
  readonly container: string | undefined
  /** Start with at most this many of the newest lines. */
  readonly tailLines: number | undefined
  /** Begin each line with the time at which it was printed. */
  readonly timestamps?: boolean | undefined
  /** Only lines that were printed in this many seconds before the request. */
  readonly sinceSeconds?: number | undefined
  /** Only lines that were printed at or after this time, in epoch milliseconds. */
  readonly sinceTime?: number | undefined
  /** The log ends after this many bytes. */
  readonly limitBytes?: number | undefined
}

/** `ValidatePodLogOptions` of Kubernetes 1.36. */
const problems = ({ tailLines, sinceSeconds, sinceTime, limitBytes }: LogOptions): ReadonlyArray<FieldError> => {
  const positive = (field: string, value: number | undefined): ReadonlyArray<FieldError> =>
    value !== undefined && value < 1 ? [invalidValue(field, value, "must be greater than 0")] : []
  return [
    ...(tailLines !== undefined && tailLines < 0
      ? [invalidValue("tailLines", tailLines, "must be greater than or equal to 0")]
      : []),
    ...positive("limitBytes", limitBytes),
    ...(sinceSeconds !== undefined && sinceTime !== undefined
      ? [forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified")]
      : positive("sinceSeconds", sinceSeconds)),
  ]
}

/** The lines after the last one that was already printed; the oldest lines disappear while new ones are added. */
const unseen = (lines: ReadonlyArray<LogLine>, last: LogLine | undefined): ReadonlyArray<LogLine> =>
  last === undefined
    ? lines
    : lines.slice(lines.findLastIndex(({ text, time }) => text === last.text && time === last.time) + 1)

const hasEnded = (pod: ApiObject): boolean => ["Succeeded", "Failed"].includes(String(at(pod, "status.phase")))

const names = (pod: ApiObject, part: string) => list(at(pod, `spec.${part}`)).map((one) => String(fields(one)["name"]))

/** The container that is meant (`validateContainer` of the pod registry): it can be left out if there is one besides init containers. */
const containerOf = Effect.fnUntraced(function* (pod: ApiObject, given: string | undefined) {
  const { name } = pod.metadata
  const containers = names(pod, "containers")
  const all = [...names(pod, "initContainers"), ...containers]
  if (given) return all.includes(given) ? given : yield* badRequest(`container ${given} is not valid for pod ${name}`)
  if (containers.length === 1) return containers[0]!
  return yield* badRequest(`a container name must be specified for pod ${name}, choose one of: [${all.join(" ")}]`)
})

const stateOf = (pod: ApiObject, container: string) =>
  fields(
    fields(
      [...list(at(pod, "status.initContainerStatuses")), ...list(at(pod, "status.containerStatuses"))].find(
        (one) => fields(one)["name"] === container,
      ),
    )["state"],
  )

/** The log of a pod without a node: it does not exist, and the API server answers with 204. */
export const noLog: Effect.Effect<undefined> = Effect.succeed(undefined)

/** An effect that yields the next batch of lines each time it runs, `undefined` at the end. Fails with 400 if there is no log yet. */
export const podLog = Effect.fnUntraced(function* (
  cluster: Cluster,
  kind: ResourceKind,
  namespace: string,
  name: string,
  options: LogOptions,
): Effect.fn.Return<Effect.Effect<ReadonlyArray<string> | undefined, RequestError>, RequestError, Scope.Scope> {
  const wrong = problems(options)
  if (wrong.length > 0) {
    return yield* invalid({ group: "", kind: "PodLogOptions", plural: "podlogoptions" }, name, wrong)
  }
  const pod = yield* cluster.get(kind, namespace, name)
  const container = yield* containerOf(pod, options.container)
  if (at(pod, "spec.nodeName") === undefined && at(pod, "status.phase") === "Pending") return noLog
  if (options.previous) {
    return yield* badRequest(`previous terminated container "${container}" in pod "${name}" not found`)
  }
  const state = stateOf(pod, container)
  const waiting = fields(state["waiting"])["reason"]
  const started = state["running"] !== undefined || state["terminated"] !== undefined
  if (waiting !== undefined || (at(pod, "status.phase") === "Pending" && !started)) {
    const why = waiting === undefined ? "ContainerCreating" : String(waiting)
    return yield* badRequest(`container "${container}" in pod "${name}" is waiting to start: ${why}`)
  }
  const now = yield* Clock.currentTimeMillis
  const { sinceSeconds, sinceTime, tailLines, timestamps } = options
  const since = sinceTime ?? (sinceSeconds === undefined ? undefined : now - sinceSeconds * 1000)
  const printed = (lines: ReadonlyArray<LogLine>) =>
    lines
      .filter(({ time }) => since === undefined || time >= since)
      .map(({ time, text }) => (timestamps === true ? `${nanoseconds(time)} ${text}` : text))
  const logLines = (of: ApiObject) => cluster.podBackend.logLines(of, container)
  const all = logLines(pod)
  const first = tailLines === undefined ? all : all.slice(Math.max(0, all.length - tailLines))
  let last = all.at(-1)
  let next: ReadonlyArray<string> | undefined = printed(first)
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
    return printed(lines)
  }).pipe(Effect.catchTag("Done", () => Effect.succeed(undefined)))
  return Effect.suspend(() => {
    if (next === undefined) return following
    const lines = next
    next = undefined
    return Effect.succeed(lines)
  })
})

/** RFC 3339 with nanoseconds, as the kubelet writes it. */
const nanoseconds = (time: number): string => new Date(time).toISOString().replace(/\.(\d{3})Z$/, ".$1000000Z")

/** The batches of lines as text, which ends after `limitBytes` bytes, also within a line. */
export const limited = <E>(
  lines: Effect.Effect<ReadonlyArray<string> | undefined, E>,
  limitBytes: number = Number.POSITIVE_INFINITY,
): Effect.Effect<string | undefined, E> => {
  let left = limitBytes
  return Effect.suspend(() =>
    left <= 0
      ? Effect.succeed(undefined)
      : Effect.map(lines, (batch) => {
          if (batch === undefined) return undefined
          const text = Buffer.from(batch.map((line) => `${line}\n`).join(""))
          const fitting = text.subarray(0, Math.min(left, text.length))
          left -= fitting.length
          return fitting.toString()
        }),
  )
}
