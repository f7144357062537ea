/**
 * The ConfigMaps and Secrets without which a pod cannot start, and what the kubelet reports while one is missing: for a volume only Events
 * (`FailedMount`; the status says `ContainerCreating`), for an environment variable `CreateContainerConfigError`.
 */

import { Effect } from "effect"
import type { ConfigMap, Pod, Secret } from "kubernetes-types/core/v1"
import { type Resource, configMaps } from "../../kube/Resource.ts"
import { type Node, setContainers, type PodWorker, warn } from "./KubeletNode.ts"

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
    let reported = false
    for (let found = yield* exists; found !== true; found = yield* exists) {
      if (found === false && !reported) {
        reported = true
        const reason = reference.reason === "ContainerCreating" ? "FailedMount" : "Failed"
        yield* warn(node, worker, reason, reference.message)
        yield* setContainers(node, worker, reference.containers, {
          _tag: "Waiting",
          reason: reference.reason,
          ...(reason === "FailedMount" ? {} : { message: reference.message }),
        })
      }
      yield* Effect.sleep("1 second")
    }
  }
})

/** The data of the ConfigMap behind a volume of the pod; empty if there is no such volume, or the ConfigMap no longer exists. */
export const volumeData = (
  node: Node,
  worker: PodWorker,
  volume: string,
): Effect.Effect<NonNullable<ConfigMap["data"]>> => {
  const name = worker.pod.spec?.volumes?.find((candidate) => candidate.name === volume)?.configMap?.name
  return name === undefined
    ? Effect.succeed({})
    : node.kube.get(configMaps, worker.namespace, name).pipe(
        Effect.map((configMap) => configMap.data ?? {}),
        Effect.orElseSucceed(() => ({})),
      )
}
