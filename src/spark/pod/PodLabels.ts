/**
 * Labels and annotations from the configuration: read, checked by Kubernetes' rules, and with Spark's placeholders substituted.
 */

import type { ConfReader } from "../conf/ConfReader.ts"
import type { Configured, Run, Submitted } from "../driver/FeatureStep.ts"
import * as Labels from "../Labels.ts"
import { appNameLabel } from "../Names.ts"
import { annotationError, labelError } from "./MetadataRules.ts"

/** A sample of an application id, to check values that will contain one. */
const sampleAppId = `spark-${"0".repeat(32)}`

/** `{{APP_ID}}` becomes the id, `{{EXECUTOR_ID}}` the number of the executor: nothing for a driver. */
export const substituteIds = (
  values: Readonly<Record<string, string>>,
  appId: string,
  executorId = "",
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      value.replaceAll("{{APP_ID}}", appId).replaceAll("{{EXECUTOR_ID}}", executorId),
    ]),
  )

/**
 * The labels under a prefix. `substituted`: placeholders are replaced before Kubernetes sees the values, for an executor if it has an id.
 */
export const readLabels = (
  read: ConfReader,
  prefix: string,
  substituted = false,
  executorId = "",
): Readonly<Record<string, string>> => {
  const entries = read.prefixed(prefix)
  for (const { name, value, field } of entries) {
    const shown = substituted ? (substituteIds({ value }, sampleAppId, executorId)["value"] ?? "") : value
    const error = labelError(name, shown)
    if (error !== undefined) read.refuse(field, error)
  }
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]))
}

/** The annotations under a prefix. */
export const readAnnotations = (read: ConfReader, prefix: string): Readonly<Record<string, string>> => {
  const entries = read.prefixed(prefix)
  for (const { name, field } of entries) {
    const error = annotationError(name)
    if (error !== undefined) read.refuse(field, error)
  }
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]))
}

/**
 * The custom labels of a role; those that Spark writes itself are refused (`KubernetesDriverConf.labels`,
 * `KubernetesExecutorConf.labels`).
 */
const readRoleLabels = (
  { read, profile }: Configured,
  prefix: string,
  reserved: ReadonlyArray<string>,
  executorId?: string,
): Readonly<Record<string, string>> => {
  for (const { name, field } of read.prefixed(prefix)) {
    if (reserved.includes(name)) read.refuse(field, `Spark writes the label ${name} itself; remove it`)
  }
  return readLabels(read, prefix, profile.substitutesLabels, executorId)
}

/** The custom labels of the driver. */
export const readDriverLabels = (submitted: Submitted): Readonly<Record<string, string>> =>
  readRoleLabels(submitted, "spark.kubernetes.driver.label.", Labels.reservedBySpark)

/** The custom labels of executors. */
export const readExecutorLabels = (submitted: Configured): Readonly<Record<string, string>> =>
  readRoleLabels(submitted, "spark.kubernetes.executor.label.", Labels.reservedBySparkForExecutors, "1")

/** All labels of a driver: custom ones, those of the submission, and Spark's four, which win. */
export const driverLabels = (
  custom: Readonly<Record<string, string>>,
  { workload, profile }: Pick<Submitted, "workload" | "profile">,
  { appId, submission }: Pick<Run, "appId" | "submission">,
): Readonly<Record<string, string>> => ({
  ...(profile.substitutesLabels ? substituteIds(custom, appId) : custom),
  [Labels.submissionId]: submission.submissionId,
  [Labels.sparkVersion]: workload.spec.sparkVersion,
  [Labels.sparkAppSelector]: appId,
  [Labels.sparkAppName]: appNameLabel(workload.metadata.name),
  [Labels.sparkRole]: workload.identity.driverRole,
})
