/**
 * The ConfigMaps and Secrets without which a pod cannot start, and what the kubelet reports while one is missing: for a volume only Events
 * (`FailedMount`; the status says `ContainerCreating`), for an environment variable `CreateContainerConfigError`.
 */

import { Effect } from "effect"
import type { ConfigMap, Pod, Secret } from "kubernetes-types/core/v1"
import { type Resource, configMaps } from "../../kube/Resource.ts"
import { type Node, setContainers, type PodWorker, update, warn } from "./KubeletNode.ts"

const secrets: Resource<Secret> = { group: "", version: "v1", plural: "secrets", kind: "Secret" }

interface Reference {
  readonly resource: Resource
  readonly name: string
  /** The containers that wait for it, and what they report. */
  readonly containers: ReadonlyArray<string>
  readonly reason: "ContainerCreating" | "CreateContainerConfigError"
  readonly message: string
}

interface Source {
  readonly optional?: boolean | undefined
  readonly name?: string | undefined
}

/** Every ConfigMap and Secret that is not optional: those of volumes (including projected ones), then those of environment variables. */
export const references = (pod: Pod): ReadonlyArray<Reference> => {
  const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
  const reference = (
    resource: Resource,
    source: Source | undefined,
    where: { readonly volume: string } | { readonly container: string },
  ): ReadonlyArray<Reference> => {
    if (source?.name === undefined || source.optional === true) return []
    const missing = `${resource.kind.toLowerCase()} "${source.name}" not found`
    return "volume" in where
      ? [
          {
            resource,
            name: source.name,
            containers: all.map(({ name }) => name),
            reason: "ContainerCreating",
            message: `MountVolume.SetUp failed for volume "${where.volume}" : ${missing}`,
          },
        ]
      : [
          {
            resource,
            name: source.name,
            containers: [where.container],
            reason: "CreateContainerConfigError",
            message: missing,
          },
        ]
  }
  const ofVolumes = (pod.spec?.volumes ?? []).flatMap(({ name: volume, configMap, secret, projected }) => [
    ...reference(configMaps, configMap, { volume }),
    ...reference(secrets, secret && { ...secret, name: secret.secretName }, { volume }),
    ...(projected?.sources ?? []).flatMap((source) => [
      ...reference(configMaps, source.configMap, { volume }),
      ...reference(secrets, source.secret, { volume }),
    ]),
  ])
  const ofEnvironments = all.flatMap(({ name: container, env, envFrom }) => [
    ...(envFrom ?? []).flatMap(({ configMapRef, secretRef }) => [
      ...reference(configMaps, configMapRef, { container }),
      ...reference(secrets, secretRef, { container }),
    ]),
    ...(env ?? []).flatMap(({ valueFrom }) => [
      ...reference(configMaps, valueFrom?.configMapKeyRef, { container }),
      ...reference(secrets, valueFrom?.secretKeyRef, { container }),
    ]),
  ])
  return [...ofVolumes, ...ofEnvironments]
}

/** Returns when everything that the pod refers to exists; checks once a second. Meanwhile the pod reports what it waits for. */
export const mount = Effect.fnUntraced(function* (node: Node, worker: PodWorker) {
  for (const reference of references(worker.pod)) {
    const exists = node.kube.get(reference.resource, worker.namespace, reference.name).pipe(
      Effect.as(true),
      Effect.catch((error) => (error.reason === "NotFound" ? Effect.succeed(false) : Effect.succeed(undefined))),
    )
    let seconds = 0
    for (let found = yield* exists; found !== true; found = yield* exists) {
      if (found === false && seconds % repeatSeconds === 0) yield* report(node, worker, reference)
      if (found === false) seconds += 1
      yield* Effect.sleep("1 second")
    }
  }
})

/** Seconds after which the kubelet repeats that something is missing. */
const repeatSeconds = 60

const report = (node: Node, worker: PodWorker, { containers, reason, message }: Reference) =>
  reason === "ContainerCreating"
    ? Effect.andThen(warn(node, worker, "FailedMount", message), update(node, worker, { podIP: undefined }))
    : Effect.andThen(
        warn(node, worker, "Failed", message),
        setContainers(node, worker, containers, { _tag: "Waiting", reason, message }),
      )

/** The files of a volume of the pod that is a ConfigMap, by path; none if the volume or the ConfigMap does not exist. */
export const volumeFiles = (
  node: Node,
  worker: PodWorker,
  volume: string,
): Effect.Effect<NonNullable<ConfigMap["data"]>> => {
  const source = worker.pod.spec?.volumes?.find((candidate) => candidate.name === volume)?.configMap
  return source?.name === undefined
    ? Effect.succeed({})
    : node.kube.get(configMaps, worker.namespace, source.name).pipe(
        Effect.map(({ data = {} }) =>
          source.items === undefined
            ? data
            : Object.fromEntries(source.items.flatMap(({ key, path }) => (key in data ? [[path, data[key]!]] : []))),
        ),
        Effect.orElseSucceed(() => ({})),
      )
}
