/**
 * What an application may not say: what Spark would overwrite, and configuration keys that another field, or the operator, owns.
 * Nothing is dropped in silence: each is refused with the way out, or, where it does no harm, reported as a warning.
 */

import type { SparkApplication, SparkApplicationSpec } from "../api/application/SparkApplication.ts"
import type { forbiddenKeys } from "../api/pod/ForbiddenKeys.ts"
import type { Problem } from "../api/Problem.ts"
import { keyOf } from "./conf/SparkConf.ts"
import * as Labels from "./Labels.ts"

/**
 * Executors are made by the driver, which sets both request and limit of their memory after the template was read
 * (`BasicExecutorFeatureStep`, in every version up to 4.3): nothing but a webhook could change the limit.
 */
const executorLimit = ({ executor }: SparkApplicationSpec): ReadonlyArray<Problem> =>
  executor.memoryLimit
    ? [
        {
          field: "spec.executor.memoryLimit",
          message:
            "Spark sets request and limit of executors to memory and memoryOverhead together; remove this and raise spec.executor.memoryOverhead instead",
        },
      ]
    : []

const submitterFile = "the file would have to be on the submitting machine; write the template into the resource as"
const ownField = (field: string) => `this key is set by the operator; use ${field} instead`

const noTokens = "tokens do not belong into a resource; use a service account"

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

/** Keys that may not stand in `spec.sparkConf`: those of kubeflow's webhook, and those that need a submitting machine. */
const deniedKeys: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...forbidden,
    "spark.kubernetes.driver.podTemplateFile": `${submitterFile} spec.driver.template`,
    "spark.kubernetes.executor.podTemplateFile": `${submitterFile} spec.executor.template`,
    "spark.kubernetes.driver.pod.featureSteps":
      "classes that change the driver pod cannot run here; use spec.driver.template",
  }),
)

/** Steps of Spark that an application can do without. */
const optionalSteps = ["org.apache.spark.deploy.k8s.features.NetworkPolicyFeatureStep"]
const excludedSteps = "spark.kubernetes.driver.pod.excludedFeatureSteps"
/** What the real spark-submit can do with these keys, it does before the driver pod exists. */
const nativeOnlyKeys = ["spark.kubernetes.driver.pod.featureSteps", excludedSteps]

const deniedKey = (key: string, value: string, namespace: string): string | undefined => {
  if (key === "spark.kubernetes.namespace" && value !== namespace) {
    return `an application runs in its own namespace, ${JSON.stringify(namespace)}; remove this key`
  }
  if (key === excludedSteps) {
    const steps = value.split(",").filter((step) => !optionalSteps.includes(step.trim()))
    return steps.length === 0 ? undefined : "this step of the submission cannot be left out; remove it"
  }
  return deniedKeys.get(key)
}

/** Fields and keys that are refused. */
export const refusals = (spec: SparkApplicationSpec, namespace: string): ReadonlyArray<Problem> => [
  ...(spec.mode === "client"
    ? [
        {
          field: "spec.mode",
          message: "the driver cannot run in client mode, which would be inside the operator; use cluster",
        },
      ]
    : []),
  ...executorLimit(spec),
  ...Object.entries(spec.sparkConf ?? {}).flatMap(([key, value]) => {
    const message = deniedKey(key, value, namespace)
    if (message === undefined) return []
    const nativeOnly = nativeOnlyKeys.includes(key) ? ({ nativeOnly: true } as const) : {}
    return [{ field: keyOf("spec.sparkConf", key), message, ...nativeOnly }]
  }),
]

type Labelling = readonly [field: string, label: string, value: string]

/** Every label of pods and of the driver's Service that a user wrote, with its field. */
const writtenLabels = ({ metadata, spec }: SparkApplication): ReadonlyArray<Labelling> => {
  const fromMap = (field: string, labels: Readonly<Record<string, string>> | undefined) =>
    Object.entries({ ...labels }).map(([label, value]): Labelling => [keyOf(field, label), label, value])
  const fromRole = (role: "driver" | "executor") => [
    ...fromMap(`spec.${role}.labels`, spec[role].labels),
    ...fromMap(`spec.${role}.template.metadata.labels`, spec[role].template?.metadata?.labels),
  ]
  const fromConf = Object.entries({ ...spec.sparkConf }).flatMap(([key, value]): ReadonlyArray<Labelling> => {
    const label = /^spark\.kubernetes\.(?:driver|executor)\.label\.(.+)$/.exec(key)?.[1]
    return label === undefined ? [] : [[keyOf("spec.sparkConf", key), label, value]]
  })
  return [
    ...fromMap("metadata.labels", metadata.labels),
    ...fromRole("driver"),
    ...fromMap("spec.driver.serviceLabels", spec.driver.serviceLabels),
    ...fromRole("executor"),
    ...fromConf,
  ]
}

/** Users' attempts to set the operator's own labels to another value. */
export const labelRefusals = (application: SparkApplication): ReadonlyArray<Problem> => {
  const own: Readonly<Record<string, string>> = {
    [Labels.appName]: application.metadata.name,
    [Labels.launchedBy]: "true",
  }
  return writtenLabels(application)
    .filter(([, label, value]) => Labels.reservedByOperator.includes(label) && value !== own[label])
    .map(([field, label]) => ({
      field,
      message: `the operator finds pods by the label ${label} and sets it itself; remove it`,
    }))
}
