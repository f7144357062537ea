/** The labels that pods take from the metadata of their resource. They may be edited while the pods run. */

import type { SparkConf } from "../conf/SparkConf.ts"
import { withPrefix } from "../conf/SparkConf.ts"

export type PodLabels = Readonly<Record<string, string>>

/** By role. */
export interface InheritedLabels {
  /** The labels that they are taken from, where those below are read only when they are asked for, since that is work. */
  readonly of?: PodLabels
  readonly driver: PodLabels
  readonly executor: PodLabels
}

/**
 * Without those that a field of the spec overrides. A value with a placeholder is left out: Spark has put something else in its place.
 */
export const inheritedLabels = (conf: SparkConf): InheritedLabels => {
  const of = (role: "driver" | "executor"): PodLabels =>
    Object.fromEntries(
      withPrefix(conf, `spark.kubernetes.${role}.label.`)
        .filter(({ field, value }) => /^metadata\.labels[.[]/.test(field) && !value.includes("{{"))
        .map(({ name, value }) => [name, value]),
    )
  return { driver: of("driver"), executor: of("executor") }
}
