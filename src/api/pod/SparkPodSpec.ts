/**
 * What drivers and executors have in common: size, image, environment, placement, security.
 * The field names are those of `sparkoperator.k8s.io/v1beta2`.
 */

import { Schema } from "effect"
import type { PodTemplateSpec } from "kubernetes-types/core/v1"
import { anyObject, integer, optional, required } from "../schema/Field.ts"
import { CpuQuantity, MemoryLimit, Port, PositiveInt32, SparkMemory, StringMap } from "../schema/Scalar.ts"
import { Container, EnvFromSource, EnvVar, Lifecycle } from "./Container.ts"
import { Affinity, HostAlias, PodDNSConfig, Toleration } from "./PodPlacement.ts"
import { PodSecurityContext, SecurityContext } from "./SecurityContext.ts"
import { VolumeMount } from "./Volume.ts"

export const GPUSpec = Schema.Struct({
  name: required(Schema.String, "The resource name, such as nvidia.com/gpu."),
  quantity: required(integer("int64", 1), "How many."),
})
export type GPUSpec = typeof GPUSpec.Type

export const NamePath = Schema.Struct({
  name: required(Schema.String, "The name of the ConfigMap."),
  path: required(Schema.String, "The directory to mount it at."),
})
export type NamePath = typeof NamePath.Type

export const NameKey = Schema.Struct({
  name: required(Schema.String, "The name of the Secret."),
  key: required(Schema.String, "The key inside it."),
})
export type NameKey = typeof NameKey.Type

export const SecretInfo = Schema.Struct({
  name: required(Schema.String, "The name of the Secret."),
  path: required(Schema.String, "The directory to mount it at."),
  secretType: required(
    Schema.String,
    "GCPServiceAccount and HadoopDelegationToken also set the environment variable that points to the file; anything else only mounts.",
  ),
})
export type SecretInfo = typeof SecretInfo.Type

export const ContainerPort = Schema.Struct({
  name: required(Schema.String, "The name of the port."),
  protocol: required(Schema.String, "TCP, UDP or SCTP."),
  containerPort: required(Port, "The port inside the pod."),
})
export type ContainerPort = typeof ContainerPort.Type

/** The fields of `SparkPodSpec`, to be spread into the driver's and the executor's. */
export const sparkPodFields = {
  template: optional(
    anyObject<PodTemplateSpec>(),
    "A pod template for everything that has no field of its own; fields here win over it.",
  ),
  cores: optional(PositiveInt32, "CPU cores as Spark counts them: how many tasks or threads run at once."),
  coreRequest: optional(CpuQuantity, "The CPU request of the pod, such as 500m; the cores when left out."),
  coreLimit: optional(CpuQuantity, "The CPU limit of the pod; none when left out."),
  memory: optional(SparkMemory, "The heap size as Spark writes it, such as 4g."),
  memoryLimit: optional(MemoryLimit, "The memory limit of the container, instead of heap plus overhead."),
  memoryOverhead: optional(SparkMemory, "The memory outside of the heap, in MiB unless a unit is given."),
  gpu: optional(GPUSpec, "GPUs of the container."),
  image: optional(Schema.String, "The container image; spec.image when left out."),
  configMaps: optional(Schema.Array(NamePath), "ConfigMaps to mount."),
  secrets: optional(Schema.Array(SecretInfo), "Secrets to mount."),
  env: optional(Schema.Array(EnvVar), "Environment variables."),
  envVars: optional(StringMap, "Deprecated, use env: environment variables by name."),
  envFrom: optional(Schema.Array(EnvFromSource), "ConfigMaps and Secrets whose keys become environment variables."),
  envSecretKeyRefs: optional(
    Schema.Record(Schema.String, NameKey),
    "Deprecated, use env: environment variables from keys of Secrets.",
  ),
  labels: optional(StringMap, "Labels of the pod."),
  annotations: optional(StringMap, "Annotations of the pod."),
  volumeMounts: optional(Schema.Array(VolumeMount), "Which of spec.volumes to mount, and where."),
  affinity: optional(Affinity, "Which nodes to choose and which pods to be near to."),
  tolerations: optional(Schema.Array(Toleration), "The taints of nodes that are tolerated."),
  podSecurityContext: optional(PodSecurityContext, "Security settings of the pod."),
  securityContext: optional(SecurityContext, "Security settings of the Spark container."),
  schedulerName: optional(Schema.String, "The scheduler that places the pod."),
  sidecars: optional(Schema.Array(Container), "Containers that run beside the Spark container."),
  initContainers: optional(Schema.Array(Container), "Containers that run to completion before the Spark container."),
  hostNetwork: optional(Schema.Boolean, "Whether the pod uses the network of its node."),
  nodeSelector: optional(StringMap, "Labels a node must have; not together with spec.nodeSelector."),
  dnsConfig: optional(PodDNSConfig, "Name resolution of the pod."),
  terminationGracePeriodSeconds: optional(integer("int64", 0), "How long the pod may take to stop."),
  serviceAccount: optional(Schema.String, "The service account of the pod."),
  hostAliases: optional(Schema.Array(HostAlias), "Further lines of /etc/hosts."),
  shareProcessNamespace: optional(Schema.Boolean, "Whether the containers of the pod see each other's processes."),
  javaOptions: optional(Schema.String, "Options of the Java virtual machine."),
  lifecycle: optional(Lifecycle, "Actions of the Spark container at start and stop."),
  ports: optional(Schema.Array(ContainerPort), "Further ports of the Spark container."),
  priorityClassName: optional(Schema.String, "The priority class of the pod."),
}
