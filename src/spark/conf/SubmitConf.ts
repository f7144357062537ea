/**
 * The Spark configuration of a workload: what kubeflow's operator puts on the command line of spark-submit, in its order, so that
 * the same entry wins. Fields of the resource win over `spec.sparkConf`, and flags such as `--jars` win over everything.
 */

import { driverPodName } from "../Names.ts"
import { localDirConf } from "../pod/LocalDirVolumes.ts"
import type { Workload, WorkloadSpec } from "../Workload.ts"
import { driverConf, executorConf } from "./RoleConf.ts"
import { keyOf, sparkConf, type ConfEntry, type SparkConf } from "./SparkConf.ts"

type Entries = Iterable<ConfEntry>

const podNameKey = "spark.kubernetes.driver.pod.name"

function* entry(key: string, value: string | number | boolean | undefined, field: string): Entries {
  if (value !== undefined && value !== "") yield { key, value: String(value), field }
}

/** `prefix + key = value` for every entry of a map field. */
export function* mapEntries(prefix: string, map: Readonly<Record<string, string>> | undefined, field: string): Entries {
  for (const [key, value] of Object.entries(map ?? {}))
    yield { key: `${prefix}${key}`, value, field: keyOf(field, key) }
}

function* general({ metadata, spec }: Workload): Entries {
  yield* entry("spark.kubernetes.namespace", metadata.namespace, "metadata.namespace")
  yield* entry("spark.kubernetes.container.image", spec.image, "spec.image")
  yield* entry("spark.kubernetes.container.image.pullPolicy", spec.imagePullPolicy, "spec.imagePullPolicy")
  const pullSecrets = spec.imagePullSecrets?.join(",")
  yield* entry("spark.kubernetes.container.image.pullSecrets", pullSecrets, "spec.imagePullSecrets")
  yield* entry("spark.kubernetes.pyspark.pythonVersion", spec.pythonVersion, "spec.pythonVersion")
  yield* entry("spark.kubernetes.memoryOverheadFactor", spec.memoryOverheadFactor, "spec.memoryOverheadFactor")
  yield* entry("spark.kubernetes.submission.waitAppCompletion", false, "spec")
}

function* userConf({ sparkConf = {}, hadoopConf }: WorkloadSpec): Entries {
  for (const entry of mapEntries("", sparkConf, "spec.sparkConf")) {
    // spark-submit drops keys that do not begin with spark.; the name of the pod has its own rule.
    if (entry.key.startsWith("spark.") && entry.key !== podNameKey) yield entry
  }
  yield* mapEntries("spark.hadoop.", hadoopConf, "spec.hadoopConf")
}

function* dynamicAllocation({ dynamicAllocation: options }: WorkloadSpec): Entries {
  if (options?.enabled !== true) return
  const prefix = "spark.dynamicAllocation"
  const field = "spec.dynamicAllocation"
  yield* entry(`${prefix}.enabled`, true, `${field}.enabled`)
  yield* entry(`${prefix}.initialExecutors`, options.initialExecutors, `${field}.initialExecutors`)
  yield* entry(`${prefix}.minExecutors`, options.minExecutors, `${field}.minExecutors`)
  yield* entry(`${prefix}.maxExecutors`, options.maxExecutors, `${field}.maxExecutors`)
  const tracking = options.shuffleTrackingEnabled ?? true
  yield* entry(`${prefix}.shuffleTracking.enabled`, tracking, `${field}.shuffleTrackingEnabled`)
  yield* entry(`${prefix}.shuffleTracking.timeout`, options.shuffleTrackingTimeout, `${field}.shuffleTrackingTimeout`)
}

/** Flags of spark-submit win over every `--conf`. */
function* flags({ metadata, spec }: Workload): Entries {
  const list = (key: string, values: ReadonlyArray<string> | undefined, field: string) =>
    entry(key, values?.join(","), `spec.deps.${field}`)
  yield* entry("spark.submit.deployMode", "cluster", "spec.mode")
  yield* entry("spark.app.name", metadata.name, "metadata.name")
  yield* list("spark.jars", spec.deps?.jars, "jars")
  yield* list("spark.jars.packages", spec.deps?.packages, "packages")
  yield* list("spark.jars.excludes", spec.deps?.excludePackages, "excludePackages")
  yield* list("spark.jars.repositories", spec.deps?.repositories, "repositories")
  yield* list("spark.submit.pyFiles", spec.deps?.pyFiles, "pyFiles")
  yield* list("spark.files", spec.deps?.files, "files")
  yield* list("spark.archives", spec.deps?.archives, "archives")
}

/** The configuration of a workload, without what belongs to one submission (ids, times, addresses) and what the operator adds. */
export const submitConf = (workload: Workload): SparkConf => {
  const { spec } = workload
  return sparkConf([
    ...general(workload),
    ...userConf(spec),
    ...entry(podNameKey, driverPodName(workload), "spec.driver.podName"),
    ...driverConf(workload),
    ...localDirConf(spec, "driver"),
    ...executorConf(workload),
    ...localDirConf(spec, "executor"),
    ...mapEntries("spark.kubernetes.node.selector.", spec.nodeSelector, "spec.nodeSelector"),
    ...dynamicAllocation(spec),
    ...flags(workload),
  ])
}
