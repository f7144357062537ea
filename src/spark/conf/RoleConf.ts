/**
 * The configuration keys of the fields of `spec.driver` and `spec.executor`, as tables: the mapping of kubeflow's operator.
 */

import type { DriverSpec } from "../../api/application/DriverSpec.ts"
import type { ExecutorSpec } from "../../api/application/ExecutorSpec.ts"
import * as Labels from "../Labels.ts"
import { executorContainerName } from "../pod/SparkPod.ts"
import { sparkConfigDirectory } from "../pod/VolumeFields.ts"
import type { Workload } from "../Workload.ts"
import { keyOf, type ConfEntry } from "./SparkConf.ts"

type Entries = Iterable<ConfEntry>
type Scalar = string | number | boolean
type StringMap = Readonly<Record<string, string>>

/** Fields of one value. Later entries win, so the order matters only against `spec.sparkConf`. */
export const driverScalars: ReadonlyArray<readonly [keyof DriverSpec & string, string]> = [
  ["cores", "spark.driver.cores"],
  ["coreRequest", "spark.kubernetes.driver.request.cores"],
  ["coreLimit", "spark.kubernetes.driver.limit.cores"],
  ["memory", "spark.driver.memory"],
  ["memoryOverhead", "spark.driver.memoryOverhead"],
  ["serviceAccount", "spark.kubernetes.authenticate.driver.serviceAccountName"],
  ["javaOptions", "spark.driver.extraJavaOptions"],
  ["kubernetesMaster", "spark.kubernetes.driver.master"],
]
export const driverMaps: ReadonlyArray<readonly [keyof DriverSpec & string, string]> = [
  ["annotations", "spark.kubernetes.driver.annotation."],
  ["serviceAnnotations", "spark.kubernetes.driver.service.annotation."],
  ["serviceLabels", "spark.kubernetes.driver.service.label."],
  ["envVars", "spark.kubernetes.driverEnv."],
]
export const executorScalars: ReadonlyArray<readonly [keyof ExecutorSpec & string, string]> = [
  ["instances", "spark.executor.instances"],
  ["cores", "spark.executor.cores"],
  ["coreRequest", "spark.kubernetes.executor.request.cores"],
  ["coreLimit", "spark.kubernetes.executor.limit.cores"],
  ["memory", "spark.executor.memory"],
  ["memoryOverhead", "spark.executor.memoryOverhead"],
  ["serviceAccount", "spark.kubernetes.authenticate.executor.serviceAccountName"],
  ["deleteOnTermination", "spark.kubernetes.executor.deleteOnTermination"],
  ["javaOptions", "spark.executor.extraJavaOptions"],
  // The template has it as well, but Spark prefers a name in the configuration.
  ["schedulerName", "spark.kubernetes.executor.scheduler.name"],
]
export const executorMaps: ReadonlyArray<readonly [keyof ExecutorSpec & string, string]> = [
  ["annotations", "spark.kubernetes.executor.annotation."],
  ["envVars", "spark.executorEnv."],
]

/** The variable by which client libraries find a mounted Secret of this type. */
const secretVariables: ReadonlyMap<string, { readonly name: string; readonly file: string }> = new Map([
  ["GCPServiceAccount", { name: "GOOGLE_APPLICATION_CREDENTIALS", file: "key.json" }],
  ["HadoopDelegationToken", { name: "HADOOP_TOKEN_FILE_LOCATION", file: "hadoop.token" }],
])

function* tables<A extends DriverSpec | ExecutorSpec>(
  role: A,
  field: string,
  scalars: ReadonlyArray<readonly [keyof A & string, string]>,
  maps: ReadonlyArray<readonly [keyof A & string, string]>,
): Entries {
  for (const [name, key] of scalars) {
    const value = role[name] as Scalar | undefined
    if (value !== undefined && value !== "") yield { key, value: String(value), field: `${field}.${name}` }
  }
  for (const [name, prefix] of maps) {
    const map = (role[name] ?? {}) as StringMap
    for (const [key, value] of Object.entries(map)) {
      yield { key: `${prefix}${key}`, value, field: keyOf(`${field}.${name}`, key) }
    }
  }
}

/** The operator's labels, then those of the resource, then those of the role. The label of the submission is added when it is known. */
function* labels({ identity, metadata, spec }: Workload, role: "driver" | "executor"): Entries {
  const prefix = `spark.kubernetes.${role}.label.`
  yield { key: `${prefix}${identity.nameLabel}`, value: metadata.name, field: "metadata.name" }
  yield { key: `${prefix}${Labels.launchedBy}`, value: "true", field: "metadata.name" }
  const own = Object.entries(metadata.labels ?? {}).filter(([key]) => !key.startsWith(Labels.kueuePrefix))
  for (const [key, value] of own) yield { key: `${prefix}${key}`, value, field: keyOf("metadata.labels", key) }
  for (const [key, value] of Object.entries(spec[role].labels ?? {})) {
    yield { key: `${prefix}${key}`, value, field: keyOf(`spec.${role}.labels`, key) }
  }
}

/** Why a workload without an image for this role cannot be submitted. */
export const noImage = (role: "driver" | "executor"): string =>
  `there is no image for the ${role === "driver" ? "driver" : "executors"}; set spec.image or spec.${role}.image`

/** The image of the role, else that of the spec. */
function* image({ spec }: Workload, role: "driver" | "executor"): Entries {
  const own = spec[role].image
  const [value, field] = own ? [own, `spec.${role}.image`] : [spec.image, "spec.image"]
  if (value) yield { key: `spark.kubernetes.${role}.container.image`, value, field }
}

function* secrets({ spec }: Workload, role: "driver" | "executor"): Entries {
  const environment = role === "driver" ? "spark.kubernetes.driverEnv." : "spark.executorEnv."
  const all = spec[role].secrets ?? []
  for (const [index, { name, path, secretType }] of all.entries()) {
    const field = `spec.${role}.secrets[${index}]`
    // The key has room for one path; the pod gets the others (`pod/VolumeFields.ts`).
    const first = all.findIndex((other) => other.name === name) === index
    if (first) yield { key: `spark.kubernetes.${role}.secrets.${name}`, value: path, field }
    const variable = secretVariables.get(secretType)
    if (variable !== undefined) {
      yield { key: `${environment}${variable.name}`, value: `${path.replace(/\/+$/, "")}/${variable.file}`, field }
    }
  }
  for (const [variable, { name, key }] of Object.entries(spec[role].envSecretKeyRefs ?? {})) {
    const field = keyOf(`spec.${role}.envSecretKeyRefs`, variable)
    yield { key: `spark.kubernetes.${role}.secretKeyRef.${variable}`, value: `${name}:${key}`, field }
  }
}

/** `spec.driver` as configuration. */
export function* driverConf(workload: Workload): Entries {
  yield* labels(workload, "driver")
  yield* image(workload, "driver")
  yield* tables(workload.spec.driver, "spec.driver", driverScalars, driverMaps)
  yield* secrets(workload, "driver")
}

/** `spec.executor` as configuration; the container of the executor template is found by its name. */
export function* executorConf(workload: Workload): Entries {
  const { spec } = workload
  yield* labels(workload, "executor")
  yield* image(workload, "executor")
  yield* tables(spec.executor, "spec.executor", executorScalars, executorMaps)
  yield* secrets(workload, "executor")
  if (spec.sparkConfigMap) {
    // Spark sets this variable on executors after the template, so only a configuration key can override it.
    yield { key: "spark.executorEnv.SPARK_CONF_DIR", value: sparkConfigDirectory, field: "spec.sparkConfigMap" }
  }
  const key = "spark.kubernetes.executor.podTemplateContainerName"
  yield { key, value: executorContainerName, field: "spec.executor.template" }
}
