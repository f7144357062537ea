/**
 * The volumes of a role that have no Spark configuration key: those of `spec.volumes`, ConfigMaps, and Secrets at further paths. A volume
 * that the operator names must not collide with one that the user or Spark names.
 */

import { createHash } from "node:crypto"
import { isDnsLabel } from "../../kube/names/ObjectName.ts"
import type { WorkloadSpec } from "../Workload.ts"
import { defaultLocalDirs, isLocalDir } from "./LocalDirVolumes.ts"
import { addEnv, addMounts, addVolumes, mountVolume, type SparkPod } from "./SparkPod.ts"

type Role = "driver" | "executor"

const hadoopConfigDirectory = "/etc/hadoop/conf"
/** Where `spec.sparkConfigMap` is mounted. */
export const sparkConfigDirectory = "/etc/spark/conf"

/** The volume that Spark makes for a Secret. */
export const secretVolume = (secret: string): string => `${secret}-volume`

/** Volumes that Spark makes from `spec.sparkConf`, whose keys hold the name. */
const configuredVolumes = ({ sparkConf }: WorkloadSpec, role: Role): ReadonlyArray<string> =>
  Object.keys({ ...sparkConf }).flatMap((key) => {
    const [, volume, secret] =
      /^spark\.kubernetes\.(?:driver|executor)\.(?:volumes\.[^.]+\.([^.]+)\..+|secrets\.(.+))$/.exec(key) ?? []
    if (!key.startsWith(`spark.kubernetes.${role}.`)) return []
    return volume === undefined ? (secret === undefined ? [] : [secretVolume(secret)]) : [volume]
  })

/** Volumes of the role that already exist, or that Spark will make, without those of `spec.volumes`. */
const otherVolumes = (spec: WorkloadSpec, role: Role): ReadonlyArray<string> => [
  ...(spec[role].template?.spec?.volumes ?? []).map(({ name }) => name),
  ...configuredVolumes(spec, role),
  ...(spec[role].secrets ?? []).map(({ name }) => secretVolume(name)),
]

/** All names that the user gives to volumes of this role. */
export const userVolumes = (spec: WorkloadSpec, role: Role): ReadonlySet<string> =>
  new Set([...(spec.volumes ?? []).map(({ name }) => name), ...otherVolumes(spec, role)])

/**
 * A name for a volume of the operator's own that the user has not given to another one: the preferred name, or where that is not valid or
 * taken, the beginning of `stem` and a hash of it.
 */
export const freeVolume = (preferred: string, stem: string, taken: ReadonlySet<string>): string => {
  const isFree = (candidate: string) => isDnsLabel(candidate) && !taken.has(candidate)
  const hashed = (attempt: number): string => {
    const text = attempt === 0 ? stem : `${stem}\n${attempt}`
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 8)
    const candidate = `${stem.replace(/[^a-z0-9-]/g, "-").slice(0, 63 - hash.length - 5)}-${hash}-vol`
    // A name that is not valid after all is reported by the rules for pods.
    return isFree(candidate) || attempt > taken.size ? candidate : hashed(attempt + 1)
  }
  return isFree(preferred) ? preferred : hashed(0)
}

/** A ConfigMap in the Spark container, read-only. Mounted twice under the same preferred name, it is still one volume. */
export const mountConfigMap = (
  pod: SparkPod,
  { preferred, name, mountPath }: { readonly preferred: string; readonly name: string; readonly mountPath: string },
  spec: WorkloadSpec,
  role: Role,
): SparkPod => {
  const present = pod.spec.volumes ?? []
  const different = present.filter(({ configMap }) => configMap?.name !== name)
  const taken = new Set([...userVolumes(spec, role), ...different.map((volume) => volume.name)])
  const volume = freeVolume(preferred, name, taken)
  const mount = { mountPath, readOnly: true }
  return present.some((other) => other.name === volume)
    ? addMounts(pod, [{ name: volume, ...mount }])
    : mountVolume(pod, { name: volume, configMap: { name } }, mount)
}

/** `hadoopConfigMap`, `sparkConfigMap` and the ConfigMaps of the role. */
export const withConfigMaps = (pod: SparkPod, spec: WorkloadSpec, role: Role): SparkPod => {
  const mount = (pod: SparkPod, preferred: string, name: string, mountPath: string) =>
    mountConfigMap(pod, { preferred, name, mountPath }, spec, role)
  const variable = (pod: SparkPod, name: string, value: string) => addEnv(pod, [{ name, value }])

  const { hadoopConfigMap, sparkConfigMap } = spec
  const withHadoop = hadoopConfigMap
    ? variable(
        mount(pod, "hadoop-configmap-volume", hadoopConfigMap, hadoopConfigDirectory),
        "HADOOP_CONF_DIR",
        hadoopConfigDirectory,
      )
    : pod
  const mounted = sparkConfigMap
    ? mount(withHadoop, "spark-configmap-volume", sparkConfigMap, sparkConfigDirectory)
    : withHadoop
  // On executors Spark's own value comes later and wins, so there it is a configuration key.
  const withSpark =
    sparkConfigMap && role === "driver" ? variable(mounted, "SPARK_CONF_DIR", sparkConfigDirectory) : mounted
  return (spec[role].configMaps ?? []).reduce((pod, { name, path }) => mount(pod, `${name}-vol`, name, path), withSpark)
}

/** A Secret has one configuration key and thereby one path; Spark's volume is mounted at the others as well. */
export const withMoreSecretPaths = (pod: SparkPod, spec: WorkloadSpec, role: Role): SparkPod => {
  const secrets = spec[role].secrets ?? []
  const repeated = secrets.filter(({ name }, index) => secrets.findIndex((other) => other.name === name) < index)
  return addMounts(
    pod,
    repeated.map(({ name, path }) => ({ name: secretVolume(name), mountPath: path })),
  )
}

/** The names of the volumes that any container of the pod mounts, other than by the `volumeMounts` of the role. */
const usedVolumes = ({ sidecars, container, spec }: SparkPod): ReadonlySet<string> =>
  new Set(
    [...sidecars, container, ...(spec.initContainers ?? [])].flatMap(({ volumeMounts = [], volumeDevices = [] }) =>
      [...volumeMounts, ...volumeDevices].map(({ name }) => name),
    ),
  )

/**
 * The volumes of `spec.volumes` that a container of the pod mounts although Spark or a template has no volume of that name: what sidecars
 * and init containers need besides the volumes of the Spark container.
 */
const volumesOfOthers = (pod: SparkPod, spec: WorkloadSpec, role: Role): ReadonlyArray<string> => {
  const used = usedVolumes(pod)
  const made = [
    ...otherVolumes(spec, role),
    ...(pod.spec.volumes ?? []).map(({ name }) => name),
    ...(spec[role].volumeMounts ?? []).map(({ name }) => name),
    ...defaultLocalDirs(spec, role),
  ]
  return (spec.volumes ?? []).map(({ name }) => name).filter((name) => used.has(name) && !made.includes(name))
}

/** The `volumeMounts` of the role, and all volumes that its containers need. Spark itself mounts the scratch volumes. */
export const withVolumes = (pod: SparkPod, spec: WorkloadSpec, role: Role): SparkPod => {
  const mounts = (spec[role].volumeMounts ?? []).filter(({ name }) => !isLocalDir(name))
  const names = [...mounts.map(({ name }) => name), ...volumesOfOthers(pod, spec, role)]
  return addMounts(
    addVolumes(
      pod,
      (spec.volumes ?? []).filter(({ name }) => names.includes(name)),
    ),
    mounts,
  )
}
