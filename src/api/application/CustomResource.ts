/**
 * The CustomResourceDefinition of SparkApplication. Short name, columns and approval are those of kubeflow's operator, because other tools
 * and the habits of users depend on them.
 */

import { sparkApplications } from "../Kinds.ts"
import { column, definition, wideColumn } from "../schema/Crd.ts"
import { ApplicationName } from "../schema/Scalar.ts"
import { SparkApplication } from "./SparkApplication.ts"

export const sparkApplicationCrd = definition({
  resource: sparkApplications,
  shortNames: ["sparkapp"],
  approval: "https://github.com/kubeflow/spark-operator/pull/1298",
  description: "A Spark application that the operator submits to Kubernetes, and its observed state.",
  schema: SparkApplication,
  name: ApplicationName,
  columns: [
    // kubeflow's, in its order and of its types.
    column("Suspend", "boolean", ".spec.suspend", "Whether the application is suspended."),
    column("Status", "string", ".status.applicationState.state", "The state of the application."),
    column("Attempts", "string", ".status.executionAttempts", "The number of runs."),
    column("Start", "string", ".status.lastSubmissionAttemptTime", "The time of the last submission."),
    column("Finish", "string", ".status.terminationTime", "The time at which the last run ended."),
    column("Age", "date", ".metadata.creationTimestamp", "The age of the resource."),
    wideColumn("Executors", "integer", ".status.executors.running", "The number of running executors."),
    wideColumn(
      "Progress",
      "string",
      ".status.progress.summary",
      "The share of finished tasks or the newest micro-batch, if the driver reports it.",
    ),
    wideColumn(
      "Waiting",
      "string",
      ".status.waiting.reason",
      "The reason why the driver, or its executors, do not run yet.",
    ),
    wideColumn("CPU-Seconds", "number", ".status.usage.cpuCoreSeconds", "Requested CPU cores × seconds."),
    wideColumn("History", "string", ".status.historyURL", "The address of the run in the history server."),
    wideColumn("Reason", "string", ".status.attempts[-1:].failure", "The category of the failure of the last run."),
  ],
})
