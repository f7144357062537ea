/**
 * Where a resource says two things at once. Spark's rules decide which one counts, so nothing is wrong with the application, but its author
 * may have changed the other one.
 */

import type { SparkApplicationSpec } from "../api/application/SparkApplication.ts"
import type { Problem } from "../api/Problem.ts"
import { keyOf, type SparkConf } from "./conf/SparkConf.ts"
import { overwritten } from "./Warnings.ts"

/** Properties of `spec.sparkConf` that give way to a field. What only adds to a property, as to Java options, keeps the user's part. */
const lost = ({ sparkConf }: SparkApplicationSpec, conf: SparkConf): ReadonlyArray<Problem> =>
  Object.entries({ ...sparkConf }).flatMap(([key, value]) => {
    const field = keyOf("spec.sparkConf", key)
    const winner = conf.get(key)
    return winner === undefined || winner.value.includes(value) || winner.field === field || overwritten.includes(key)
      ? []
      : [{ field, message: `gives way to ${winner.field}, which says something else; keep one of the two` }]
  })

const dynamicAllocation = ({ dynamicAllocation }: SparkApplicationSpec, conf: SparkConf): ReadonlyArray<Problem> => {
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

const retries = ({ restartPolicy = {} }: SparkApplicationSpec): ReadonlyArray<Problem> =>
  (["onFailureRetries", "onSubmissionFailureRetries"] as const)
    .filter((name) => restartPolicy.type !== "OnFailure" && (restartPolicy[name] ?? 0) > 0)
    .map((name) => ({
      field: `spec.restartPolicy.${name}`,
      message: `has no effect while type is ${restartPolicy.type ?? "Never"}; use OnFailure`,
    }))

/** Every contradiction in a spec; `conf` is the configuration it comes to. */
export const contradictions = (spec: SparkApplicationSpec, conf: SparkConf): ReadonlyArray<Problem> => [
  ...lost(spec, conf),
  ...dynamicAllocation(spec, conf),
  ...retries(spec),
]
