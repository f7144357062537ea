/** Rules on the fields of driver and executor that reach pods without a Spark configuration key. */

import type { DriverSpec } from "../../api/application/DriverSpec.ts"
import type { ExecutorSpec } from "../../api/application/ExecutorSpec.ts"
import type { Problem } from "../../api/Problem.ts"
import type { WorkloadSpec } from "../Workload.ts"
import { isLocalDir, localDirSource } from "./LocalDirVolumes.ts"
import { labelError } from "./MetadataRules.ts"

type RoleSpec = DriverSpec | ExecutorSpec

/** Every mount needs its volume, and scratch space needs one of a type that Spark supports. */
const mountProblems = (spec: WorkloadSpec, role: RoleSpec, field: string): ReadonlyArray<Problem> =>
  (role.volumeMounts ?? []).flatMap(({ name }, index) => {
    const at = `${field}.volumeMounts[${index}].name`
    const volume = spec.volumes?.find((volume) => volume.name === name)
    const inTemplate = role.template?.spec?.volumes?.some((volume) => volume.name === name) ?? false
    if (volume === undefined) {
      return inTemplate && !isLocalDir(name)
        ? []
        : [{ field: at, message: `there is no volume ${JSON.stringify(name)} in spec.volumes` }]
    }
    return isLocalDir(name) && localDirSource(volume) === undefined
      ? [
          {
            field: at,
            message: `Spark's scratch space ${JSON.stringify(name)} must be an emptyDir, hostPath, nfs or persistentVolumeClaim`,
          },
        ]
      : []
  })

const gpuProblems = ({ gpu }: RoleSpec, field: string): ReadonlyArray<Problem> => [
  ...(gpu !== undefined && labelError(gpu.name, "") !== undefined
    ? [
        {
          field: `${field}.gpu.name`,
          message: `${JSON.stringify(gpu.name)} is not the name of a resource, such as nvidia.com/gpu`,
        },
      ]
    : []),
  ...(gpu !== undefined && gpu.quantity < 1
    ? [{ field: `${field}.gpu.quantity`, message: "must be at least 1; leave out gpu for none" }]
    : []),
]

const selectorProblems = ({ nodeSelector = {} }: RoleSpec, field: string): ReadonlyArray<Problem> =>
  Object.entries(nodeSelector).flatMap(([key, value]) => {
    const error = labelError(key, value)
    return error === undefined ? [] : [{ field: `${field}.nodeSelector`, message: error }]
  })

const volumeProblems = ({ volumes = [] }: WorkloadSpec): ReadonlyArray<Problem> =>
  volumes.flatMap(({ name }, index) =>
    volumes.findIndex((other) => other.name === name) < index
      ? [
          {
            field: `spec.volumes[${index}].name`,
            message: `there are two volumes ${JSON.stringify(name)}; give each a name of its own`,
          },
        ]
      : [],
  )

/**
 * Executors are made by the driver, which sets both request and limit of their memory after the template was read
 * (`BasicExecutorFeatureStep`, in every version up to 4.3): only a webhook could change the limit.
 */
const executorLimit = ({ executor }: WorkloadSpec): ReadonlyArray<Problem> =>
  executor.memoryLimit
    ? [
        {
          field: "spec.executor.memoryLimit",
          message:
            "Spark sets both request and limit of executors to memory plus memoryOverhead; remove this field and raise spec.executor.memoryOverhead instead",
        },
      ]
    : []

/** Problems in the fields of both roles. */
export const roleProblems = (spec: WorkloadSpec): ReadonlyArray<Problem> => [
  ...executorLimit(spec),
  ...volumeProblems(spec),
  ...(["driver", "executor"] as const).flatMap((name) => {
    const [role, field] = [spec[name], `spec.${name}`]
    return [...mountProblems(spec, role, field), ...gpuProblems(role, field), ...selectorProblems(role, field)]
  }),
]
