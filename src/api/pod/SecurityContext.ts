/** Kubernetes' security settings of a pod and of a container. */

import { Schema } from "effect"
import type * as core from "kubernetes-types/core/v1"
import { anyObject, embedded, optional, required } from "../schema/Field.ts"
import { Int64, Strings } from "../schema/Scalar.ts"

const Profile = embedded<core.SeccompProfile & core.AppArmorProfile>()({
  type: required(Schema.String, "RuntimeDefault, Unconfined or Localhost."),
  localhostProfile: optional(Schema.String, "The name of the profile on the node, for type Localhost."),
})

const SELinuxOptions = embedded<core.SELinuxOptions>()({
  user: optional(Schema.String, "The SELinux user label."),
  role: optional(Schema.String, "The SELinux role label."),
  type: optional(Schema.String, "The SELinux type label."),
  level: optional(Schema.String, "The SELinux level label."),
})

const shared = {
  runAsUser: optional(Int64, "The user id of the process."),
  runAsGroup: optional(Int64, "The group id of the process."),
  runAsNonRoot: optional(Schema.Boolean, "Whether the container must run as a user other than root."),
  seccompProfile: optional(Profile, "The seccomp profile."),
  appArmorProfile: optional(Profile, "The AppArmor profile."),
  seLinuxOptions: optional(SELinuxOptions, "The SELinux labels."),
  windowsOptions: optional(anyObject(), "Settings for Windows."),
}

const Capabilities = embedded<core.Capabilities>()({
  add: optional(Strings, "Capabilities to add."),
  drop: optional(Strings, "Capabilities to remove."),
})

/** `core/v1` SecurityContext. */
export const SecurityContext = embedded<core.SecurityContext>()({
  ...shared,
  allowPrivilegeEscalation: optional(Schema.Boolean, "Whether a process may gain more privileges than its parent."),
  capabilities: optional(Capabilities, "Linux capabilities to add and remove."),
  privileged: optional(Schema.Boolean, "Whether the container runs with all privileges of the node."),
  procMount: optional(Schema.String, "Default or Unmasked."),
  readOnlyRootFilesystem: optional(Schema.Boolean, "Whether the root file system is read-only."),
})

const Sysctl = embedded<core.Sysctl>()({
  name: required(Schema.String, "The name of the kernel parameter."),
  value: required(Schema.String, "The value of the parameter."),
})

/** `core/v1` PodSecurityContext. */
export const PodSecurityContext = embedded<
  core.PodSecurityContext & { readonly supplementalGroupsPolicy?: string; readonly seLinuxChangePolicy?: string }
>()({
  ...shared,
  fsGroup: optional(Int64, "The group that owns the volumes."),
  fsGroupChangePolicy: optional(Schema.String, "Always or OnRootMismatch."),
  supplementalGroups: optional(Schema.Array(Int64), "Additional groups of the processes."),
  supplementalGroupsPolicy: optional(Schema.String, "Merge or Strict."),
  seLinuxChangePolicy: optional(Schema.String, "MountOption or Recursive."),
  sysctls: optional(Schema.Array(Sysctl), "Kernel parameters of the pod."),
})
