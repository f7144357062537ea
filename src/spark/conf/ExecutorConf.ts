/**
 * The numbers that the driver reads when it makes executors: their size and how many there are. A value that the driver could not use is
 * refused now, before a driver fails because of it.
 */

import type { Configured } from "../driver/FeatureStep.ts"
import { readAnnotations, readLabels } from "../pod/PodLabels.ts"
import { readDevices } from "./Devices.ts"
import { readDriverMemory, readOverhead } from "./DriverMemory.ts"
import { totalMemory } from "./Memory.ts"
import { noImage } from "./RoleConf.ts"

/** Spark appends `-exec-<number>` to this prefix and needs room for it in a host name. */
const maxPodNamePrefix = 47
/** Executors without dynamic allocation when the number is not set (`SchedulerBackendUtils`). */
const defaultInstances = 2

/** What an executor pod requests, and how many executors the driver requests when it starts. */
export interface ExecutorNeeds {
  /** The CPU request as a Kubernetes quantity. */
  readonly cpu: string
  readonly cpuLimit: string | undefined
  /** Request and limit of the Spark container, in MiB. */
  readonly memory: number
  /** The part of it that is the heap of the JVM, in MiB. */
  readonly heap: number
  /** `spark.executor.cores`: the threads that run tasks. */
  readonly cores: number
  /** Devices by the name of their resource, such as `nvidia.com/gpu`. */
  readonly devices: Readonly<Record<string, string>>
  readonly initial: number
}

/** Memory outside of the heap that Spark adds for Python workers (`ResourceProfile.getResourcesForClusterManager`). */
const readPythonMemory = ({ read, main }: Configured) => {
  const memory = read.mebibytes("spark.executor.pyspark.memory") ?? 0
  return main.type === "python" ? memory : 0
}

/** Spark's off-heap memory, whose size is in bytes unless it has a unit (`Utils.executorOffHeapMemorySizeAsMb`). */
const readOffHeapMemory = ({ read }: Configured) => {
  const key = "spark.memory.offHeap.size"
  const size = read.mebibytes(key, "b") ?? 0
  if (!read.flag("spark.memory.offHeap.enabled")) return 0
  if (size < 1) read.refuse(read.fieldOf(key), "off-heap memory is enabled, so its size must be at least 1m")
  return size
}

/** `BasicExecutorFeatureStep`: heap and overhead as for drivers, then the memory outside of both. */
const readMemory = (submitted: Configured) => {
  const { read } = submitted
  const memory = read.mebibytes("spark.executor.memory") ?? 1024
  if (memory < 1) read.refuse(read.fieldOf("spark.executor.memory"), "an executor needs at least 1m of memory")
  const overhead = readOverhead(submitted, "executor")
  const overheadFactor = read.number("spark.executor.memoryOverheadFactor") ?? readDriverMemory(submitted).defaultFactor
  const total = totalMemory({ memory, ...overhead, overheadFactor })
  return { heap: memory, memory: total + readPythonMemory(submitted) + readOffHeapMemory(submitted) }
}

const readCpu = ({ read }: Configured) => {
  const cores = read.integer("spark.executor.cores", 1) ?? 1
  return {
    cores,
    cpu: read.quantity("spark.kubernetes.executor.request.cores") ?? String(cores),
    cpuLimit: read.quantity("spark.kubernetes.executor.limit.cores"),
  }
}

/** At least one executor, or with dynamic allocation the number of `Utils.getDynamicAllocationInitialExecutors`. */
const readCounts = ({ read }: Configured): number => {
  const dynamic = read.flag("spark.dynamicAllocation.enabled")
  const instances = read.integer("spark.executor.instances", dynamic ? 0 : 1)
  if (!dynamic) return instances ?? defaultInstances
  const minimum = read.integer("spark.dynamicAllocation.minExecutors", 0) ?? 0
  const maximum = read.integer("spark.dynamicAllocation.maxExecutors", 1)
  const initial = read.integer("spark.dynamicAllocation.initialExecutors", 0) ?? 0
  if (maximum !== undefined && minimum > maximum) {
    const field = read.fieldOf("spark.dynamicAllocation.minExecutors")
    read.refuse(field, `there cannot be at least ${minimum} and at most ${maximum} executors`)
  }
  return Math.max(instances ?? 0, initial, minimum)
}

/** Refuses what the driver could not use for its executors; returns what it will request. */
export const readExecutorConf = (submitted: Configured): ExecutorNeeds => {
  const { read } = submitted
  const needs = {
    ...readCpu(submitted),
    ...readMemory(submitted),
    devices: readDevices(read, "executor"),
    initial: readCounts(submitted),
  }
  readLabels(read, "spark.kubernetes.executor.node.selector.")
  readAnnotations(read, "spark.kubernetes.executor.annotation.")
  if (!read.has("spark.kubernetes.executor.container.image")) {
    read.refuse("spec.image", noImage("executor"))
  }
  // The driver puts the files of its configuration directory into a ConfigMap for executors, and fails beyond Kubernetes' limit.
  read.integer("spark.kubernetes.configMap.maxSize", 0, 1048576)
  const prefix = read.text("spark.kubernetes.executor.podNamePrefix")
  if (prefix !== undefined && (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(prefix) || prefix.length > maxPodNamePrefix)) {
    const field = read.fieldOf("spark.kubernetes.executor.podNamePrefix")
    read.refuse(
      field,
      `${JSON.stringify(prefix)} is not a valid prefix for names of executors; use at most ${maxPodNamePrefix} lower-case letters, digits and -`,
    )
  }
  return needs
}
