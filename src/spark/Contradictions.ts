/**
 * Settings that are given twice with different values. Spark's rules decide which one counts, so the workload is valid, but its author may
 * have changed the other one.
 */

import type { Problem } from "../api/Problem.ts"
import { keyOf, type SparkConf } from "./conf/SparkConf.ts"
import { overwritten } from "./Warnings.ts"
import type { WorkloadSpec } from "./Workload.ts"

/**
 * Properties of `spec.sparkConf` that a field overrides. A field that only adds to a property, such as Java options, keeps the user's part.
 */
const lost = ({ sparkConf }: WorkloadSpec, conf: SparkConf): ReadonlyArray<Problem> =>
  Object.entries({ ...sparkConf }).flatMap(([key, value]) => {
    const field = keyOf("spec.sparkConf", key)
    const winner = conf.get(key)
    return winner === undefined || winner.value.includes(value) || winner.field === field || overwritten.includes(key)
      ? []
      : [{ field, message: `gives way to ${winner.field}, which has another value; keep one of the two` }]
  })

const dynamicAllocation = ({ dynamicAllocation }: WorkloadSpec, conf: SparkConf): ReadonlyArray<Problem> => {
  const on = conf.get("spark.dynamicAllocation.enabled")?.value.toLowerCase() === "true"
  return on && dynamicAllocation !== undefined && dynamicAllocation.enabled !== true
    ? [
        {
          field: "spec.dynamicAllocation.enabled",
          message:
            "is not true, but spec.sparkConf enables dynamic allocation and takes precedence; keep one of the two",
        },
      ]
    : []
}

/** Every contradiction in a spec; `conf` is the configuration made from it. */
export const contradictions = (spec: WorkloadSpec, conf: SparkConf): ReadonlyArray<Problem> => [
  ...lost(spec, conf),
  ...dynamicAllocation(spec, conf),
]
