/** The CustomResourceDefinition of SparkHistoryServer. */

import { sparkHistoryServers } from "../Kinds.ts"
import { column, definition, wideColumn } from "../schema/Crd.ts"
import { HistoryServerName, SparkHistoryServer } from "./SparkHistoryServer.ts"

const condition = (type: string, of: "status" | "reason") => `.status.conditions[?(@.type=="${type}")].${of}`

export const sparkHistoryServerCrd = definition({
  resource: sparkHistoryServers,
  shortNames: ["shs", "sparkhistory"],
  description: "A Spark history server that the operator keeps running, and its observed state.",
  schema: SparkHistoryServer,
  name: HistoryServerName,
  columns: [
    column("Available", "string", condition("Available", "status"), "Whether the server answers."),
    column("Reason", "string", condition("Available", "reason"), "The reason why it does or does not."),
    column("Ready", "integer", ".status.readyReplicas", "The number of pods that answer."),
    column("URL", "string", ".status.url", "The address of the server for browsers."),
    column("Age", "date", ".metadata.creationTimestamp", "The age of the resource."),
    wideColumn("Accepted", "string", condition("Accepted", "status"), "Whether the spec is valid."),
    wideColumn("Endpoint", "string", ".status.endpoint", "The address of the server inside the cluster."),
    wideColumn("Version", "string", ".spec.sparkVersion", "The version of Spark."),
  ],
})
