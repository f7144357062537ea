/** The devices that a role requests through Spark: `spark.<role>.resource.<name>.{amount,vendor}`. */

import type { ConfReader } from "./ConfReader.ts"

/** Amounts by the name of the resource, `<vendor>/<name>`; refuses what Spark would refuse (`KubernetesUtils.buildResourcesQuantities`). */
export const readDevices = (read: ConfReader, role: "driver" | "executor"): Readonly<Record<string, string>> => {
  const prefix = `spark.${role}.resource.`
  const names = read.prefixed(prefix).flatMap(({ name }) => (name.endsWith(".amount") ? [name.slice(0, -7)] : []))
  return Object.fromEntries(
    names.map((name) => {
      const vendor = read.text(`${prefix}${name}.vendor`)
      if (vendor === undefined) {
        read.refuse(
          read.fieldOf(`${prefix}${name}.amount`),
          `Spark also needs ${prefix}${name}.vendor, such as nvidia.com`,
        )
      }
      return [`${vendor ?? "unknown"}/${name}`, String(read.integer(`${prefix}${name}.amount`, 1) ?? 1)]
    }),
  )
}
