/**
 * Volumes named `spark-local-dir-*`, which Spark uses as scratch space and which therefore become configuration keys (the mapping of
 * kubeflow's operator).
 */

import type { Volume, VolumeMount } from "kubernetes-types/core/v1"
import type { ConfEntry } from "../conf/SparkConf.ts"
import type { WorkloadSpec } from "../Workload.ts"
import { driverContainerName, executorContainerName, fromTemplate } from "./SparkPod.ts"

/** Volumes with such a name are Spark's scratch space. */
export const localDirPrefix = "spark-local-dir-"
export const isLocalDir = (name: string): boolean => name.startsWith(localDirPrefix)

type Options = Readonly<Record<string, string | number | undefined>>

/** Spark's type for a volume, with its options; undefined when Spark cannot use it as scratch space. */
export const localDirSource = (volume: Volume): { readonly type: string; readonly options: Options } | undefined => {
  const { emptyDir, hostPath, nfs, persistentVolumeClaim: claim } = volume
  if (emptyDir) return { type: "emptyDir", options: { sizeLimit: emptyDir.sizeLimit, medium: emptyDir.medium } }
  if (hostPath) return { type: "hostPath", options: { path: hostPath.path, type: hostPath.type } }
  if (nfs) return { type: "nfs", options: { path: nfs.path, server: nfs.server } }
  if (claim) return { type: "persistentVolumeClaim", options: { claimName: claim.claimName } }
  return undefined
}

function* mountEntries(mount: VolumeMount, volume: Volume, role: string, field: string): Iterable<ConfEntry> {
  const source = localDirSource(volume)
  if (source === undefined) return
  const prefix = `spark.kubernetes.${role}.volumes.${source.type}.${volume.name}`
  const readOnly = mount.readOnly ?? volume.nfs?.readOnly ?? volume.persistentVolumeClaim?.readOnly
  yield { key: `${prefix}.mount.path`, value: mount.mountPath, field }
  if (mount.subPath) yield { key: `${prefix}.mount.subPath`, value: mount.subPath, field }
  if (mount.subPathExpr) yield { key: `${prefix}.mount.subPathExpr`, value: mount.subPathExpr, field }
  if (readOnly === true) yield { key: `${prefix}.mount.readOnly`, value: "true", field }
  for (const [option, value] of Object.entries(source.options)) {
    if (value !== undefined && value !== "") yield { key: `${prefix}.options.${option}`, value: String(value), field }
  }
}

/** The scratch space of a role as configuration. Mounts whose volume is missing or unsuitable are refused elsewhere (`RoleRules.ts`). */
export function* localDirConf(spec: WorkloadSpec, role: "driver" | "executor"): Iterable<ConfEntry> {
  for (const [index, mount] of (spec[role].volumeMounts ?? []).entries()) {
    const volume = spec.volumes?.find((volume) => volume.name === mount.name)
    if (isLocalDir(mount.name) && volume !== undefined) {
      yield* mountEntries(mount, volume, role, `spec.${role}.volumeMounts[${index}]`)
    }
  }
}

type Role = "driver" | "executor"

/** Whether the Spark container of a role mounts scratch volumes of the user's. */
const hasOwnLocalDirs = ({ sparkConf, ...spec }: WorkloadSpec, role: Role): boolean => {
  const container = role === "driver" ? driverContainerName : executorContainerName
  const template = fromTemplate(spec[role].template, container).container.volumeMounts ?? []
  const configured = new RegExp(`^spark\\.kubernetes\\.${role}\\.volumes\\.[^.]+\\.${localDirPrefix}`)
  return (
    [...template, ...(spec[role].volumeMounts ?? [])].some(({ name }) => isLocalDir(name)) ||
    Object.keys({ ...sparkConf }).some((key) => configured.test(key))
  )
}

/**
 * The names of the empty directories that Spark mounts where the user gives a role no scratch volumes (`LocalDirsFeatureStep`). Executors
 * get as many as the driver has directories, because it reads its own `SPARK_LOCAL_DIRS`.
 */
export const defaultLocalDirs = (spec: WorkloadSpec, role: Role): ReadonlyArray<string> => {
  if (hasOwnLocalDirs(spec, role)) return []
  const ofDriver = (spec.driver.volumeMounts ?? []).filter(({ name }) => isLocalDir(name)).length
  const configured = (spec.sparkConf?.["spark.local.dir"] ?? "").split(",").filter((path) => path.trim() !== "").length
  const count = Math.max(1, role === "executor" && ofDriver > 0 ? ofDriver : configured)
  return Array.from({ length: count }, (_, index) => `${localDirPrefix}${index + 1}`)
}
