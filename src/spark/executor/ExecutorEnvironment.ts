/** The environment of an executor's container (`BasicExecutorFeatureStep`). */

import type { EnvVar } from "kubernetes-types/core/v1"
import type { ExecutorRun } from "./ExecutorStep.ts"
import { propertiesUnder } from "./ExecutorStep.ts"
import { executorJavaOptions } from "./JavaOptions.ts"

/** The driver leaves out variables with other names (`KubernetesConf.environment`). */
const environmentName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/

const fieldRef = (name: string, fieldPath: string): EnvVar => ({
  name,
  valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } },
})

/** The numbers of one executor that it must know itself. */
export interface ExecutorSize {
  readonly cores: number
  /** Heap in MiB. */
  readonly heap: number
}

/**
 * In the order of Spark, the driver named by its Service or its address; variables of the configuration come in the order of their keys.
 */
export const executorEnvironment = (
  run: ExecutorRun,
  { cores, heap }: ExecutorSize,
  usesAddress: boolean,
): ReadonlyArray<EnvVar> => {
  const { appId, executorId, properties, sparkUser } = run
  const substitute = (text: string) => text.replaceAll("{{APP_ID}}", appId).replaceAll("{{EXECUTOR_ID}}", executorId)
  const host = usesAddress ? run.driverAddress : (properties.get("spark.driver.host") ?? "")
  const classPath = properties.get("spark.executor.extraClassPath")
  const custom = Object.entries(propertiesUnder(properties, "spark.executorEnv."))
    .filter(([name]) => environmentName.test(name))
    .map(([name, value]): readonly [string, string] =>
      name === "SPARK_EXECUTOR_DIRS"
        ? [name, value.replaceAll("SPARK_APPLICATION_ID", appId).replaceAll("SPARK_EXECUTOR_ID", executorId)]
        : [name, value],
    )
  const values: ReadonlyArray<readonly [string, string]> = [
    ["SPARK_DRIVER_URL", `spark://CoarseGrainedScheduler@${host}:${properties.get("spark.driver.port") ?? "7078"}`],
    ["SPARK_EXECUTOR_CORES", String(cores)],
    ["SPARK_EXECUTOR_MEMORY", `${heap}m`],
    ["SPARK_APPLICATION_ID", appId],
    ["SPARK_CONF_DIR", "/opt/spark/conf"],
    ["SPARK_EXECUTOR_ID", executorId],
    ["SPARK_RESOURCE_PROFILE_ID", "0"],
    ...custom,
    ...(classPath === undefined ? [] : ([["SPARK_CLASSPATH", classPath]] as const)),
  ]
  const options = executorJavaOptions(properties, substitute)
  const variable = ([name, value]: readonly [string, string]): EnvVar => ({ name, value })
  return [
    variable(["SPARK_USER", sparkUser]),
    ...values.map(variable),
    fieldRef("SPARK_EXECUTOR_POD_IP", "status.podIP"),
    fieldRef("SPARK_EXECUTOR_POD_NAME", "metadata.name"),
    ...options.map((option, index) => variable([`SPARK_JAVA_OPT_${index}`, option])),
  ]
}
