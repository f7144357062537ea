/**
 * The memory of a driver pod as `BasicDriverFeatureStep` reads it from the configuration, and the factor that executors inherit.
 */

import type { Configured } from "../driver/FeatureStep.ts"
import { defaultMinOverhead, type MemoryParts, totalMemory } from "./Memory.ts"

export interface DriverMemory {
  /** Request and limit of the Spark container, in MiB. */
  readonly total: number
  /**
   * `spark.kubernetes.memoryOverheadFactor`, by default 0.1, or 0.4 for Python and R. Spark writes it into the properties even if
   * only the driver's own factor is given, and executors use it.
   */
  readonly defaultFactor: number
}

/** The overhead that is set for the driver or for executors, and the least overhead otherwise; in MiB. */
export const readOverhead = (
  { read, profile }: Pick<Configured, "read" | "profile">,
  role: "driver" | "executor",
): Pick<MemoryParts, "overhead" | "minOverhead"> => {
  // Spark still reads the key's old name for YARN.
  const key = `spark.${role}.memoryOverhead`
  const overhead = read.mebibytes(read.has(key) ? key : `spark.yarn.${role}.memoryOverhead`)
  const minOverhead = profile.minMemoryOverhead ? read.mebibytes(`spark.${role}.minMemoryOverhead`) : undefined
  return { overhead, minOverhead: minOverhead ?? defaultMinOverhead }
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

  const overhead = readOverhead({ read, profile }, "driver")
  const total = totalMemory({ memory, ...overhead, overheadFactor: driverFactor ?? defaultFactor })
  return { total, defaultFactor }
}
