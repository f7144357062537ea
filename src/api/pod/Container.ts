/**
 * Kubernetes' containers and what stands inside them. Names, images, commands, environment, ports, resources and mounts are checked;
 * probes and hooks are taken as they are and left to the API server when the pod is made.
 */

import { Schema } from "effect"
import type * as core from "kubernetes-types/core/v1"
import { anyObject, embedded, optional, required } from "../schema/Field.ts"
import { Port, ResourceList, Strings } from "../schema/Scalar.ts"
import { SecurityContext } from "./SecurityContext.ts"
import { VolumeMount } from "./Volume.ts"

const KeySelector = embedded<core.ConfigMapKeySelector & core.SecretKeySelector>()({
  name: optional(Schema.String, "The name of the object."),
  key: required(Schema.String, "The key inside it."),
  optional: optional(Schema.Boolean, "Whether the container may start without it."),
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
  value: optional(Schema.String, "Its value; $(NAME) is replaced by earlier variables."),
  valueFrom: optional(EnvVarSource, "Where its value comes from, instead of value."),
})

const EnvSource = embedded<core.ConfigMapEnvSource & core.SecretEnvSource>()({
  name: optional(Schema.String, "The name of the object."),
  optional: optional(Schema.Boolean, "Whether the container may start without it."),
})

/** `core/v1` EnvFromSource. */
export const EnvFromSource = embedded<core.EnvFromSource>()({
  prefix: optional(Schema.String, "Put before the name of each variable."),
  configMapRef: optional(EnvSource, "A ConfigMap; each key becomes a variable."),
  secretRef: optional(EnvSource, "A Secret; each key becomes a variable."),
})

/** `core/v1` ContainerPort. */
const ContainerPort = embedded<core.ContainerPort>()({
  name: optional(Schema.String, "The name of the port."),
  containerPort: required(Port, "The port inside the pod."),
  protocol: optional(Schema.String, "TCP, UDP or SCTP; TCP when left out."),
  hostPort: optional(Port, "The port of the node."),
  hostIP: optional(Schema.String, "The address of the node to bind to."),
})

const ResourceRequirements = embedded<core.ResourceRequirements>()({
  requests: optional(ResourceList, "What the scheduler sets aside."),
  limits: optional(ResourceList, "The most the container may use."),
  claims: optional(Schema.Array(anyObject()), "Claims of dynamic resource allocation."),
})

const handler = anyObject<core.LifecycleHandler>()

/** `core/v1` Lifecycle. */
export const Lifecycle = embedded<core.Lifecycle & { readonly stopSignal?: string }>()({
  postStart: optional(handler, "Done right after the container was made."),
  preStop: optional(handler, "Done before the container is stopped."),
  stopSignal: optional(Schema.String, "The signal that stops the container."),
})

const probe = (purpose: string) => optional(anyObject<core.Probe>(), purpose)

/** `core/v1` Container. */
export const Container = embedded<core.Container & { readonly restartPolicyRules?: ReadonlyArray<object> }>()({
  name: required(Schema.String, "The name of the container."),
  image: optional(Schema.String, "The container image."),
  imagePullPolicy: optional(Schema.String, "Always, IfNotPresent or Never."),
  command: optional(Strings, "The entrypoint; that of the image when left out."),
  args: optional(Strings, "The arguments of the entrypoint."),
  workingDir: optional(Schema.String, "The working directory."),
  env: optional(Schema.Array(EnvVar), "Environment variables."),
  envFrom: optional(Schema.Array(EnvFromSource), "ConfigMaps and Secrets whose keys become environment variables."),
  ports: optional(Schema.Array(ContainerPort), "The ports the container listens on."),
  resources: optional(ResourceRequirements, "CPU, memory and other resources."),
  resizePolicy: optional(Schema.Array(anyObject()), "Whether a change of resources needs a restart."),
  restartPolicy: optional(Schema.String, "Always turns an init container into a sidecar that runs beside the driver."),
  restartPolicyRules: optional(Schema.Array(anyObject()), "Exit codes that decide about a restart."),
  volumeMounts: optional(Schema.Array(VolumeMount), "The volumes to mount."),
  volumeDevices: optional(Schema.Array(anyObject()), "The block devices to map."),
  livenessProbe: probe("The container is restarted when this fails."),
  readinessProbe: probe("The pod is ready while this succeeds."),
  startupProbe: probe("The other probes wait until this succeeds."),
  lifecycle: optional(Lifecycle, "Actions at start and stop."),
  securityContext: optional(SecurityContext, "Security settings of the container."),
  terminationMessagePath: optional(Schema.String, "The file whose content is reported when the container ends."),
  terminationMessagePolicy: optional(Schema.String, "File or FallbackToLogsOnError."),
  stdin: optional(Schema.Boolean, "Whether to keep standard input open."),
  stdinOnce: optional(Schema.Boolean, "Whether standard input closes after the first client."),
  tty: optional(Schema.Boolean, "Whether to give the container a terminal."),
})
