/**
 * A pod being built: the Spark container, separate from its sidecars, as Spark's feature steps see it (`SparkPod`).
 * Steps append and override through these functions; `toPod` puts the Spark container last, where spark-submit puts it.
 */

import type {
  Container,
  ContainerPort,
  EnvVar,
  Pod,
  PodSpec,
  PodTemplateSpec,
  ResourceRequirements,
  Volume,
  VolumeMount,
} from "kubernetes-types/core/v1"
import type { ObjectMeta } from "kubernetes-types/meta/v1"

/** Names of the Spark container, by which its status and its log are found. */
export const driverContainerName = "spark-kubernetes-driver"
export const executorContainerName = "spark-kubernetes-executor"

export interface SparkPod {
  readonly metadata: ObjectMeta
  readonly spec: Omit<PodSpec, "containers">
  readonly sidecars: ReadonlyArray<Container>
  readonly container: Container
}

/**
 * Starts from a user's template: its container of this name is the Spark container, else its first one
 * (`KubernetesUtils.selectSparkContainer`). The Spark container always gets this name, by which it is found.
 */
export const fromTemplate = (template: PodTemplateSpec | undefined, containerName: string): SparkPod => {
  const { containers = [], ...spec }: Partial<PodSpec> = template?.spec ?? {}
  const named = containers.findIndex((container) => container.name === containerName)
  const chosen = Math.max(named, 0)
  return {
    metadata: template?.metadata ?? {},
    spec,
    sidecars: containers.filter((_, index) => index !== chosen),
    container: { ...containers[chosen], name: containerName },
  }
}

/** The finished pod, the Spark container last. */
export const toPod = (pod: SparkPod): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: pod.metadata,
  spec: { ...pod.spec, containers: [...pod.sidecars, pod.container] },
})

/** A finished pod taken apart again. */
export const fromPod = (pod: Pod): SparkPod => {
  const { containers = [], ...spec }: Partial<PodSpec> = pod.spec ?? {}
  return {
    metadata: pod.metadata ?? {},
    spec,
    sidecars: containers.slice(0, -1),
    container: containers.at(-1) ?? { name: "" },
  }
}

export const withSpec = (pod: SparkPod, spec: Partial<PodSpec>): SparkPod => ({
  ...pod,
  spec: { ...pod.spec, ...spec },
})

export const withContainer = (pod: SparkPod, container: Partial<Container>): SparkPod => ({
  ...pod,
  container: { ...pod.container, ...container },
})

/** Appends; equal names are not merged, and the last one counts for the kubelet. */
export const addEnv = (pod: SparkPod, env: ReadonlyArray<EnvVar>): SparkPod =>
  env.length === 0 ? pod : withContainer(pod, { env: [...(pod.container.env ?? []), ...env] })

export const addPorts = (pod: SparkPod, ports: ReadonlyArray<ContainerPort>): SparkPod =>
  ports.length === 0 ? pod : withContainer(pod, { ports: [...(pod.container.ports ?? []), ...ports] })

export const addArgs = (pod: SparkPod, args: ReadonlyArray<string>): SparkPod =>
  withContainer(pod, { args: [...(pod.container.args ?? []), ...args] })

export const addVolumes = (pod: SparkPod, volumes: ReadonlyArray<Volume>): SparkPod =>
  volumes.length === 0 ? pod : withSpec(pod, { volumes: [...(pod.spec.volumes ?? []), ...volumes] })

export const addMounts = (pod: SparkPod, mounts: ReadonlyArray<VolumeMount>): SparkPod =>
  mounts.length === 0 ? pod : withContainer(pod, { volumeMounts: [...(pod.container.volumeMounts ?? []), ...mounts] })

/** A volume of the pod together with its mount in the Spark container. */
export const mountVolume = (pod: SparkPod, volume: Volume, mount: Omit<VolumeMount, "name">): SparkPod =>
  addMounts(addVolumes(pod, [volume]), [{ name: volume.name, ...mount }])

/** Sets these requests and limits over those the container has. */
export const addResources = (pod: SparkPod, resources: ResourceRequirements): SparkPod => {
  const current = pod.container.resources ?? {}
  const requests = { ...current.requests, ...resources.requests }
  const limits = { ...current.limits, ...resources.limits }
  return withContainer(pod, {
    resources: {
      ...current,
      ...(Object.keys(requests).length > 0 ? { requests } : {}),
      ...(Object.keys(limits).length > 0 ? { limits } : {}),
    },
  })
}

/** Sets these labels over those the pod has. */
export const addLabels = (pod: SparkPod, labels: Readonly<Record<string, string>>): SparkPod =>
  Object.keys(labels).length === 0
    ? pod
    : { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...labels } } }

export const addAnnotations = (pod: SparkPod, annotations: Readonly<Record<string, string>>): SparkPod =>
  Object.keys(annotations).length === 0
    ? pod
    : { ...pod, metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...annotations } } }
