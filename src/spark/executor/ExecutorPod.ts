/**
 * The executor that a driver creates from its template: by a plan before there is a driver, to check and to show it, or by the driver of
 * the embedded cluster.
 */

import type { Pod } from "kubernetes-types/core/v1"
import { submissionProperties } from "../driver/DriverObjects.ts"
import type { BuildOptions } from "../driver/FeatureStep.ts"
import { localDirsVariable } from "../driver/LocalDirs.ts"
import { objectNames } from "../Names.ts"
import type { Plan } from "../Plan.ts"
import { withOwnDefaults } from "../pod/OwnDefaults.ts"
import { type SparkPod, toPod } from "../pod/SparkPod.ts"
import { sparkAppId, type Submission, uniqueId } from "../submit/Submission.ts"
import type { ExecutorRun, ExecutorStep } from "./ExecutorStep.ts"

/** A driver pod that does not exist yet. */
const unknownUid = "00000000-0000-0000-0000-000000000000"
const unknownAddress = "<address-of-driver>"

/** What an executor takes from its driver's pod: its owner, and what the driver reads in its own environment. */
export const ofDriver = (driver: Pod): Pick<ExecutorRun, "driver" | "driverAddress" | "localDirs" | "sparkUser"> => {
  const environment = driver.spec?.containers.at(-1)?.env ?? []
  const variable = (name: string) => environment.findLast((variable) => variable.name === name)?.value
  return {
    driver: { name: driver.metadata?.name ?? "", uid: driver.metadata?.uid ?? unknownUid },
    driverAddress: driver.status?.podIP ?? unknownAddress,
    localDirs: variable(localDirsVariable),
    sparkUser: variable("SPARK_USER") ?? "spark",
  }
}

/** The template after all steps. */
export const applySteps = (steps: ReadonlyArray<ExecutorStep>, template: SparkPod, run: ExecutorRun): Pod =>
  toPod(steps.reduce((pod, step) => step.configurePod(pod, run), template))

/** The first executor of this driver. What the driver chooses at random is derived from the submission. */
export const executorPod = (plan: Plan, driver: Pod, submission: Submission, options: BuildOptions): Pod => {
  const { submissionId } = submission
  const properties = submissionProperties(plan, submission, options)
  const executorId = "1"
  const prefix =
    properties.get("spark.kubernetes.executor.podNamePrefix") ?? objectNames(plan.workload, submissionId).prefix
  const template = withOwnDefaults(plan.executorTemplate, plan.workload, submission, options)
  return applySteps(plan.executorSteps, template, {
    ...ofDriver(driver),
    appId: sparkAppId(submissionId),
    executorId,
    podName: `${prefix}-exec-${executorId}`,
    confConfigMap: `spark-exec-${uniqueId(submissionId, "executor-conf-map")}-conf-map`,
    properties,
  })
}
