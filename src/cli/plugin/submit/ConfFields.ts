/**
 * Which field of a SparkApplication a configuration key is: the tables by which a spec becomes configuration, read backwards, so that the two
 * directions cannot differ. Keys without a field stay in `spec.sparkConf`. Pure.
 */

import { driverMaps, driverScalars, executorMaps, executorScalars } from "../../../spark/conf/RoleConf.ts"
import * as Labels from "../../../spark/Labels.ts"

type Path = ReadonlyArray<string>
type Convert = (text: string) => unknown

const asText: Convert = (text) => text
const asList: Convert = (text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")
const asNumber: Convert = (text) => (/^\d+$/.test(text) ? Number(text) : undefined)
const asFlag: Convert = (text) => (text === "true" ? true : text === "false" ? false : undefined)

/** Fields that are not text. */
const conversions: Readonly<Record<string, Convert>> = {
  cores: asNumber,
  instances: asNumber,
  deleteOnTermination: asFlag,
}

interface ScalarField {
  readonly path: Path
  readonly convert: Convert
}

const roleScalars = (role: "driver" | "executor", table: ReadonlyArray<readonly [string, string]>) =>
  table.map(([field, key]) => [key, { path: [role, field], convert: conversions[field] ?? asText }] as const)

/** A value that `convert` does not accept stays configuration. */
const scalars: ReadonlyMap<string, ScalarField> = new Map<string, ScalarField>([
  ...roleScalars("driver", driverScalars),
  ...roleScalars("executor", executorScalars),
  ["spark.kubernetes.container.image", { path: ["image"], convert: asText }],
  ["spark.kubernetes.container.image.pullPolicy", { path: ["imagePullPolicy"], convert: asText }],
  ["spark.kubernetes.container.image.pullSecrets", { path: ["imagePullSecrets"], convert: asList }],
  ["spark.kubernetes.driver.container.image", { path: ["driver", "image"], convert: asText }],
  ["spark.kubernetes.executor.container.image", { path: ["executor", "image"], convert: asText }],
  ["spark.kubernetes.driver.pod.name", { path: ["driver", "podName"], convert: asText }],
  ["spark.kubernetes.memoryOverheadFactor", { path: ["memoryOverheadFactor"], convert: asText }],
  ["spark.kubernetes.pyspark.pythonVersion", { path: ["pythonVersion"], convert: asText }],
  ["spark.jars", { path: ["deps", "jars"], convert: asList }],
  ["spark.jars.packages", { path: ["deps", "packages"], convert: asList }],
  ["spark.jars.excludes", { path: ["deps", "excludePackages"], convert: asList }],
  ["spark.jars.repositories", { path: ["deps", "repositories"], convert: asList }],
  ["spark.submit.pyFiles", { path: ["deps", "pyFiles"], convert: asList }],
  ["spark.files", { path: ["deps", "files"], convert: asList }],
  ["spark.archives", { path: ["deps", "archives"], convert: asList }],
])

const roleMaps = (role: "driver" | "executor", table: ReadonlyArray<readonly [string, string]>) =>
  table.map(([field, prefix]) => [prefix, [role, field]] as const)

/** Prefixes of keys whose rest is the key of a map. */
const maps: ReadonlyArray<readonly [prefix: string, path: Path]> = [
  ...roleMaps("driver", driverMaps),
  ...roleMaps("executor", executorMaps),
  ["spark.kubernetes.driver.label.", ["driver", "labels"]],
  ["spark.kubernetes.executor.label.", ["executor", "labels"]],
  ["spark.kubernetes.node.selector.", ["nodeSelector"]],
  ["spark.hadoop.", ["hadoopConf"]],
]

/** The operator sets these itself. */
const operatorLabels = new Set(
  ["driver", "executor"].flatMap((role) =>
    Labels.reservedByOperator.map((label) => `spark.kubernetes.${role}.label.${label}`),
  ),
)

export type Place =
  | { readonly _tag: "Field"; readonly path: Path; readonly value: unknown }
  | { readonly _tag: "Conf" }
  /** The operator does it. */
  | { readonly _tag: "Dropped" }

/** What spark-submit needs and an operator does by itself. */
const dropped = new Set([
  "spark.app.name",
  "spark.kubernetes.namespace",
  "spark.kubernetes.submission.waitAppCompletion",
  "spark.kubernetes.driver.podTemplateFile",
  "spark.kubernetes.driver.podTemplateContainerName",
  "spark.kubernetes.executor.podTemplateFile",
  "spark.kubernetes.executor.podTemplateContainerName",
  "spark.submit.deployMode",
  "spark.master",
])

/** Where a configuration entry belongs in a spec. */
export const placeOf = (key: string, text: string): Place => {
  if (dropped.has(key) || operatorLabels.has(key)) return { _tag: "Dropped" }
  const scalar = scalars.get(key)
  if (scalar !== undefined) {
    const value = text === "" ? undefined : scalar.convert(text)
    return value === undefined ? { _tag: "Conf" } : { _tag: "Field", path: scalar.path, value }
  }
  const map = maps.find(([prefix]) => key.startsWith(prefix) && key.length > prefix.length)
  return map === undefined
    ? { _tag: "Conf" }
    : { _tag: "Field", path: [...map[1], key.slice(map[0].length)], value: text }
}
