/** The devices that a role requests through Spark: `spark.<role>.resource.<name>.{amount,vendor,discoveryScript}`. */

import type { Problem } from "../../api/Problem.ts"
import type { ConfReader } from "./ConfReader.ts"
import type { SparkConf } from "./SparkConf.ts"

/** Amounts by the name of the resource, `<vendor>/<name>`; refuses what Spark would refuse (`KubernetesUtils.buildResourcesQuantities`). */
export const readDevices = (read: ConfReader, role: "driver" | "executor"): Readonly<Record<string, string>> => {
  const prefix = `spark.${role}.resource.`
  const names = read.prefixed(prefix).flatMap(({ name }) => (name.endsWith(".amount") ? [name.slice(0, -7)] : []))
  return Object.fromEntries(
    names.flatMap((name) => {
      const amount = read.integer(`${prefix}${name}.amount`, 0) ?? 0
      // Nothing is requested, and Spark asks no more about it.
      if (amount === 0) return []
      const vendor = read.text(`${prefix}${name}.vendor`)
      if (vendor === undefined) {
        read.refuse(
          read.fieldOf(`${prefix}${name}.amount`),
          `Spark also needs ${prefix}${name}.vendor, such as nvidia.com`,
        )
      }
      return [[`${vendor ?? "unknown"}/${name}`, String(amount)]]
    }),
  )
}

/**
 * Devices whose addresses nothing finds: the driver fails when it makes its context, and so does every executor when it starts
 * (`ResourceDiscoveryScriptPlugin` of every version). Only a program without a context, or a plugin of the user's, does without a script.
 */
export const undiscovered = (conf: SparkConf): ReadonlyArray<Problem> =>
  conf.has("spark.resources.discoveryPlugin")
    ? []
    : [...conf.values()].flatMap(({ key, value, field }) => {
        const [, prefix, role] = /^(spark\.(driver|executor)\.resource\..+)\.amount$/.exec(key) ?? []
        if (prefix === undefined || !(Number(value) > 0) || conf.get(`${prefix}.discoveryScript`)?.value) return []
        const fails = role === "driver" ? "the driver fails when it starts" : "every executor fails when it starts"
        const instead = `spec.${role}.gpu requests a device without telling Spark about it`
        return [{ field, message: `${fails} without ${prefix}.discoveryScript; ${instead}` }]
      })
