/** The driver of an application: the fields of all Spark pods, and those of drivers only. */

import { Schema } from "effect"
import { sparkPodFields } from "../pod/SparkPodSpec.ts"
import { optional } from "../schema/Field.ts"
import { PodName, StringMap } from "../schema/Scalar.ts"
import { oneSpelling } from "./PodTemplateAlias.ts"

export const DriverSpec = Schema.Struct({
  ...sparkPodFields,
  podName: optional(PodName, "The name of the driver pod. Defaults to <application>-driver."),
  kubernetesMaster: optional(
    Schema.String,
    "The URL at which the driver reaches the Kubernetes API. Defaults to https://kubernetes.default.svc.",
  ),
  serviceAnnotations: optional(
    StringMap,
    "Annotations of the headless Service through which executors reach the driver.",
  ),
  serviceLabels: optional(
    StringMap,
    "Labels of the headless Service through which executors reach the driver. Requires Spark 3.4 or later.",
  ),
}).check(oneSpelling("driver"))
export type DriverSpec = typeof DriverSpec.Type
