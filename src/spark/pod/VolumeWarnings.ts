/**
 * Options of Spark's own volumes that have no effect: unknown to the version of Spark (`KubernetesVolumeUtils`), without a configuration
 * key, or of a volume that Spark replaces. Spark ignores them silently.
 */

import type { Problem } from "../../api/Problem.ts"
import type { SparkConf } from "../conf/SparkConf.ts"
import type { SparkProfile } from "../SparkProfile.ts"
import type { WorkloadSpec } from "../Workload.ts"
import { defaultLocalDirs, isLocalDir } from "./LocalDirVolumes.ts"

const roles = ["driver", "executor"] as const
const mountOptions = ["mount.path", "mount.readOnly", "mount.subPath"]

/** The options of every version. */
const options: Readonly<Record<string, ReadonlyArray<string>>> = {
  hostPath: ["options.path"],
  persistentVolumeClaim: ["options.claimName", "options.storageClass", "options.sizeLimit"],
  emptyDir: ["options.medium", "options.sizeLimit"],
  nfs: ["options.path", "options.server"],
}

/** Those since Spark 4.0. A name that ends in a dot is the beginning of many. */
const richOptions: Readonly<Record<string, ReadonlyArray<string>>> = {
  hostPath: ["options.type"],
  persistentVolumeClaim: ["label.", "annotation."],
}

const isAmong = (option: string, known: ReadonlyArray<string>) =>
  known.some((name) => (name.endsWith(".") ? option.startsWith(name) : option === name))

/** Why an option has no effect; undefined for one that has, or of a type that is refused anyway. */
const optionMessage = (type: string, option: string, { minor, richVolumeOptions }: SparkProfile) => {
  const known = options[type]
  if (known === undefined || isAmong(option, [...mountOptions, ...known])) return undefined
  if (!isAmong(option, ["mount.subPathExpr", ...(richOptions[type] ?? [])])) {
    return `${option} is not an option of Spark for a volume of type ${type}, which ignores it`
  }
  return richVolumeOptions ? undefined : `${option} is ignored by Spark ${minor}: it has this option since 4.0`
}

const configured = (conf: SparkConf, profile: SparkProfile): ReadonlyArray<Problem> =>
  [...conf.values()].flatMap(({ key, field }) => {
    const [, type = "", name = "", option = ""] =
      /^spark\.kubernetes\.(?:driver|executor)\.volumes\.([^.]+)\.([^.]+)\.(.+)$/.exec(key) ?? []
    const message = optionMessage(type, option, profile)
    return message === undefined ? [] : [{ field, message: `the volume ${name}: ${message}` }]
  })

/** Scratch volumes become configuration keys, and there is none for these fields. */
const withoutKey = (spec: WorkloadSpec): ReadonlyArray<Problem> =>
  roles.flatMap((role) =>
    (spec[role].volumeMounts ?? []).flatMap((mount, index) =>
      (["mountPropagation", "recursiveReadOnly"] as const)
        .filter((name) => isLocalDir(mount.name) && mount[name] !== undefined)
        .map((name) => ({
          field: `spec.${role}.volumeMounts[${index}].${name}`,
          message: `is ignored: Spark mounts the scratch volume ${mount.name} itself and has no option for this`,
        })),
    ),
  )

/** A sidecar or init container that mounts a scratch volume gets the one that Spark makes. */
const replaced = (spec: WorkloadSpec): ReadonlyArray<Problem> =>
  roles.flatMap((role) => {
    const { sidecars = [], initContainers = [], template } = spec[role]
    const { containers = [], initContainers: more = [] } = template?.spec ?? {}
    const made = defaultLocalDirs(spec, role).filter((name) => spec.volumes?.some((volume) => volume.name === name))
    const inTemplate = (template?.spec?.volumes ?? []).map(({ name }) => name)
    return [...sidecars, ...initContainers, ...containers, ...more].flatMap((container) =>
      (container.volumeMounts ?? [])
        .filter(({ name }) => made.includes(name) && !inTemplate.includes(name))
        .map(({ name }) => ({
          field: `spec.${role}`,
          message: `the container ${container.name} gets an empty directory of Spark in place of the volume ${name} of spec.volumes; add ${name} to spec.${role}.volumeMounts as well`,
        })),
    )
  })

/** Warnings about volumes; `conf` is the configuration made from the spec. */
export const volumeWarnings = (spec: WorkloadSpec, profile: SparkProfile, conf: SparkConf): ReadonlyArray<Problem> => [
  ...configured(conf, profile),
  ...withoutKey(spec),
  ...replaced(spec),
]
