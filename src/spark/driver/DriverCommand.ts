/** Spark's `DriverCommandFeatureStep`: the arguments by which the image's entrypoint starts the driver. */

import type { EnvVar } from "kubernetes-types/core/v1"
import { addArgs, addEnv } from "../pod/SparkPod.ts"
import { propertiesPath } from "./DriverConfigMap.ts"
import type { ReadStep } from "./FeatureStep.ts"

export const driverCommand: ReadStep = ({ read, main }) => {
  const args = [
    "driver",
    ...(main.proxyUser === undefined || main.proxyUser === "" ? [] : ["--proxy-user", main.proxyUser]),
    "--properties-file",
    propertiesPath,
    "--class",
    main.mainClass,
    main.uri,
    ...main.arguments,
  ]
  if (main.type === "python") read.choice("spark.kubernetes.pyspark.pythonVersion", ["3"], "3")
  const python = read.text("spark.pyspark.python")
  const driverPython = read.text("spark.pyspark.driver.python") ?? python
  const interpreters: ReadonlyArray<EnvVar> =
    main.type === "python"
      ? [
          ...(python === undefined ? [] : [{ name: "PYSPARK_PYTHON", value: python }]),
          ...(driverPython === undefined ? [] : [{ name: "PYSPARK_DRIVER_PYTHON", value: driverPython }]),
        ]
      : []

  return {
    configurePod: (pod) => addEnv(addArgs(pod, args), interpreters),
    properties: () => ({ "spark.kubernetes.resource.type": main.type }),
  }
}
