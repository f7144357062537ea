/**
 * Spark's arithmetic of memory: byte strings (`JavaUtils.byteStringAs`) and the memory of a driver pod (`BasicDriverFeatureStep`).
 * Everything is in whole MiB, as Spark counts it.
 */

const bytesPerUnit: ReadonlyMap<string, number> = new Map([
  ["b", 1],
  ["k", 2 ** 10],
  ["kb", 2 ** 10],
  ["m", 2 ** 20],
  ["mb", 2 ** 20],
  ["g", 2 ** 30],
  ["gb", 2 ** 30],
  ["t", 2 ** 40],
  ["tb", 2 ** 40],
  ["p", 2 ** 50],
  ["pb", 2 ** 50],
])

/**
 * The MiB of a Spark memory size, rounded down: `512m`, `2g`, `1048576k`; a bare number is MiB.
 * Undefined when Spark could not read it (fractions, unknown units) or the result does not fit Spark's 32-bit count.
 */
export const parseMebibytes = (size: string): number | undefined => {
  const [, digits, unit] = /^([0-9]+)([a-z]+)?$/.exec(size.trim().toLowerCase()) ?? []
  const bytes = bytesPerUnit.get(unit ?? "m")
  if (digits === undefined || bytes === undefined) return undefined
  const mebibytes = Math.floor((Number(digits) * bytes) / 2 ** 20)
  return mebibytes < 2 ** 31 ? mebibytes : undefined
}

/** The minimum overhead of Spark, unless `spark.driver.minMemoryOverhead` is set. */
export const defaultMinOverhead = 384

/** What a driver's or executor's memory is made of, in MiB. */
export interface MemoryParts {
  readonly memory: number
  /** Given overhead; 0 is legal and means none. */
  readonly overhead: number | undefined
  readonly overheadFactor: number
  readonly minOverhead: number
}

/** Memory plus overhead in MiB: the given overhead, else `factor` of the memory (rounded down) but at least the minimum. */
export const totalMemory = (parts: MemoryParts): number =>
  parts.memory + (parts.overhead ?? Math.max(Math.trunc(parts.overheadFactor * parts.memory), parts.minOverhead))

/** `Double.toString` of Java, as Spark writes a factor into the properties: `0.1`, `1.0`, `1.0E-4`. */
export const javaDouble = (value: number): string => {
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? value.toFixed(1) : String(value)
  const [mantissa = "", exponent = ""] = value.toExponential().split("e")
  return `${mantissa.includes(".") ? mantissa : `${mantissa}.0`}E${exponent.replace("+", "")}`
}

/**
 * Kubernetes' quantity for a size written in Spark's or in Kubernetes' way: `1g` and `1Gi` become `1Gi` (kubeflow's conversion of
 * `memoryLimit`).
 */
export const memoryQuantity = (size: string): string =>
  size
    .trim()
    .replace(/b$/i, "")
    .replace(/[kmgtp]$/i, (unit) => (unit.toLowerCase() === "k" ? "Ki" : `${unit.toUpperCase()}i`))
