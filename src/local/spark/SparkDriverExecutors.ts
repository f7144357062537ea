/**
 * The executor pods that a driver creates: Spark's names, labels, owner and container on top of the executor pod template
 * (`KubernetesExecutorBuilder`, `BasicExecutorFeatureStep`). Contains only what an operator or a user can see, not what the JVM needs.
 */

import { Predicate } from "effect"
import type { Container, Pod } from "kubernetes-types/core/v1"
import { parse } from "yaml"
import { defaultMinOverhead, parseMebibytes, totalMemory } from "../../spark/conf/Memory.ts"
import * as Labels from "../../spark/Labels.ts"
import { appNameLabel, maxLabelLength, resourceNamePrefix } from "../../spark/Names.ts"
import { executorContainerName } from "../../spark/pod/SparkPod.ts"
import * as KubeletScript from "../node/KubeletScript.ts"
import type { Properties } from "./SparkDriverPlan.ts"

/** `spark.kubernetes.executor.label.team=a` → `{ team: "a" }`. */
const withPrefix = (properties: Properties, start: string): Record<string, string> =>
  Object.fromEntries(
    [...properties].flatMap(([key, value]) => (key.startsWith(start) ? [[key.slice(start.length), value]] : [])),
  )

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
  properties.get("spark.kubernetes.executor.podNamePrefix") ??
  resourceNamePrefix(appName(properties), (driver.metadata?.uid ?? "").replaceAll("-", "").slice(-16))

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

const resources = (properties: Properties): NonNullable<Container["resources"]> => {
  const cores = properties.get("spark.executor.cores") ?? "1"
  const limit = properties.get("spark.kubernetes.executor.limit.cores")
  const total = totalMemory({
    memory: parseMebibytes(properties.get("spark.executor.memory") ?? "1g") ?? 1024,
    overhead: parseMebibytes(properties.get("spark.executor.memoryOverhead") ?? ""),
    overheadFactor: Number(
      properties.get("spark.executor.memoryOverheadFactor") ??
        properties.get("spark.kubernetes.memoryOverheadFactor") ??
        0.1,
    ),
    minOverhead: parseMebibytes(properties.get("spark.executor.minMemoryOverhead") ?? "") ?? defaultMinOverhead,
  })
  const pyspark = parseMebibytes(properties.get("spark.executor.pyspark.memory") ?? "") ?? 0
  const memory = `${total + pyspark}Mi`
  return {
    requests: { cpu: properties.get("spark.kubernetes.executor.request.cores") ?? cores, memory },
    limits: { memory, ...(limit ? { cpu: limit } : {}) },
  }
}

const environment = (driver: Pod, properties: Properties, id: number): NonNullable<Container["env"]> => {
  const host = properties.get("spark.driver.host") ?? ""
  const values = {
    SPARK_DRIVER_URL: `spark://CoarseGrainedScheduler@${host}:${properties.get("spark.driver.port") ?? "7078"}`,
    SPARK_EXECUTOR_CORES: properties.get("spark.executor.cores") ?? "1",
    SPARK_EXECUTOR_MEMORY: properties.get("spark.executor.memory") ?? "1g",
    SPARK_APPLICATION_ID: applicationId(driver, properties),
    SPARK_CONF_DIR: "/opt/spark/conf",
    SPARK_EXECUTOR_ID: String(id),
    SPARK_RESOURCE_PROFILE_ID: "0",
    ...withPrefix(properties, "spark.executorEnv."),
  }
  return Object.entries(values).map(([name, value]) => ({ name, value }))
}

/** Executor `id` of the driver, as Spark would create it. `failure` scripts its end. */
export const executorPod = (
  driver: Pod,
  properties: Properties,
  template: Pod,
  id: number,
  failure?: KubeletScript.ExecutorFailure,
): Pod => {
  const containers = template.spec?.containers ?? []
  const chosen = properties.get("spark.kubernetes.executor.podTemplateContainerName")
  const base = containers.find(({ name }) => name === chosen) ?? containers[0]
  const image =
    properties.get("spark.kubernetes.executor.container.image") ?? properties.get("spark.kubernetes.container.image")
  const serviceAccountName =
    properties.get("spark.kubernetes.authenticate.executor.serviceAccountName") ?? template.spec?.serviceAccountName
  const name = executorName(driver, properties, id)
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: driver.metadata?.namespace ?? "default",
      labels: {
        ...template.metadata?.labels,
        ...withPrefix(properties, "spark.kubernetes.executor.label."),
        [Labels.sparkVersion]: driver.metadata?.labels?.[Labels.sparkVersion] ?? "",
        [Labels.sparkExecId]: String(id),
        [Labels.sparkAppSelector]: applicationId(driver, properties),
        [Labels.sparkAppName]: appNameLabel(appName(properties)),
        [Labels.sparkRole]: Labels.executorRole,
        [Labels.sparkExecResourceProfileId]: "0",
      },
      annotations: {
        ...template.metadata?.annotations,
        ...withPrefix(properties, "spark.kubernetes.executor.annotation."),
        ...(failure ? failureScript(failure) : {}),
      },
      ownerReferences: [
        {
          apiVersion: "v1",
          kind: "Pod",
          name: driver.metadata?.name ?? "",
          uid: driver.metadata?.uid ?? "",
          controller: true,
        },
      ],
    },
    spec: {
      ...template.spec,
      restartPolicy: "Never",
      hostname: name.slice(-maxLabelLength).replace(/^[^a-z0-9]+/, ""),
      ...(serviceAccountName ? { serviceAccountName } : {}),
      containers: [
        ...containers.filter((container) => container !== base),
        {
          ...base,
          name: base?.name ?? executorContainerName,
          image: image ?? base?.image ?? driver.spec?.containers[0]?.image ?? "",
          imagePullPolicy: properties.get("spark.kubernetes.container.image.pullPolicy") ?? "IfNotPresent",
          args: ["executor"],
          resources: { ...base?.resources, ...resources(properties) },
          env: [...(base?.env ?? []), ...environment(driver, properties, id)],
          ports: [...(base?.ports ?? []), { name: "blockmanager", containerPort: 7079, protocol: "TCP" }],
        },
      ],
    },
  }
}
