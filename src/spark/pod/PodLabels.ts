/**
 * Labels and annotations from the configuration: read, checked by Kubernetes' rules, and with Spark's placeholders substituted.
 */

import type { ConfReader } from "../conf/ConfReader.ts"
import type { Run, Submitted } from "../driver/FeatureStep.ts"
import * as Labels from "../Labels.ts"
import { appNameLabel } from "../Names.ts"
import { annotationError, labelError } from "./MetadataRules.ts"

/** A sample of an application id, to check values that will contain one. */
const sampleAppId = `spark-${"0".repeat(32)}`

/** `{{APP_ID}}` becomes the id, `{{EXECUTOR_ID}}` nothing: a driver has none. */
export const substituteIds = (
  values: Readonly<Record<string, string>>,
  appId: string,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      value.replaceAll("{{APP_ID}}", appId).replaceAll("{{EXECUTOR_ID}}", ""),
    ]),
  )

/** The labels under a prefix. `substituted`: placeholders are replaced before Kubernetes sees the values. */
export const readLabels = (read: ConfReader, prefix: string, substituted = false): Readonly<Record<string, string>> => {
  const entries = read.prefixed(prefix)
  for (const { name, value, field } of entries) {
    const shown = substituted ? (substituteIds({ value }, sampleAppId)["value"] ?? "") : value
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

/** The custom labels of the driver; those that Spark writes itself are refused, as in `KubernetesDriverConf.labels`. */
export const readDriverLabels = ({ read, profile }: Submitted): Readonly<Record<string, string>> => {
  for (const { name, field } of read.prefixed("spark.kubernetes.driver.label.")) {
    if (Labels.reservedBySpark.includes(name)) read.refuse(field, `Spark writes the label ${name} itself; remove it`)
  }
  return readLabels(read, "spark.kubernetes.driver.label.", profile.substitutesLabels)
}

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
  [Labels.sparkRole]: Labels.driverRole,
})
