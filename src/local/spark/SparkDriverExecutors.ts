/**
 * What a driver creates for its executors: pods, by the same steps as the operator foresees them (`spark/executor`), their claims, and the
 * ConfigMap of their configuration.
 */

import { Predicate } from "effect"
import type { ConfigMap, Pod } from "kubernetes-types/core/v1"
import { parse } from "yaml"
import type { Child } from "../../spark/Child.ts"
import { confReader } from "../../spark/conf/ConfReader.ts"
import { sparkConf } from "../../spark/conf/SparkConf.ts"
import type { Configured } from "../../spark/driver/FeatureStep.ts"
import { applySteps, ofDriver } from "../../spark/executor/ExecutorPod.ts"
import type { ExecutorRun } from "../../spark/executor/ExecutorStep.ts"
import { readExecutorSteps } from "../../spark/executor/ExecutorSteps.ts"
import * as Labels from "../../spark/Labels.ts"
import { resourceNamePrefix } from "../../spark/Names.ts"
import { executorContainerName, fromTemplate } from "../../spark/pod/SparkPod.ts"
import { newestProfile, profileOf } from "../../spark/SparkProfile.ts"
import * as KubeletScript from "../node/KubeletScript.ts"
import type { Properties } from "./SparkDriverPlan.ts"

/** The executor pod template from the volume of the driver: YAML or JSON of a Pod. Anything else counts as empty. */
export const parseTemplate = (text: string | undefined): Pod => {
  try {
    const template: unknown = parse(text ?? "{}")
    return Predicate.isObject(template) ? (template as Pod) : {}
  } catch {
    return {}
  }
}

const appName = (properties: Properties) => properties.get("spark.app.name") ?? "spark"

/** `spark.kubernetes.executor.podNamePrefix`, else the application's name and 16 hex digits, here of the driver's uid. */
const podNamePrefix = (driver: Pod, properties: Properties): string =>
  properties.get("spark.kubernetes.executor.podNamePrefix") ?? resourceNamePrefix(appName(properties), uniqueId(driver))

export const executorName = (driver: Pod, properties: Properties, id: number): string =>
  `${podNamePrefix(driver, properties)}-exec-${id}`

/** The label that finds all pods and the Service of a run. */
export const applicationId = (driver: Pod, properties: Properties): string =>
  properties.get("spark.app.id") ?? driver.metadata?.labels?.[Labels.sparkAppSelector] ?? ""

/** The script of an executor that fails: a number is its exit code, anything else the reason. */
const failureScript = ({ cause, after }: KubeletScript.ExecutorFailure): Record<string, string> => ({
  [`${KubeletScript.prefix}run-seconds`]: String(after),
  [`${KubeletScript.prefix}${/^\d+$/.test(cause) ? "exit-code" : "reason"}`]: cause,
})

/** Hex digits that differ between drivers, in the place of `KubernetesUtils.uniqueID`. */
const uniqueId = (driver: Pod) => (driver.metadata?.uid ?? "").replaceAll("-", "").slice(-16)

/** The ConfigMap that a driver makes for all of its executors, unless the configuration says otherwise. */
export const executorConfigMap = (driver: Pod, properties: Properties): ConfigMap | undefined =>
  properties.get("spark.kubernetes.executor.disableConfigMap") === "true"
    ? undefined
    : {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          name: `spark-exec-${uniqueId(driver)}-conf-map`,
          labels: {
            [Labels.sparkAppSelector]: applicationId(driver, properties),
            [Labels.sparkRole]: Labels.executorRole,
          },
          ownerReferences: [owner(driver)],
        },
        immutable: true,
        data: { "spark.kubernetes.namespace": driver.metadata?.namespace ?? "default" },
      }

const owner = (driver: Pod) => ({
  apiVersion: "v1",
  kind: "Pod",
  name: driver.metadata?.name ?? "",
  uid: driver.metadata?.uid ?? "",
  controller: true,
})

/** What a running driver has of the input of its executors. */
const inputOf = (driver: Pod, properties: Properties): Configured => {
  const sparkVersion = driver.metadata?.labels?.[Labels.sparkVersion] ?? ""
  const type = properties.get("spark.kubernetes.resource.type")
  return {
    profile: profileOf(sparkVersion) ?? newestProfile,
    // The operator has reported what is wrong with the configuration.
    read: confReader(sparkConf([...properties].map(([key, value]) => ({ key, value, field: key }))), () => {}),
    main: { type: type === "python" || type === "r" ? type : "java" },
    workload: { metadata: { name: appName(properties) }, spec: { sparkVersion } },
  }
}

/** An executor and the claims that are made with it. */
export interface Executor {
  readonly pod: Pod
  readonly claims: ReadonlyArray<Child>
}

/** Executor `id` of the driver, as Spark would create it. `failure` scripts its end. */
export const executorOf = (
  driver: Pod,
  properties: Properties,
  template: Pod,
  id: number,
  failure?: KubeletScript.ExecutorFailure,
): Executor => {
  const containers = template.spec?.containers ?? []
  const chosen = properties.get("spark.kubernetes.executor.podTemplateContainerName") ?? containers[0]?.name
  const steps = readExecutorSteps(inputOf(driver, properties))
  const image = driver.spec?.containers.at(-1)?.image ?? ""
  const run: ExecutorRun = {
    ...ofDriver(driver),
    appId: applicationId(driver, properties),
    executorId: String(id),
    podName: executorName(driver, properties, id),
    confConfigMap: executorConfigMap(driver, properties)?.metadata?.name ?? "",
    properties,
  }
  const spark = fromTemplate({ ...template }, chosen ?? executorContainerName)
  const { metadata, spec, ...pod } = applySteps(steps, spark, run)
  return {
    pod: {
      ...pod,
      metadata: {
        ...metadata,
        namespace: driver.metadata?.namespace ?? "default",
        annotations: { ...metadata?.annotations, ...(failure ? failureScript(failure) : {}) },
      },
      spec: {
        ...spec,
        containers: (spec?.containers ?? []).map((container) => ({ ...container, image: container.image || image })),
      },
    },
    claims: steps
      .flatMap((step) => step.claims?.(run) ?? [])
      .map((child) => ({
        ...child,
        object: { ...child.object, metadata: { ...child.object.metadata, ownerReferences: [owner(driver)] } },
      })),
  }
}

/** The pod alone. */
export const executorPod = (...args: Parameters<typeof executorOf>): Pod => executorOf(...args).pod
