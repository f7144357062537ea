/**
 * Kubernetes' volumes and mounts. The sources that Spark applications commonly use are checked field by field. Rarer ones are passed on
 * unchecked; the API server checks them when the pod is created.
 */

import { Schema } from "effect"
import type * as core from "kubernetes-types/core/v1"
import { anyObject, embedded, optional, required } from "../schema/Field.ts"
import { Int32, Quantity } from "../schema/Scalar.ts"

const source = (kind: string) => optional(anyObject(), `A volume of the type ${kind}.`)

export const KeyToPath = embedded<core.KeyToPath>()({
  key: required(Schema.String, "The key to mount."),
  path: required(Schema.String, "The path of the file for the key, relative to the mount."),
  mode: optional(Int32, "The permission bits of the file."),
})

const items = optional(Schema.Array(KeyToPath), "The keys to mount and their file names. Defaults to all keys.")
const defaultMode = optional(Int32, "The permission bits of the files. Defaults to 0644.")
const readOnly = optional(Schema.Boolean, "Whether the volume is read-only.")

const ConfigMapVolume = embedded<core.ConfigMapVolumeSource>()({
  name: optional(Schema.String, "The name of the ConfigMap."),
  items,
  defaultMode,
  optional: optional(Schema.Boolean, "Whether the pod may start without the ConfigMap."),
})

const SecretVolume = embedded<core.SecretVolumeSource>()({
  secretName: optional(Schema.String, "The name of the Secret."),
  items,
  defaultMode,
  optional: optional(Schema.Boolean, "Whether the pod may start without the Secret."),
})

const EmptyDirVolume = embedded<core.EmptyDirVolumeSource>()({
  medium: optional(Schema.String, "Memory for a file system in memory. Defaults to the disk of the node."),
  sizeLimit: optional(Quantity, "The maximum size of the directory."),
})

const HostPathVolume = embedded<core.HostPathVolumeSource>()({
  path: required(Schema.String, "The path on the node."),
  type: optional(Schema.String, "The type of the path that must exist, such as Directory or DirectoryOrCreate."),
})

const NfsVolume = embedded<core.NFSVolumeSource>()({
  server: required(Schema.String, "The host name or address of the NFS server."),
  path: required(Schema.String, "The exported path."),
  readOnly,
})

const ClaimVolume = embedded<core.PersistentVolumeClaimVolumeSource>()({
  claimName: required(Schema.String, "The name of the PersistentVolumeClaim."),
  readOnly,
})

const CsiVolume = embedded<core.CSIVolumeSource>()({
  driver: required(Schema.String, "The name of the CSI driver."),
  fsType: optional(Schema.String, "The file system to mount."),
  readOnly,
  nodePublishSecretRef: optional(anyObject(), "The Secret that the CSI driver needs for mounting."),
  volumeAttributes: optional(Schema.Record(Schema.String, Schema.String), "Properties for the CSI driver."),
})

const ProjectedVolume = embedded<core.ProjectedVolumeSource>()({
  defaultMode,
  sources: optional(Schema.Array(anyObject()), "The ConfigMaps, Secrets and tokens that make up the volume."),
})

const EphemeralVolume = embedded<core.EphemeralVolumeSource>()({
  volumeClaimTemplate: optional(anyObject(), "The PersistentVolumeClaim that is created for the pod."),
})

/** `core/v1` Volume. */
export const Volume = embedded<core.Volume & { readonly image?: object }>()({
  name: required(Schema.String, "The name that volumeMounts refer to."),
  configMap: optional(ConfigMapVolume, "Files from a ConfigMap."),
  secret: optional(SecretVolume, "Files from a Secret."),
  emptyDir: optional(EmptyDirVolume, "A directory that lives as long as the pod."),
  hostPath: optional(HostPathVolume, "A path of the node."),
  nfs: optional(NfsVolume, "An NFS export."),
  persistentVolumeClaim: optional(ClaimVolume, "A PersistentVolumeClaim in the same namespace."),
  ephemeral: optional(EphemeralVolume, "A PersistentVolumeClaim that lives as long as the pod."),
  csi: optional(CsiVolume, "A volume of a CSI driver that lives as long as the pod."),
  projected: optional(ProjectedVolume, "Several sources in one directory."),
  downwardAPI: optional(anyObject(), "Fields of the pod as files."),
  image: source("image"),
  awsElasticBlockStore: source("awsElasticBlockStore"),
  azureDisk: source("azureDisk"),
  azureFile: source("azureFile"),
  cephfs: source("cephfs"),
  cinder: source("cinder"),
  fc: source("fc"),
  flexVolume: source("flexVolume"),
  flocker: source("flocker"),
  gcePersistentDisk: source("gcePersistentDisk"),
  gitRepo: source("gitRepo"),
  glusterfs: source("glusterfs"),
  iscsi: source("iscsi"),
  photonPersistentDisk: source("photonPersistentDisk"),
  portworxVolume: source("portworxVolume"),
  quobyte: source("quobyte"),
  rbd: source("rbd"),
  scaleIO: source("scaleIO"),
  storageos: source("storageos"),
  vsphereVolume: source("vsphereVolume"),
})

/** `core/v1` VolumeMount. */
export const VolumeMount = embedded<core.VolumeMount>()({
  name: required(Schema.String, "The name of the volume."),
  mountPath: required(Schema.String, "The path inside the container."),
  subPath: optional(Schema.String, "The path inside the volume to mount instead of its root."),
  subPathExpr: optional(Schema.String, "As subPath, with references $(NAME) to environment variables expanded."),
  readOnly: optional(Schema.Boolean, "Whether the mount is read-only."),
  recursiveReadOnly: optional(Schema.String, "Whether mounts below a read-only mount are also read-only."),
  mountPropagation: optional(Schema.String, "How mounts are propagated between the node and the container."),
})
