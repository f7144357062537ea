/**
 * The command line of spark-submit, as kubeflow's operator writes it: flags, then the configuration in its order, then the pod templates,
 * then the file to run and its arguments. It is made from the same configuration as the native submission.
 */

import type { ConfEntry } from "../conf/SparkConf.ts"
import * as Labels from "../Labels.ts"
import type { Plan } from "../Plan.ts"
import { driverContainerName, executorContainerName } from "../pod/SparkPod.ts"

/** The values of one submission. */
export interface SubmitTarget {
  readonly master: string
  readonly submissionId: string
  /** Paths of the pod templates as spark-submit sees them. */
  readonly templates: { readonly driver: string; readonly executor: string }
}

/** Keys that are passed as flags when they come from a field of their own; from `spec.sparkConf` they stay configuration. */
const flags: ReadonlyArray<readonly [key: string, flag: string]> = [
  ["spark.jars", "--jars"],
  ["spark.files", "--files"],
  ["spark.submit.pyFiles", "--py-files"],
  ["spark.jars.packages", "--packages"],
  ["spark.jars.excludes", "--exclude-packages"],
  ["spark.jars.repositories", "--repositories"],
  ["spark.archives", "--archives"],
]

/** Keys that have another place on the command line. */
const placedElsewhere: ReadonlySet<string> = new Set([
  "spark.submit.deployMode",
  "spark.app.name",
  "spark.kubernetes.driver.podTemplateContainerName",
  "spark.kubernetes.executor.podTemplateContainerName",
])

const isFlag = ({ key, field }: ConfEntry) => field.startsWith("spec.deps") && flags.some(([name]) => name === key)

const conf = (key: string, value: string) => ["--conf", `${key}=${value}`]

/** An entry of the configuration; the label of the submission follows the label that all runs have. */
const confEntry = ({ key, value }: ConfEntry, submissionId: string): ReadonlyArray<string> => {
  const prefix = /^spark\.kubernetes\.(?:driver|executor)\.label\./.exec(key)?.[0]
  return prefix !== undefined && key === `${prefix}${Labels.launchedBy}`
    ? [...conf(key, value), ...conf(`${prefix}${Labels.submissionId}`, submissionId)]
    : conf(key, value)
}

const template = (role: "driver" | "executor", path: string, container: string) => [
  ...conf(`spark.kubernetes.${role}.podTemplateFile`, path),
  ...conf(`spark.kubernetes.${role}.podTemplateContainerName`, container),
]

/** Everything after `spark-submit`. Total; equal input gives equal arguments. */
export const submitArguments = (plan: Plan, target: SubmitTarget): ReadonlyArray<string> => {
  const { spec, metadata } = plan.workload
  const entries = [...plan.conf.values()]
  const flagged = new Map(entries.filter(isFlag).map(({ key, value }) => [key, value]))
  return [
    "--master",
    target.master,
    "--deploy-mode",
    "cluster",
    ...(spec.mainClass ? ["--class", spec.mainClass] : []),
    "--name",
    metadata.name,
    ...flags.flatMap(([key, flag]) => {
      const value = flagged.get(key)
      return value === undefined ? [] : [flag, value]
    }),
    ...entries
      .filter((entry) => !isFlag(entry) && !placedElsewhere.has(entry.key))
      .flatMap((entry) => confEntry(entry, target.submissionId)),
    ...template("driver", target.templates.driver, driverContainerName),
    ...template("executor", target.templates.executor, executorContainerName),
    ...(spec.proxyUser ? ["--proxy-user", spec.proxyUser] : []),
    spec.mainApplicationFile,
    ...(spec.arguments ?? []),
  ]
}
