/**
 * Kubernetes' containers. Names, images, commands, environment, ports, resources and mounts are checked here. Probes and hooks are passed
 * on unchecked; the API server checks them when the pod is created.
 */

import { Schema } from "effect"
import type * as core from "kubernetes-types/core/v1"
import { anyObject, embedded, optional, required } from "../schema/Field.ts"
import { Port, ResourceList, Strings } from "../schema/Scalar.ts"
import { SecurityContext } from "./SecurityContext.ts"
import { VolumeMount } from "./Volume.ts"

const KeySelector = embedded<core.ConfigMapKeySelector & core.SecretKeySelector>()({
  name: optional(Schema.String, "The name of the object."),
  key: required(Schema.String, "The key in that object."),
  optional: optional(Schema.Boolean, "Whether the container may start if it does not exist."),
})

const EnvVarSource = embedded<core.EnvVarSource & { readonly fileKeyRef?: object }>()({
  configMapKeyRef: optional(KeySelector, "A key of a ConfigMap."),
  secretKeyRef: optional(KeySelector, "A key of a Secret."),
  fieldRef: optional(anyObject(), "A field of the pod, such as metadata.name."),
  resourceFieldRef: optional(anyObject(), "A resource of the container, such as limits.cpu."),
  fileKeyRef: optional(anyObject(), "A key of a file in a volume."),
})

/** `core/v1` EnvVar. */
export const EnvVar = embedded<core.EnvVar>()({
  name: required(Schema.String, "The name of the variable."),
  value: optional(Schema.String, "The value. References $(NAME) to earlier variables are expanded."),
  valueFrom: optional(EnvVarSource, "The source of the value, instead of value."),
})

const EnvSource = embedded<core.ConfigMapEnvSource & core.SecretEnvSource>()({
  name: optional(Schema.String, "The name of the object."),
  optional: optional(Schema.Boolean, "Whether the container may start if it does not exist."),
})

/** `core/v1` EnvFromSource. */
export const EnvFromSource = embedded<core.EnvFromSource>()({
  prefix: optional(Schema.String, "A prefix for the names of the variables."),
  configMapRef: optional(EnvSource, "A ConfigMap; each key becomes a variable."),
  secretRef: optional(EnvSource, "A Secret; each key becomes a variable."),
})

/** `core/v1` ContainerPort. */
const ContainerPort = embedded<core.ContainerPort>()({
  name: optional(Schema.String, "The name of the port."),
  containerPort: required(Port, "The port inside the pod."),
  protocol: optional(Schema.String, "TCP, UDP or SCTP. Defaults to TCP."),
  hostPort: optional(Port, "The port of the node."),
  hostIP: optional(Schema.String, "The address of the node to bind to."),
})

export const ResourceRequirements = embedded<core.ResourceRequirements>()({
  requests: optional(ResourceList, "The resources that the scheduler reserves."),
  limits: optional(ResourceList, "The maximum resources that the container may use."),
  claims: optional(Schema.Array(anyObject()), "Claims for dynamic resource allocation."),
})

const handler = anyObject<core.LifecycleHandler>()

/** `core/v1` Lifecycle. */
export const Lifecycle = embedded<core.Lifecycle & { readonly stopSignal?: string }>()({
  postStart: optional(handler, "Runs right after the container is created."),
  preStop: optional(handler, "Runs before the container is stopped."),
  stopSignal: optional(Schema.String, "The signal that stops the container."),
})

const probe = (purpose: string) => optional(anyObject<core.Probe>(), purpose)

/** `core/v1` Container. */
export const Container = embedded<core.Container & { readonly restartPolicyRules?: ReadonlyArray<object> }>()({
  name: required(Schema.String, "The name of the container."),
  image: optional(Schema.String, "The container image."),
  imagePullPolicy: optional(Schema.String, "Always, IfNotPresent or Never."),
  command: optional(Strings, "The entrypoint. Defaults to that of the image."),
  args: optional(Strings, "The arguments of the entrypoint."),
  workingDir: optional(Schema.String, "The working directory."),
  env: optional(Schema.Array(EnvVar), "Environment variables."),
  envFrom: optional(Schema.Array(EnvFromSource), "ConfigMaps and Secrets whose keys become environment variables."),
  ports: optional(Schema.Array(ContainerPort), "The ports the container listens on."),
  resources: optional(ResourceRequirements, "CPU, memory and other resources."),
  resizePolicy: optional(Schema.Array(anyObject()), "Whether a change of resources requires a restart."),
  restartPolicy: optional(Schema.String, "Always makes an init container a sidecar that keeps running."),
  restartPolicyRules: optional(Schema.Array(anyObject()), "Rules for restarts by exit code."),
  volumeMounts: optional(Schema.Array(VolumeMount), "The volumes to mount."),
  volumeDevices: optional(Schema.Array(anyObject()), "The block devices to map."),
  livenessProbe: probe("The container is restarted if this fails."),
  readinessProbe: probe("The container is ready while this succeeds."),
  startupProbe: probe("The other probes start after this has succeeded."),
  lifecycle: optional(Lifecycle, "Actions after start and before stop."),
  securityContext: optional(SecurityContext, "Security settings of the container."),
  terminationMessagePath: optional(Schema.String, "The file with the message that is reported after termination."),
  terminationMessagePolicy: optional(Schema.String, "File or FallbackToLogsOnError."),
  stdin: optional(Schema.Boolean, "Whether to keep standard input open."),
  stdinOnce: optional(Schema.Boolean, "Whether standard input closes after the first client."),
  tty: optional(Schema.Boolean, "Whether to give the container a terminal."),
})
