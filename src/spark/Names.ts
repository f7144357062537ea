/**
 * Names of the objects of a submission, by the rules of Spark and of kubeflow's operator.
 * They only need the name of a resource and a submission id, so objects can be deleted by name, without a list, even when the resource
 * has become invalid.
 */

import { Predicate } from "effect"
import { uniqueId } from "./submit/Submission.ts"

/** Any resource as read from the API, valid or not. */
export interface Named {
  readonly metadata?: { readonly name?: string }
  readonly spec?: unknown
}

export interface ObjectNames {
  /** The prefix of the names that Spark gives to the objects of a driver: `<app>-<16 hex digits>`. */
  readonly prefix: string
  readonly driverPod: string
  readonly service: string
  readonly confConfigMap: string
  readonly executorTemplateConfigMap: string
  /** Made for Spark 4.2 and later. */
  readonly networkPolicy: string
}

/** Longest name of a Service and longest label value (RFC 1123 label). */
export const maxLabelLength = 63

const sanitize = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .replace(/-+/g, "-")

/** The value of the label `spark-app-name` (`KubernetesConf.getAppNameLabel`). */
export const appNameLabel = (appName: string): string =>
  sanitize(appName).slice(0, maxLabelLength).replace(/^-/, "").replace(/-$/, "")

/** `<appName>-<id>` made legal; a leading digit is replaced, not prefixed (`KubernetesConf.getResourceNamePrefix`). */
export const resourceNamePrefix = (appName: string, id: string): string =>
  sanitize(`${appName}-${id}`)
    .replace(/^-/, "")
    .replace(/^[0-9]/, "x")

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined)
const member = (value: unknown, key: string) => (Predicate.hasProperty(value, key) ? value[key] : undefined)

/** `spec.driver.podName`, else sparkConf `spark.kubernetes.driver.pod.name`, else `<app>-driver` (the rule of kubeflow's operator). */
export const driverPodName = (application: Named): string =>
  text(member(member(application.spec, "driver"), "podName")) ??
  text(member(member(application.spec, "sparkConf"), "spark.kubernetes.driver.pod.name")) ??
  `${application.metadata?.name ?? ""}-driver`

/** The driver's Service: Spark falls back to a name of its own when the usual one is longer than a Service may have. */
const serviceName = (prefix: string, submissionId: string) => {
  const preferred = `${prefix}-driver-svc`
  return preferred.length <= maxLabelLength ? preferred : `spark-${uniqueId(submissionId, "service")}-driver-svc`
}

/** Every name of the submission's objects. Total: works on any application that has a name. */
export const objectNames = (application: Named, submissionId: string): ObjectNames => {
  const prefix = resourceNamePrefix(application.metadata?.name ?? "spark", uniqueId(submissionId, "prefix"))
  return {
    prefix,
    driverPod: driverPodName(application),
    service: serviceName(prefix, submissionId),
    confConfigMap: `spark-drv-${uniqueId(submissionId, "conf-map")}-conf-map`,
    executorTemplateConfigMap: `${prefix}-driver-podspec-conf-map`,
    networkPolicy: `${prefix}-policy`,
  }
}
