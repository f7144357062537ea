/**
 * Typed reads of a Spark configuration with Spark's own rules (`ConfigBuilder`, `ConfigReader`).
 * A value that Spark could not read is refused under the field that the user wrote and replaced by the default, so that one pass finds
 * every problem.
 */

import type { Problem } from "../../api/Problem.ts"
import { parseQuantity } from "../../kube/Quantity.ts"
import { parseMebibytes } from "./Memory.ts"
import { parseSeconds } from "./Seconds.ts"
import { keyOf, withPrefix, type ConfEntry, type PrefixedEntry, type SparkConf } from "./SparkConf.ts"

export interface ConfReader {
  readonly conf: SparkConf
  readonly has: (key: string) => boolean
  /** The field a key came from; for a key that is not set, where it would be written. */
  readonly fieldOf: (key: string) => string
  readonly text: (key: string) => string | undefined
  /** Comma-separated, trimmed, without empty parts. */
  readonly list: (key: string) => ReadonlyArray<string>
  readonly flag: (key: string) => boolean
  readonly choice: (key: string, choices: ReadonlyArray<string>, otherwise: string) => string
  /** A whole number within the bounds, both allowed. */
  readonly integer: (key: string, minimum: number, maximum?: number) => number | undefined
  readonly port: (key: string) => number | undefined
  readonly number: (key: string) => number | undefined
  /** A size of memory; a bare number has the given unit, by default MiB. */
  readonly mebibytes: (key: string, bareUnit?: "m" | "b") => number | undefined
  /** A time; a bare number is in seconds. */
  readonly seconds: (key: string) => number | undefined
  /** A Kubernetes quantity, unchanged. */
  readonly quantity: (key: string) => string | undefined
  /** Entries under a prefix; Spark does not interpret their values. */
  readonly prefixed: (prefix: string) => ReadonlyArray<PrefixedEntry>
  readonly refuse: (field: string, message: string) => void
  /** Refuses what only the real spark-submit can do. */
  readonly refuseNative: (field: string, message: string) => void
}

const flags = new Map([
  ["true", true],
  ["false", false],
])
const double = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?$/

/** A reader that passes every problem to `report`. */
export const confReader = (conf: SparkConf, report: (problem: Problem) => void): ConfReader => {
  const refuse = (field: string, message: string) => report({ field, message })
  const refuseNative = (field: string, message: string) => report({ field, message, nativeOnly: true })

  /** The entry, unless its value needs an expansion that only spark-submit does. */
  const entry = (key: string): ConfEntry | undefined => {
    const found = conf.get(key)
    if (found === undefined || !found.value.includes("${")) return found
    refuseNative(
      found.field,
      `${JSON.stringify(found.value)} refers to another value by \${…}, which is not expanded; write the value out`,
    )
    return undefined
  }

  /** Reads with `parse`, which returns undefined for a value that is not `wanted`. */
  const parsed = <A>(key: string, parse: (value: string) => A | undefined, wanted: string): A | undefined => {
    const found = entry(key)
    if (found === undefined) return undefined
    const value = parse(found.value.trim())
    if (value === undefined) refuse(found.field, `${JSON.stringify(found.value)} is not ${wanted}`)
    return value
  }

  const integer = (key: string, minimum: number, maximum = 2 ** 31 - 1) =>
    parsed(
      key,
      (value) => {
        const number = /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN
        return number >= minimum && number <= maximum ? number : undefined
      },
      `a whole number from ${minimum} to ${maximum}`,
    )

  return {
    conf,
    has: (key) => conf.has(key),
    fieldOf: (key) => conf.get(key)?.field ?? keyOf("spec.sparkConf", key),
    text: (key) => entry(key)?.value,
    list: (key) =>
      (entry(key)?.value ?? "")
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== ""),
    flag: (key) => parsed(key, (value) => flags.get(value.toLowerCase()), "true or false") ?? false,
    choice: (key, choices, otherwise) =>
      parsed(key, (value) => choices.find((choice) => choice === value), `one of ${choices.join(", ")}`) ?? otherwise,
    integer,
    port: (key) => integer(key, 1, 65535),
    number: (key) =>
      parsed(key, (value) => (double.test(value) ? Number.parseFloat(value) : undefined), "a number, such as 0.4"),
    mebibytes: (key, bareUnit = "m") =>
      parsed(
        key,
        (value) => parseMebibytes(/^[0-9]+$/.test(value) ? `${value}${bareUnit}` : value),
        "a Spark memory size; use an integer with k, m, g or t, such as 1536m",
      ),
    seconds: (key) => parsed(key, parseSeconds, "a time; use something like 90s, 2min or 1h"),
    quantity: (key) =>
      parsed(
        key,
        (value) => (parseQuantity(value) === undefined ? undefined : value),
        "a Kubernetes quantity; use something like 500m, 2 or 1Gi",
      ),
    prefixed: (prefix) => withPrefix(conf, prefix),
    refuse,
    refuseNative,
  }
}
