/** The status of a SparkHistoryServer: conditions as Kubernetes uses them for a Deployment, and where the server is reached. */

import { Schema } from "effect"
import { Condition } from "../Condition.ts"
import { listMap, optional } from "../schema/Field.ts"
import { Int32, Int64 } from "../schema/Scalar.ts"

export const SparkHistoryServerStatus = Schema.Struct({
  conditions: optional(
    listMap(Condition, "type"),
    "The state as conditions: Accepted, Available, Progressing, Exposed and, with spec.applications, ApplicationsSelected.",
  ),
  observedGeneration: optional(Int64, "The generation of the spec that this status describes."),
  replicas: optional(Int32, "The number of pods."),
  readyReplicas: optional(Int32, "The number of pods that answer."),
  endpoint: optional(Schema.String, "The address of the server inside the cluster."),
  url: optional(
    Schema.String,
    "The address of the server for browsers. Equal to endpoint if there is no ingress, httpRoute or url.",
  ),
})
export type SparkHistoryServerStatus = typeof SparkHistoryServerStatus.Type
