/**
 * Configuration keys that a user may not set, because another field or the operator sets them, or because they need a submitting machine.
 */

import type { forbiddenKeys } from "../../api/pod/ForbiddenKeys.ts"
import type { Problem } from "../../api/Problem.ts"
import type { WorkloadSpec } from "../Workload.ts"
import { keyOf } from "./SparkConf.ts"

const submitterFile = "the file would have to be on the submitting machine; write the template into the resource as"
const ownField = (field: string) => `this key is set by the operator; use ${field} instead`

const noTokens = "tokens must not be stored in a resource; use a service account"

/** What to use instead of each property that the API server refuses as well. */
const forbidden: Readonly<Record<(typeof forbiddenKeys)[number], string>> = {
  "spark.master": "the operator decides where the application runs; remove this key",
  "spark.kubernetes.driver.master": ownField("spec.driver.kubernetesMaster"),
  "spark.kubernetes.container.image": ownField("spec.image"),
  "spark.kubernetes.driver.container.image": ownField("spec.driver.image"),
  "spark.kubernetes.executor.container.image": ownField("spec.executor.image"),
  "spark.kubernetes.authenticate.driver.serviceAccountName": ownField("spec.driver.serviceAccount"),
  "spark.kubernetes.authenticate.executor.serviceAccountName": ownField("spec.executor.serviceAccount"),
  "spark.kubernetes.authenticate.oauthToken": noTokens,
  "spark.kubernetes.authenticate.oauthTokenFile": noTokens,
  "spark.kubernetes.authenticate.driver.oauthToken": noTokens,
  "spark.kubernetes.authenticate.driver.oauthTokenFile": noTokens,
  "spark.kubernetes.authenticate.executor.oauthToken": noTokens,
  "spark.kubernetes.authenticate.executor.oauthTokenFile": noTokens,
}

/**
 * Keys that are not allowed in `spec.sparkConf` whatever submits, each with what to use instead: those that the webhook of kubeflow's operator
 * refuses, and files that would have to be on a submitting machine.
 */
export const deniedKeys: Readonly<Record<string, string>> = {
  ...forbidden,
  "spark.kubernetes.driver.podTemplateFile": `${submitterFile} spec.driver.template`,
  "spark.kubernetes.executor.podTemplateFile": `${submitterFile} spec.executor.template`,
}

/** The key that must have the namespace of the application, if it is set. */
export const namespaceKey = "spark.kubernetes.namespace"
export const ownNamespace = "an application runs in its own namespace"

/** Steps of Spark that may be excluded. */
const optionalSteps = ["org.apache.spark.deploy.k8s.features.NetworkPolicyFeatureStep"]
const excludedSteps = "spark.kubernetes.driver.pod.excludedFeatureSteps"
const featureSteps = "spark.kubernetes.driver.pod.featureSteps"
/** The real spark-submit handles these keys before the driver pod exists. */
const nativeOnlyKeys = [featureSteps, excludedSteps]

const deniedKey = (key: string, value: string, namespace: string): string | undefined => {
  if (key === namespaceKey && value !== namespace)
    return `${ownNamespace}, ${JSON.stringify(namespace)}; remove this key`
  if (key === featureSteps) return "classes that change the driver pod cannot run here; use spec.driver.template"
  if (key === excludedSteps) {
    const steps = value.split(",").filter((step) => !optionalSteps.includes(step.trim()))
    return steps.length === 0 ? undefined : "this step of the submission cannot be excluded; remove it"
  }
  return Object.hasOwn(deniedKeys, key) ? deniedKeys[key] : undefined
}

/** The keys of `spec.sparkConf` that are refused, each with what to use instead. */
export const forbiddenConf = ({ sparkConf }: WorkloadSpec, namespace: string): ReadonlyArray<Problem> =>
  Object.entries(sparkConf ?? {}).flatMap(([key, value]) => {
    const message = deniedKey(key, value, namespace)
    if (message === undefined) return []
    const nativeOnly = nativeOnlyKeys.includes(key) ? ({ nativeOnly: true } as const) : {}
    return [{ field: keyOf("spec.sparkConf", key), message, ...nativeOnly }]
  })
