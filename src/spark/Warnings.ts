/**
 * Parts of a valid spec that have no effect, or an effect that the user may not want.
 */

import type { Problem } from "../api/Problem.ts"
import { undiscovered } from "./conf/Devices.ts"
import { parseMebibytes } from "./conf/Memory.ts"
import { keyOf, type SparkConf } from "./conf/SparkConf.ts"
import { typeWarnings } from "./driver/MainResource.ts"
import { executorContainerName, fromTemplate } from "./pod/SparkPod.ts"
import { volumeWarnings } from "./pod/VolumeWarnings.ts"
import type { SparkProfile } from "./SparkProfile.ts"
import type { WorkloadSpec } from "./Workload.ts"

/** Keys of `spec.sparkConf` that are always overwritten. */
export const overwritten: ReadonlyArray<string> = [
  "spark.app.name",
  "spark.app.id",
  "spark.submit.deployMode",
  "spark.driver.host",
  "spark.kubernetes.submitInDriver",
  "spark.kubernetes.resource.type",
  "spark.kubernetes.driver.podTemplateContainerName",
  "spark.kubernetes.executor.podTemplateContainerName",
]

/** Keys whose values Spark keeps out of its logs (`spark.redaction.regex`), but not out of the ConfigMap. */
const secretKey = /secret|password|token|access\.?key/i

/** Spark's own keys for Kubernetes only name Secrets. */
const clearText = (key: string): string | undefined =>
  secretKey.test(key) && !key.startsWith("spark.kubernetes.")
    ? "is stored in clear text in a ConfigMap; pass a secret value by a Secret and envFrom instead"
    : undefined

const confWarning = (key: string): string | undefined => {
  if (!key.startsWith("spark.")) return "is ignored, as by spark-submit: the key does not begin with spark."
  if (overwritten.includes(key)) return "is set by the operator; this value is ignored"
  return clearText(key)
}

const reservedMemory = "spark.testing.reservedMemory"

/**
 * The heap with which a Spark context can start, in MiB: one and a half times what `UnifiedMemoryManager` reserves, which are 300 MiB unless a
 * benchmark says otherwise.
 */
const leastHeap = (conf: SparkConf): number =>
  Math.ceil((Number(conf.get(reservedMemory)?.value ?? 300 * 2 ** 20) * 1.5) / 2 ** 20)

const smallHeaps = (conf: SparkConf): ReadonlyArray<Problem> => {
  const least = leastHeap(conf)
  return ["driver", "executor"].flatMap((role) => {
    const memory = conf.get(`spark.${role}.memory`)
    return memory !== undefined && (parseMebibytes(memory.value) ?? least) < least
      ? [{ field: memory.field, message: `is too small: Spark does not start with less than ${least}m` }]
      : []
  })
}

/** With decommissioning Spark replaces the whole `lifecycle` of executors (`BasicExecutorFeatureStep`). */
const lostHooks = ({ executor }: WorkloadSpec, conf: SparkConf): ReadonlyArray<Problem> => {
  const template = fromTemplate(executor.template, executorContainerName).container.lifecycle
  const field = executor.lifecycle ? "spec.executor.lifecycle" : template ? "spec.executor.template" : undefined
  return field !== undefined && conf.get("spark.decommission.enabled")?.value.toLowerCase() === "true"
    ? [
        {
          field,
          message:
            "is replaced by Spark's own preStop hook for decommissioning; use spark.kubernetes.decommission.script",
        },
      ]
    : []
}

/** Warnings about a spec that is otherwise legal; `conf` is the configuration made from it. */
export const warnings = (spec: WorkloadSpec, profile: SparkProfile, conf: SparkConf): ReadonlyArray<Problem> => {
  const serviceLabels =
    !profile.configurableService && spec.driver.serviceLabels !== undefined
      ? [
          {
            field: "spec.driver.serviceLabels",
            message: `is ignored: Spark ${profile.minor} does not label its Service`,
          },
        ]
      : []
  const python =
    spec.pythonVersion === "2"
      ? [{ field: "spec.pythonVersion", message: "has no effect; Spark runs Python 3 only" }]
      : []
  const properties = Object.keys({ ...spec.sparkConf }).flatMap((key) => {
    const message = confWarning(key)
    return message === undefined ? [] : [{ field: keyOf("spec.sparkConf", key), message }]
  })
  const hadoop = Object.keys({ ...spec.hadoopConf }).flatMap((key) => {
    const message = clearText(key)
    return message === undefined ? [] : [{ field: keyOf("spec.hadoopConf", key), message }]
  })
  return [
    ...typeWarnings(spec),
    ...python,
    ...serviceLabels,
    ...smallHeaps(conf),
    ...undiscovered(conf),
    ...properties,
    ...hadoop,
    ...volumeWarnings(spec, profile, conf),
    ...lostHooks(spec, conf),
  ]
}
