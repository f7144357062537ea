/**
 * The pod templates that spark-submit reads in a Job: what a configuration key cannot say, and the owner, so that the driver pod belongs
 * to the application from its first moment. They stand in a ConfigMap; JSON is YAML, too.
 */

import type { ConfigMap, Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { BuildOptions } from "../driver/FeatureStep.ts"
import { driverTemplate, withRoleProbes } from "../health/HealthPlan.ts"
import { ownerReference } from "../Owner.ts"
import type { Plan } from "../Plan.ts"
import { addEnv, toPod, withoutServiceLinks } from "../pod/SparkPod.ts"

/** Files of the ConfigMap, and their names where spark-submit finds them. */
export const templateFiles = { driver: "driver-pod-template.yaml", executor: "executor-pod-template.yaml" } as const

/** The template with the application as its one controller. */
const owned = (pod: Pod, application: SparkApplication): Pod => ({
  ...pod,
  metadata: {
    ...pod.metadata,
    ownerReferences: [
      ...(pod.metadata?.ownerReferences ?? []).filter((other) => other.controller !== true),
      ownerReference(application),
    ],
  },
})

const text = (pod: Pod) => `${JSON.stringify(pod, null, 2)}\n`

/** `data` of the ConfigMap. With strict parity nothing is in it that kubeflow's operator would not write. */
export const submitTemplates = (
  { application, executorTemplate, health }: Plan,
  { parity, driverEnv = [] }: BuildOptions,
): NonNullable<ConfigMap["data"]> => {
  const strict = parity === "strict"
  const driver = withRoleProbes(driverTemplate(application), health.driver)
  const templates = strict
    ? { driver, executor: executorTemplate }
    : { driver: withoutServiceLinks(addEnv(driver, driverEnv)), executor: withoutServiceLinks(executorTemplate) }
  return {
    [templateFiles.driver]: text(owned(toPod(templates.driver), application)),
    [templateFiles.executor]: text(toPod(templates.executor)),
  }
}
