/**
 * The part of the configuration that only the driver reads, when it makes executors. Nothing is built from it here, but a value it
 * could not use is better refused now than found by a failing driver.
 */
import type { Submitted } from "./FeatureStep.ts"
import { readAnnotations, readLabels } from "./PodLabels.ts"

/** Spark appends `-exec-<number>` to this prefix and needs room for it in a host name. */
const maxPodNamePrefix = 47

const readSizes = ({ read, profile }: Submitted) => {
  const memory = read.mebibytes("spark.executor.memory")
  if (memory !== undefined && memory < 1) {
    read.refuse(read.fieldOf("spark.executor.memory"), "an executor needs at least 1m of memory")
  }
  read.mebibytes("spark.executor.memoryOverhead")
  if (profile.minMemoryOverhead) read.mebibytes("spark.executor.minMemoryOverhead")
  read.mebibytes("spark.executor.pyspark.memory")
  read.number("spark.executor.memoryOverheadFactor")
  read.integer("spark.executor.cores", 1)
  read.quantity("spark.kubernetes.executor.request.cores")
  read.quantity("spark.kubernetes.executor.limit.cores")
}

const readCounts = ({ read }: Submitted) => {
  const dynamic = read.flag("spark.dynamicAllocation.enabled")
  read.integer("spark.executor.instances", dynamic ? 0 : 1)
  if (!dynamic) return
  const minimum = read.integer("spark.dynamicAllocation.minExecutors", 0) ?? 0
  const maximum = read.integer("spark.dynamicAllocation.maxExecutors", 1)
  read.integer("spark.dynamicAllocation.initialExecutors", 0)
  if (maximum !== undefined && minimum > maximum) {
    const field = read.fieldOf("spark.dynamicAllocation.minExecutors")
    read.refuse(field, `there cannot be at least ${minimum} and at most ${maximum} executors`)
  }
}

/** Refuses what the driver could not use for its executors. */
export const readExecutorConf = (submitted: Submitted): void => {
  const { read, profile } = submitted
  readSizes(submitted)
  readCounts(submitted)
  readLabels(read, "spark.kubernetes.executor.label.", profile.substitutesLabels)
  readLabels(read, "spark.kubernetes.executor.node.selector.")
  readAnnotations(read, "spark.kubernetes.executor.annotation.")
  if (!read.has("spark.kubernetes.executor.container.image")) {
    read.refuse("spec.image", "there is no image for the executors; set spec.image or spec.executor.image")
  }
  // The driver puts the files of its configuration directory into a ConfigMap for executors, and fails beyond Kubernetes' limit.
  read.integer("spark.kubernetes.configMap.maxSize", 0, 1048576)
  const prefix = read.text("spark.kubernetes.executor.podNamePrefix")
  if (prefix !== undefined && (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(prefix) || prefix.length > maxPodNamePrefix)) {
    const field = read.fieldOf("spark.kubernetes.executor.podNamePrefix")
    read.refuse(
      field,
      `${JSON.stringify(prefix)} cannot begin names of executors; use at most ${maxPodNamePrefix} small letters, digits and -`,
    )
  }
}
