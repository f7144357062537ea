/** The driver of an application: what all Spark pods have, and what only a driver has. */

import { Schema } from "effect"
import { sparkPodFields } from "../pod/SparkPodSpec.ts"
import { optional } from "../schema/Field.ts"
import { PodName, StringMap } from "../schema/Scalar.ts"

export const DriverSpec = Schema.Struct({
  ...sparkPodFields,
  podName: optional(PodName, "The name of the driver pod; <application>-driver when left out."),
  kubernetesMaster: optional(
    Schema.String,
    "The address at which the driver reaches the Kubernetes API; https://kubernetes.default.svc when left out.",
  ),
  serviceAnnotations: optional(
    StringMap,
    "Annotations of the headless Service through which executors reach the driver.",
  ),
  serviceLabels: optional(StringMap, "Labels of the headless Service through which executors reach the driver."),
})
export type DriverSpec = typeof DriverSpec.Type
