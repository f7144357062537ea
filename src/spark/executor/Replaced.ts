/**
 * Parts of the executor template, from whatever field, that the driver of a version replaces by its own: found by comparison with the
 * executor that it makes, so no part is lost silently.
 */

import { Predicate } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { Problem } from "../../api/Problem.ts"
import type { SparkPod } from "../pod/SparkPod.ts"
import type { WorkloadSpec } from "../Workload.ts"

/** Parts that the driver keeps are copied as they are, their members in the same order. */
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Hooks have a warning of their own (`Warnings.ts`), and equal keys of selectors come from two fields of the user's. */
const passedOver = ["containers", "nodeSelector", "lifecycle"]

/** Paths of the values that `after` does not have: of an object its members, of a list the elements that are missing. */
const lost = (before: unknown, after: unknown, path: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  if (before === undefined || same(before, after)) return []
  if (Array.isArray(before)) {
    const kept = Array.isArray(after) ? after : []
    return before.every((element) => kept.some((other) => same(element, other))) ? [] : [path]
  }
  return Predicate.isObject(before) && Predicate.isObject(after)
    ? Object.entries(before).flatMap(([key, value]) =>
        passedOver.includes(key) ? [] : lost(value, (after as Readonly<Record<string, unknown>>)[key], [...path, key]),
      )
    : [path]
}

/** What to use in place of each part; nothing for a part that the configuration cannot give either. */
const remedies: Readonly<Record<string, string>> = {
  image: "spec.executor.image",
  imagePullPolicy: "spec.imagePullPolicy",
  resources: "cores, coreRequest, coreLimit, memory and memoryOverhead of spec.executor",
  serviceAccountName: "spec.executor.serviceAccount",
  schedulerName: "spec.executor.schedulerName",
  terminationGracePeriodSeconds: "spark.kubernetes.executor.terminationGracePeriodSeconds",
  "securityContext.allowPrivilegeEscalation":
    "spark.kubernetes.executor.securityContext.allowPrivilegeEscalation in spec.sparkConf",
}

/** The field from which the part came into the template. */
const fieldOf = ({ executor, monitoring }: WorkloadSpec, [part = ""]: ReadonlyArray<string>): string => {
  if (Object.hasOwn(executor, part)) return `spec.executor.${part}`
  return part === "ports" && monitoring?.prometheus !== undefined ? "spec.monitoring" : "spec.executor.template"
}

/** Warnings about a template and the executor that the driver of this minor version makes from it. */
export const replacedParts = (
  spec: WorkloadSpec,
  template: SparkPod,
  executor: Pod,
  minor: string,
): ReadonlyArray<Problem> => {
  const container = executor.spec?.containers.at(-1)
  return [...lost(template.container, container, []), ...lost(template.spec, executor.spec, [])].map((path) => {
    const field = fieldOf(spec, path)
    const part = path.join(".")
    const remedy = remedies[part] ?? remedies[path[0] ?? ""]
    const subject = field.endsWith(`.${part}`) ? "" : `${part} `
    return {
      field,
      message: `${subject}is replaced by the driver of Spark ${minor}${remedy === undefined ? "" : `; use ${remedy}`}`,
    }
  })
}
