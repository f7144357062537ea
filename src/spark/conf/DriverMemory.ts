/**
 * The memory of a driver pod as `BasicDriverFeatureStep` reads it from the configuration, and the factor that executors inherit.
 */

import type { Configured } from "../driver/FeatureStep.ts"
import { defaultMinOverhead, totalMemory } from "./Memory.ts"

export interface DriverMemory {
  /** Request and limit of the Spark container, in MiB. */
  readonly total: number
  /**
   * `spark.kubernetes.memoryOverheadFactor`, by default 0.1, or 0.4 for Python and R. Spark writes it into the properties even if
   * only the driver's own factor is given, and executors use it.
   */
  readonly defaultFactor: number
}

/** The memory of the driver; refuses sizes that Spark could not read or that leave nothing. */
export const readDriverMemory = ({ read, main, profile }: Configured): DriverMemory => {
  const memory = read.mebibytes("spark.driver.memory") ?? 1024
  if (memory < 1) read.refuse(read.fieldOf("spark.driver.memory"), "the driver needs at least 1m of memory")

  const factorKey = "spark.kubernetes.memoryOverheadFactor"
  const defaultFactor = read.number(factorKey) ?? (main.type === "java" ? 0.1 : 0.4)
  if (defaultFactor < 0) read.refuse(read.fieldOf(factorKey), "the memory overhead factor must not be negative")

  const driverFactorKey = "spark.driver.memoryOverheadFactor"
  const driverFactor = read.number(driverFactorKey)
  if (driverFactor !== undefined && driverFactor <= 0) {
    read.refuse(read.fieldOf(driverFactorKey), "the memory overhead factor of the driver must be more than 0")
  }

  // Spark still reads the key's old name for YARN.
  const overheadKey = "spark.driver.memoryOverhead"
  const overhead = read.mebibytes(read.has(overheadKey) ? overheadKey : "spark.yarn.driver.memoryOverhead")
  const minOverhead = profile.minMemoryOverhead ? read.mebibytes("spark.driver.minMemoryOverhead") : undefined
  const total = totalMemory({
    memory,
    overhead,
    overheadFactor: driverFactor ?? defaultFactor,
    minOverhead: minOverhead ?? defaultMinOverhead,
  })
  return { total, defaultFactor }
}
