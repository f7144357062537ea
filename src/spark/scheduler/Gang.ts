/**
 * The pods that need room at the same time: the driver and the executors that it requests when it starts, each with all of its containers.
 * Sizes follow from the configuration by Spark's own arithmetic (kubeflow's operator reads them as Kubernetes quantities, in which `1g` is
 * not valid).
 */

import { readDriverMemory } from "../conf/DriverMemory.ts"
import { readExecutorConf } from "../conf/ExecutorConf.ts"
import type { Submitted } from "../driver/FeatureStep.ts"
import { withPodFields } from "../pod/PodFields.ts"
import { addResources, driverContainerName, fromTemplate, type SparkPod, toPod } from "../pod/SparkPod.ts"
import { type Amounts, plus, podRequests, times } from "./PodRequests.ts"

export interface Gang {
  readonly driver: Amounts
  /** One executor. */
  readonly executor: Amounts
  /** Executors that the driver requests when it starts. */
  readonly executors: number
}

const requestsOf = (
  pod: SparkPod,
  cpu: string,
  mebibytes: number,
  devices: Readonly<Record<string, string>> = {},
): Amounts => {
  const spark = addResources(pod, { requests: { cpu, memory: `${mebibytes}Mi` }, limits: devices })
  return podRequests({ containers: [], ...toPod(spark).spec })
}

/** The gang of a workload; its driver makes executors from `executorTemplate`. */
export const readGang = (submitted: Submitted, executorTemplate: SparkPod): Gang => {
  const { read, workload } = submitted
  const driverTemplate = fromTemplate(workload.spec.driver.template, driverContainerName)
  const cpu = read.quantity("spark.kubernetes.driver.request.cores") ?? read.text("spark.driver.cores") ?? "1"
  const executor = readExecutorConf(submitted)
  return {
    driver: requestsOf(withPodFields(driverTemplate, workload.spec, "driver"), cpu, readDriverMemory(submitted).total),
    executor: requestsOf(executorTemplate, executor.cpu, executor.memory, executor.devices),
    executors: executor.initial,
  }
}

/** What the gang needs to start. */
export const gangRequests = ({ driver, executor, executors }: Gang): Amounts => plus(driver, times(executor, executors))
