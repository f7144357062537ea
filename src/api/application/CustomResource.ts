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
  description: "A Spark application, and what became of it.",
  schema: SparkApplication,
  name: ApplicationName,
  columns: [
    // kubeflow's, in its order and of its types.
    column("Suspend", "boolean", ".spec.suspend", "Whether the application is kept from running."),
    column("Status", "string", ".status.applicationState.state", "The state of the application."),
    column("Attempts", "string", ".status.executionAttempts", "How many times it was run."),
    column("Start", "string", ".status.lastSubmissionAttemptTime", "When it was last submitted."),
    column("Finish", "string", ".status.terminationTime", "When it ended."),
    column("Age", "date", ".metadata.creationTimestamp", "How long the resource exists."),
    wideColumn("Executors", "integer", ".status.executors.running", "How many executors run."),
    wideColumn("Progress", "string", ".status.progress.summary", "How much of the work is done, if the driver tells."),
    wideColumn("Waiting", "string", ".status.waiting.reason", "Why the driver does not run yet."),
    wideColumn("Reason", "string", ".status.attempts[-1:].reason", "Why the last run ended."),
  ],
})
