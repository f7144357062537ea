/**
 * What a user wrote that has no effect, or an effect they may not want, without keeping the application from running.
 */
import type { Problem } from "../api/Problem.ts"
import type { SparkApplicationSpec } from "../api/SparkApplication.ts"
import { keyOf } from "./SparkConf.ts"
import type { SparkProfile } from "./SparkProfile.ts"

/** Keys of `spec.sparkConf` that are always overwritten. */
const overwritten: ReadonlyArray<string> = [
  "spark.app.name",
  "spark.app.id",
  "spark.submit.deployMode",
  "spark.driver.host",
  "spark.kubernetes.submitInDriver",
  "spark.kubernetes.resource.type",
  "spark.kubernetes.driver.podTemplateContainerName",
  "spark.kubernetes.executor.podTemplateContainerName",
]

/** Looks like a credential that will stand in clear text in a ConfigMap (Spark's own redaction pattern, narrowed). */
const secretKey = /secret|password|token|access\.?key/i

const confWarning = (key: string): string | undefined => {
  if (!key.startsWith("spark.")) return "spark-submit ignores keys that do not begin with spark.; so does the operator"
  if (overwritten.includes(key)) return "is set by the operator; this value is ignored"
  return secretKey.test(key) && !/File$|Path$/i.test(key)
    ? "will stand in clear text in a ConfigMap; if it is a secret, mount it from a Secret or use envFrom"
    : undefined
}

/** Warnings about a spec that is otherwise legal. */
export const warnings = (spec: SparkApplicationSpec, profile: SparkProfile): ReadonlyArray<Problem> => {
  const unused = (["failureRetries", "retryInterval"] as const)
    .filter((name) => spec[name] !== undefined)
    .map((name) => ({ field: `spec.${name}`, message: "has no effect; use spec.restartPolicy" }))
  const serviceLabels =
    !profile.configurableService && spec.driver.serviceLabels !== undefined
      ? [{ field: "spec.driver.serviceLabels", message: `Spark ${profile.minor} does not label its Service; ignored` }]
      : []
  const conf = Object.keys({ ...spec.sparkConf }).flatMap((key) => {
    const message = confWarning(key)
    return message === undefined ? [] : [{ field: keyOf("spec.sparkConf", key), message }]
  })
  return [...unused, ...serviceLabels, ...conf]
}
