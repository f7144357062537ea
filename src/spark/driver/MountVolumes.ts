/**
 * Spark's `MountVolumesFeatureStep` and `KubernetesVolumeUtils`: volumes written as configuration keys
 * `spark.kubernetes.<role>.volumes.<type>.<name>.…`.
 */

import type { Volume, VolumeMount } from "kubernetes-types/core/v1"
import type { Child } from "../Child.ts"
import type { ConfReader } from "../conf/ConfReader.ts"
import { addMounts, addVolumes, type SparkPod } from "../pod/SparkPod.ts"
import type { Configured, ReadStep, Run } from "./FeatureStep.ts"
import { type ClaimOwner, type OnDemandClaim, readOnDemandClaim } from "./OnDemandClaim.ts"

type Role = "driver" | "executor"

interface MountedVolume {
  readonly volume: Volume
  readonly mount: VolumeMount
  readonly field: string
  /** Of a volume whose claim may be made together with the pod. */
  readonly claim?: OnDemandClaim
}

/** Reads the keys of one volume, whose names are relative to `spark.kubernetes.<role>.volumes.<type>.<name>.`. */
interface VolumeKeys {
  readonly optional: (key: string) => string | undefined
  /** An empty string in place of a missing key, which is refused. */
  readonly required: (key: string) => string
  /** `options.sizeLimit`, a quantity. */
  readonly sizeLimit: () => string | undefined
}

/** `rich`: the profile has the newer options. */
type Source = (keys: VolumeKeys, readOnly: boolean, rich: boolean) => Omit<Volume, "name">

/** Spark writes an empty medium or type where none is given, and so does this. */
const sources: Readonly<Record<string, Source>> = {
  hostPath: ({ required, optional }, _readOnly, rich) => ({
    hostPath: { path: required("options.path"), type: (rich ? optional("options.type") : undefined) ?? "" },
  }),
  persistentVolumeClaim: ({ required }, readOnly) => ({
    persistentVolumeClaim: { claimName: required("options.claimName"), readOnly },
  }),
  emptyDir: ({ optional, sizeLimit: readSize }) => {
    const medium = optional("options.medium") ?? ""
    const sizeLimit = readSize()
    return { emptyDir: sizeLimit === undefined ? { medium } : { medium, sizeLimit } }
  },
  nfs: ({ required }) => ({ nfs: { path: required("options.path"), server: required("options.server") } }),
}
const sourceOf: ReadonlyMap<string, Source> = new Map(Object.entries(sources))

/** Type and name are the first two parts of a key, so that neither can hold a dot. */
const declaredVolumes = (read: ConfReader, prefix: string) => {
  const declared = new Map<string, { readonly type: string; readonly name: string; readonly field: string }>()
  for (const entry of read.prefixed(prefix)) {
    const [type = "", name = ""] = entry.name.split(".")
    if (name === "") read.refuse(entry.field, `Spark expects ${prefix}<type>.<name>.…`)
    else if (!declared.has(`${type}.${name}`)) declared.set(`${type}.${name}`, { type, name, field: entry.field })
  }
  return [...declared.values()]
}

/** Spark takes a bare number below 1024 for a forgotten unit (4.0 and later); it is hardly ever meant in any version. */
const readSizeLimit = (read: ConfReader, volume: string) => {
  const key = `${volume}.options.sizeLimit`
  const size = read.quantity(key)
  if (size !== undefined && /^\d+$/.test(size) && Number(size) < 1024) {
    read.refuse(read.fieldOf(key), `${JSON.stringify(size)} would be that many bytes; write a unit, such as ${size}Gi`)
  }
  return size
}

/** The volumes of a role, as Spark would mount them; refuses what Spark or Kubernetes would refuse. */
const readVolumes = (submitted: Configured, role: Role): ReadonlyArray<MountedVolume> => {
  const { read, profile } = submitted
  const prefix = `spark.kubernetes.${role}.volumes.`
  return declaredVolumes(read, prefix).flatMap(({ type, name, field }, index) => {
    const optional = (key: string) => read.text(`${prefix}${type}.${name}.${key}`)
    const required = (key: string) => {
      const value = optional(key)
      if (value === undefined) read.refuse(field, `the volume ${name} also needs ${prefix}${type}.${name}.${key}`)
      return value ?? ""
    }
    const source = sourceOf.get(type)
    if (source === undefined) {
      read.refuse(
        field,
        `Spark does not support volumes of type ${type}; use one of ${[...sourceOf.keys()].join(", ")}, or spec.volumes`,
      )
      return []
    }
    const keys = { optional, required, sizeLimit: () => readSizeLimit(read, `${prefix}${type}.${name}`) }
    const claim =
      type === "persistentVolumeClaim"
        ? { claim: readOnDemandClaim(submitted, role, `${prefix}${type}.${name}`, index, field) }
        : {}
    const subPath = optional("mount.subPath") ?? ""
    const subPathExpr = profile.richVolumeOptions ? (optional("mount.subPathExpr") ?? "") : ""
    if (subPath !== "" && subPathExpr !== "") read.refuse(field, `the volume ${name} has both subPath and subPathExpr`)
    const readOnly = read.flag(`${prefix}${type}.${name}.mount.readOnly`)
    const mount: VolumeMount = {
      name,
      mountPath: required("mount.path"),
      readOnly,
      subPath,
      ...(profile.richVolumeOptions ? { subPathExpr } : {}),
    }
    return [{ volume: { name, ...source(keys, readOnly, profile.richVolumeOptions) }, mount, field, ...claim }]
  })
}

/** Spark refuses two volumes of executors at one path already at the submission; for the driver that shows in its pod. */
const refuseSharedPaths = ({ read }: Configured, volumes: ReadonlyArray<MountedVolume>) => {
  for (const [index, { mount, field }] of volumes.entries()) {
    if (volumes.findIndex((other) => other.mount.mountPath === mount.mountPath) < index) {
      read.refuse(field, `two volumes of the executors would be mounted at ${mount.mountPath}; keep one`)
    }
  }
}

/** The volume in one pod, which may have a claim of its own. */
const volumeOf = ({ volume, claim }: MountedVolume, owner: ClaimOwner): Volume =>
  claim === undefined || volume.persistentVolumeClaim === undefined
    ? volume
    : { ...volume, persistentVolumeClaim: { ...volume.persistentVolumeClaim, claimName: claim.name(owner) } }

const mounted = (pod: SparkPod, volumes: ReadonlyArray<MountedVolume>, owner: ClaimOwner): SparkPod =>
  addMounts(
    addVolumes(
      pod,
      volumes.map((volume) => volumeOf(volume, owner)),
    ),
    volumes.map(({ mount }) => mount),
  )

const driverOwner = (run: Run): ClaimOwner => ({ podName: `${run.names.prefix}-driver` })

/** The step of drivers. */
export const mountVolumes: ReadStep = (submitted) => {
  const volumes = readVolumes(submitted, "driver")
  return {
    configurePod: (pod, run) => mounted(pod, volumes, driverOwner(run)),
    children: (run) => volumes.flatMap(({ claim }) => claim?.child(driverOwner(run), run.appId) ?? []),
  }
}

interface ExecutorVolumes {
  readonly configurePod: (pod: SparkPod, owner: ClaimOwner) => SparkPod
  readonly claims: (owner: ClaimOwner & { readonly appId: string }) => ReadonlyArray<Child>
}

/** The step of executors, whose claims the driver makes. */
export const mountExecutorVolumes = (submitted: Configured): ExecutorVolumes => {
  const volumes = readVolumes(submitted, "executor")
  refuseSharedPaths(submitted, volumes)
  return {
    configurePod: (pod, owner) => mounted(pod, volumes, owner),
    claims: (owner) => volumes.flatMap(({ claim }) => claim?.child(owner, owner.appId) ?? []),
  }
}
