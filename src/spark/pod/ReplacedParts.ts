/**
 * Parts of a pod template, from whatever field, that Spark replaces by its own: of drivers spark-submit does, of executors their driver. They
 * are found by comparison with the pod that is made, so no part is lost silently.
 */

import { Predicate } from "effect"
import type { EnvVar } from "kubernetes-types/core/v1"
import type { Problem } from "../../api/Problem.ts"
import * as Labels from "../Labels.ts"
import type { WorkloadSpec } from "../Workload.ts"
import type { SparkPod } from "./SparkPod.ts"

type Path = ReadonlyArray<string>
type Role = "driver" | "executor"

/** Parts that Spark keeps are copied as they are, their members in the same order. */
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Hooks have a warning of their own (`Warnings.ts`), and equal keys of selectors come from two fields of the user's. */
const passedOver = ["env", "nodeSelector", "lifecycle"]

/** Paths of the values that `after` does not have: of an object its members, of a list the elements that are missing. */
const lost = (before: unknown, after: unknown, path: Path): ReadonlyArray<Path> => {
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

/** Variables are appended, and the last of equal names counts. */
const lostVariables = (before: ReadonlyArray<EnvVar> = [], after: ReadonlyArray<EnvVar> = []): ReadonlyArray<Path> => {
  const [given, made] = [before, after].map((env) => new Map(env.map((variable) => [variable.name, variable])))
  return [...given!].flatMap(([name, variable]) => (same(variable, made!.get(name)) ? [] : [["env", name]]))
}

const ofSpark = { driver: Labels.reservedBySpark, executor: Labels.reservedBySparkForExecutors }

/** Spark's own labels; the other labels that are equal come from two fields of the user's. */
const lostLabels = (role: Role, before: SparkPod["metadata"], after: SparkPod["metadata"]): ReadonlyArray<Path> =>
  ofSpark[role]
    .filter((label) => before.labels?.[label] !== undefined && before.labels[label] !== after.labels?.[label])
    .map((label) => ["metadata", "labels", label])

/** What to use in place of each part; nothing for a part that the configuration cannot give either. */
const remedies = (role: Role): Readonly<Record<string, string>> => ({
  image: `spec.${role}.image`,
  imagePullPolicy: "spec.imagePullPolicy",
  resources: `cores, coreRequest, coreLimit, memory and memoryOverhead of spec.${role}`,
  serviceAccount: `spec.${role}.serviceAccount`,
  serviceAccountName: `spec.${role}.serviceAccount`,
  schedulerName: `spec.${role}.schedulerName`,
  ...(role === "driver"
    ? { env: "spec.driver.env" }
    : { terminationGracePeriodSeconds: "spark.kubernetes.executor.terminationGracePeriodSeconds" }),
  "securityContext.allowPrivilegeEscalation": `spark.kubernetes.${role}.securityContext.allowPrivilegeEscalation in spec.sparkConf`,
})

/** The field from which the part came into the template, where it is not the user's own template. */
const fieldOf = ({ executor, monitoring }: WorkloadSpec, [part = "", name = ""]: Path): string => {
  const variable = part === "env" ? (executor.env ?? []).findIndex((one) => one.name === name) : -1
  if (variable >= 0) return `spec.executor.env[${variable}]`
  if (part !== "env" && Object.hasOwn(executor, part)) return `spec.executor.${part}`
  return part === "ports" && monitoring?.prometheus !== undefined ? "spec.monitoring" : "spec.executor.template"
}

/** Warnings about a template and the pod that this minor version of Spark makes from it. */
export const replacedParts = (
  role: Role,
  spec: WorkloadSpec,
  template: SparkPod,
  made: SparkPod,
  minor: string,
): ReadonlyArray<Problem> =>
  [
    ...lostLabels(role, template.metadata, made.metadata),
    ...lost(template.container, made.container, []),
    ...lostVariables(template.container.env, made.container.env),
    ...lost(template.spec, made.spec, []),
  ].map((path) => {
    // The fields of drivers are applied after spark-submit's steps, so only a template can lose parts to these.
    const field = role === "driver" ? "spec.driver.template" : fieldOf(spec, path)
    const part = path.join(".")
    const remedy = remedies(role)[part] ?? remedies(role)[path[0] ?? ""]
    const subject = field.endsWith(`.${part}`) ? "" : `${part} `
    const by = role === "driver" ? "spark-submit" : "the driver"
    return {
      field,
      message: `${subject}is replaced by ${by} of Spark ${minor}${remedy === undefined ? "" : `; use ${remedy}`}`,
    }
  })
