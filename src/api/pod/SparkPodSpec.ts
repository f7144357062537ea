/**
 * The fields that drivers and executors have in common: resources, image, environment, placement, security. The names are those of
 * `sparkoperator.k8s.io/v1beta2`.
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
  quantity: required(integer("int64", 1), "The number of GPUs."),
})
export type GPUSpec = typeof GPUSpec.Type

export const NamePath = Schema.Struct({
  name: required(Schema.String, "The name of the ConfigMap."),
  path: required(Schema.String, "The directory to mount it at."),
})
export type NamePath = typeof NamePath.Type

export const NameKey = Schema.Struct({
  name: required(Schema.String, "The name of the Secret."),
  key: required(Schema.String, "The key in that Secret."),
})
export type NameKey = typeof NameKey.Type

export const SecretInfo = Schema.Struct({
  name: required(Schema.String, "The name of the Secret."),
  path: required(Schema.String, "The directory to mount it at."),
  secretType: required(
    Schema.String,
    "GCPServiceAccount and HadoopDelegationToken also set the environment variable with the path of the file. Other types are only mounted.",
  ),
})
export type SecretInfo = typeof SecretInfo.Type

export const ContainerPort = Schema.Struct({
  name: required(Schema.String, "The name of the port."),
  protocol: required(Schema.String, "TCP, UDP or SCTP."),
  containerPort: required(Port, "The port inside the pod."),
})
export type ContainerPort = typeof ContainerPort.Type

/** The fields of kubeflow's `SparkPodSpec` and `podTemplate`, to be spread into the schemas of driver and executor. */
export const sparkPodFields = {
  template: optional(
    anyObject<PodTemplateSpec>(),
    "A pod template, for settings that have no field of their own. Fields of this resource take precedence over it.",
  ),
  podTemplate: optional(anyObject<PodTemplateSpec>(), "Another spelling of template. Only one of them can be set."),
  cores: optional(
    PositiveInt32,
    "The number of CPU cores for Spark, which limits how many tasks run at the same time. Defaults to 1.",
  ),
  coreRequest: optional(CpuQuantity, "The CPU request of the pod, such as 500m. Defaults to cores."),
  coreLimit: optional(CpuQuantity, "The CPU limit of the pod. Defaults to no limit."),
  memory: optional(SparkMemory, "The heap size in Spark's notation, such as 4g. Defaults to 1g."),
  memoryLimit: optional(
    MemoryLimit,
    "The memory limit of the driver container. Defaults to memory plus overhead. Not allowed for executors.",
  ),
  memoryOverhead: optional(
    SparkMemory,
    "The memory outside the heap, such as 512m. In MiB if it has no unit. Defaults to a fraction of memory, see memoryOverheadFactor.",
  ),
  gpu: optional(GPUSpec, "GPUs of the container."),
  image: optional(Schema.String, "The container image. Defaults to spec.image."),
  configMaps: optional(Schema.Array(NamePath), "ConfigMaps to mount."),
  secrets: optional(Schema.Array(SecretInfo), "Secrets to mount."),
  env: optional(Schema.Array(EnvVar), "Environment variables."),
  envVars: optional(StringMap, "Environment variables by name. Deprecated, use env instead."),
  envFrom: optional(Schema.Array(EnvFromSource), "ConfigMaps and Secrets whose keys become environment variables."),
  envSecretKeyRefs: optional(
    Schema.Record(Schema.String, NameKey),
    "Environment variables from keys of Secrets. Deprecated, use env instead.",
  ),
  labels: optional(StringMap, "Labels of the pod."),
  annotations: optional(StringMap, "Annotations of the pod."),
  volumeMounts: optional(Schema.Array(VolumeMount), "The volumes of spec.volumes to mount in the Spark container."),
  affinity: optional(Affinity, "Rules for the placement of the pod on nodes and near other pods."),
  tolerations: optional(Schema.Array(Toleration), "The taints of nodes that the pod tolerates."),
  podSecurityContext: optional(PodSecurityContext, "Security settings of the pod."),
  securityContext: optional(SecurityContext, "Security settings of the Spark container."),
  schedulerName: optional(Schema.String, "The scheduler that places the pod."),
  sidecars: optional(Schema.Array(Container), "Containers that run next to the Spark container."),
  initContainers: optional(Schema.Array(Container), "Containers that run to completion before the Spark container."),
  hostNetwork: optional(Schema.Boolean, "Whether the pod uses the network of its node."),
  nodeSelector: optional(StringMap, "Labels that a node must have. Cannot be combined with spec.nodeSelector."),
  dnsConfig: optional(PodDNSConfig, "DNS settings of the pod."),
  terminationGracePeriodSeconds: optional(integer("int64", 0), "Seconds that the pod may take to stop."),
  serviceAccount: optional(Schema.String, "The service account of the pod."),
  hostAliases: optional(Schema.Array(HostAlias), "Additional entries of /etc/hosts."),
  shareProcessNamespace: optional(Schema.Boolean, "Whether the containers of the pod share one process namespace."),
  javaOptions: optional(Schema.String, "Options of the Java virtual machine (JVM)."),
  lifecycle: optional(Lifecycle, "Actions of the Spark container after start and before stop."),
  ports: optional(Schema.Array(ContainerPort), "Additional ports of the Spark container."),
  priorityClassName: optional(Schema.String, "The priority class of the pod."),
}
