/**
 * The pod templates that spark-submit reads in a Job: what a configuration key cannot express, and the owner reference, so that the driver
 * pod is owned from its creation. They are stored in a ConfigMap as JSON, which is valid YAML.
 */

import type { ConfigMap, Pod } from "kubernetes-types/core/v1"
import { fingerprinted } from "../driver/DriverObjects.ts"
import type { BuildOptions } from "../driver/FeatureStep.ts"
import { driverTemplate, withRoleProbes } from "../health/HealthPlan.ts"
import type { Plan } from "../Plan.ts"
import { withOwnDefaults } from "../pod/OwnDefaults.ts"
import { addEnv, type SparkPod, toPod } from "../pod/SparkPod.ts"
import { owned } from "../Workload.ts"
import type { Submission } from "./Submission.ts"

/** The keys of the ConfigMap, which are the names of the files in the pod. */
export const templateFiles = { driver: "driver-pod-template.yaml", executor: "executor-pod-template.yaml" } as const

const text = (pod: Pod) => `${JSON.stringify(pod, null, 2)}\n`

/** `data` of the ConfigMap. With strict parity it holds only what kubeflow's operator would write, and the fingerprint of the spec. */
export const submitTemplates = (
  { workload, executorTemplate, health }: Plan,
  submission: Submission,
  options: BuildOptions,
): NonNullable<ConfigMap["data"]> => {
  const own = (pod: SparkPod) => toPod(withOwnDefaults(pod, workload, submission, options))
  const driver = withRoleProbes(driverTemplate(workload), health.driver)
  const driverPod = own(options.parity === "strict" ? driver : addEnv(driver, options.driverEnv ?? []))
  return {
    [templateFiles.driver]: text({
      ...driverPod,
      metadata: owned(fingerprinted(driverPod.metadata ?? {}, submission), workload),
    }),
    [templateFiles.executor]: text(own(executorTemplate)),
  }
}
