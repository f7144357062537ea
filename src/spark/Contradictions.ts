/**
 * Where a resource says two things at once. Spark's rules decide which one counts, so nothing is wrong with the application, but its author
 * may have changed the other one.
 */

import type { Problem } from "../api/Problem.ts"
import { keyOf, type SparkConf } from "./conf/SparkConf.ts"
import { overwritten } from "./Warnings.ts"
import type { WorkloadSpec } from "./Workload.ts"

/** Properties of `spec.sparkConf` that give way to a field. What only adds to a property, as to Java options, keeps the user's part. */
const lost = ({ sparkConf }: WorkloadSpec, conf: SparkConf): ReadonlyArray<Problem> =>
  Object.entries({ ...sparkConf }).flatMap(([key, value]) => {
    const field = keyOf("spec.sparkConf", key)
    const winner = conf.get(key)
    return winner === undefined || winner.value.includes(value) || winner.field === field || overwritten.includes(key)
      ? []
      : [{ field, message: `gives way to ${winner.field}, which says something else; keep one of the two` }]
  })

const dynamicAllocation = ({ dynamicAllocation }: WorkloadSpec, conf: SparkConf): ReadonlyArray<Problem> => {
  const on = conf.get("spark.dynamicAllocation.enabled")?.value.toLowerCase() === "true"
  return on && dynamicAllocation !== undefined && dynamicAllocation.enabled !== true
    ? [
        {
          field: "spec.dynamicAllocation.enabled",
          message:
            "is not true, but spec.sparkConf switches dynamic allocation on, and that counts; keep one of the two",
        },
      ]
    : []
}

/** Every contradiction in a spec; `conf` is the configuration it comes to. */
export const contradictions = (spec: WorkloadSpec, conf: SparkConf): ReadonlyArray<Problem> => [
  ...lost(spec, conf),
  ...dynamicAllocation(spec, conf),
]
