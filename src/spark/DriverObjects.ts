/**
 * Carries out a plan for one submission: the objects that spark-submit would make, byte for byte the same every time.
 * All belong to the SparkApplication; spark-submit hangs ConfigMaps and Service on the pod instead, but here they are made before it,
 * so that no pod waits for a volume that is not there.
 */
import type { ConfigMap, Pod, Service } from "kubernetes-types/core/v1"
import type { ObjectMeta } from "kubernetes-types/meta/v1"
import { confConfigMap, mountConf } from "./DriverConfigMap.ts"
import type { BuildOptions, Run } from "./FeatureStep.ts"
import * as Labels from "./Labels.ts"
import { objectNames } from "./Names.ts"
import { ownerReference } from "./Owner.ts"
import { withoutServiceLinks, type Plan } from "./Plan.ts"
import { withPodFields } from "./PodFields.ts"
import { driverLabels } from "./PodLabels.ts"
import { addEnv, driverContainerName, fromTemplate, toPod } from "./SparkPod.ts"
import { sparkAppId, type Submission } from "./Submission.ts"

export interface DriverObjects {
  /** The executor template, then the configuration. */
  readonly configMaps: ReadonlyArray<ConfigMap>
  readonly service: Service
  readonly pod: Pod
}

/** Properties that no step owns: `SparkSubmit` and `Client.run` write them. */
const ownProperties = ({ conf, profile }: Plan, { submission, options }: Run): ReadonlyMap<string, string> => {
  const properties = new Map([...conf.values()].map(({ key, value }) => [key, value]))
  properties.set("spark.master", options.master)
  const submitTime = "spark.app.submitTime"
  if (!profile.keepsSubmitTime || !properties.has(submitTime))
    properties.set(submitTime, String(submission.submittedAt))
  for (const role of ["driver", "executor"]) {
    properties.set(`spark.kubernetes.${role}.label.${Labels.submissionId}`, submission.submissionId)
  }
  return properties
}

const properties = (plan: Plan, run: Run): ReadonlyMap<string, string> =>
  new Map([...ownProperties(plan, run), ...plan.steps.flatMap((step) => Object.entries(step.properties?.(run) ?? {}))])

const driverPod = (plan: Plan, run: Run): Pod => {
  const { spec } = plan.application
  const template = withoutServiceLinks(fromTemplate(spec.driver.template, driverContainerName))
  const spark = plan.steps.reduce((pod, step) => step.configurePod?.(pod, run) ?? pod, template)
  const complete = withPodFields(mountConf(spark, run), spec, "driver")
  return toPod(addEnv(complete, run.options.driverEnv ?? []))
}

/** The metadata with namespace, owner and these labels; an object has one controller, so another one's claim is dropped. */
const owned = (metadata: ObjectMeta | undefined, plan: Plan, labels: Readonly<Record<string, string>>): ObjectMeta => ({
  ...metadata,
  namespace: plan.application.metadata.namespace,
  labels: { ...metadata?.labels, ...labels },
  ownerReferences: [
    ...(metadata?.ownerReferences ?? []).filter((other) => other.controller !== true),
    ownerReference(plan.application),
  ],
})

/** The objects of one submission. Total and pure: equal input gives equal objects with keys in equal order. */
export const driverObjects = (plan: Plan, submission: Submission, options: BuildOptions): DriverObjects => {
  const { application } = plan
  const appId = sparkAppId(submission.submissionId)
  const run: Run = {
    submission,
    options,
    namespace: application.metadata.namespace,
    names: objectNames(application, submission.submissionId),
    appId,
    driverLabels: driverLabels(plan.driverLabels, plan, { appId, submission }),
  }
  const labels = {
    [Labels.appName]: application.metadata.name,
    [Labels.submissionId]: submission.submissionId,
    [Labels.createdBy]: "true",
  }
  const configMaps = [
    ...plan.steps.flatMap((step) => step.configMaps?.(run) ?? []),
    confConfigMap(properties(plan, run), run),
  ]
  const service = plan.service.service(run)
  const pod = driverPod(plan, run)
  return {
    configMaps: configMaps.map((object) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      ...object,
      metadata: owned(object.metadata, plan, labels),
    })),
    service: { apiVersion: "v1", kind: "Service", ...service, metadata: owned(service.metadata, plan, labels) },
    pod: { ...pod, metadata: owned(pod.metadata, plan, {}) },
  }
}
