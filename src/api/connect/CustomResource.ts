/**
 * The CustomResourceDefinition of SparkConnect. Short name and the first columns are those of kubeflow's operator, because other tools and
 * the habits of users depend on them.
 */

import { sparkConnects } from "../Kinds.ts"
import { column, definition, wideColumn } from "../schema/Crd.ts"
import { ConnectName } from "../schema/Scalar.ts"
import { SparkConnect } from "./SparkConnect.ts"

export const sparkConnectCrd = definition({
  resource: sparkConnects,
  shortNames: ["sparkconn"],
  approval: "https://github.com/kubeflow/spark-operator/pull/1298",
  description: "A Spark Connect server that the operator keeps running, and its observed state.",
  schema: SparkConnect,
  name: ConnectName,
  columns: [
    // kubeflow's, in its order and of its types.
    column("Age", "date", ".metadata.creationTimestamp", "The age of the resource."),
    column("Status", "string", ".status.state", "The state of the server."),
    column("PodName", "string", ".status.server.podName", "The name of the server pod."),
    column("Endpoint", "string", ".status.endpoint", "The connection string for clients inside the cluster."),
    wideColumn("Executors", "integer", ".status.executors.running", "The number of running executors."),
    wideColumn("Sessions", "integer", ".status.sessions.open", "The number of open sessions, from Spark 4.3 on."),
    wideColumn(
      "UpToDate",
      "string",
      '.status.conditions[?(@.type=="UpToDate")].status',
      "Whether the server has the current spec.",
    ),
    wideColumn("Waiting", "string", ".status.waiting.reason", "The reason why the server does not run yet."),
    wideColumn("History", "string", ".status.historyURL", "The address of the server in the history server."),
    wideColumn("Reason", "string", ".status.attempts[-1:].reason", "The reason why the last server ended."),
  ],
})
