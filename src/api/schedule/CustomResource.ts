/**
 * The CustomResourceDefinition of ScheduledSparkApplication. Short name, columns and approval are those of kubeflow's operator, because
 * other tools and the habits of users depend on them.
 */

import { scheduledSparkApplications } from "../Kinds.ts"
import { column, definition, wideColumn } from "../schema/Crd.ts"
import { ScheduleName } from "../schema/Scalar.ts"
import { ScheduledSparkApplication } from "./ScheduledSparkApplication.ts"

export const scheduledSparkApplicationCrd = definition({
  resource: scheduledSparkApplications,
  shortNames: ["scheduledsparkapp"],
  approval: "https://github.com/kubeflow/spark-operator/pull/1298",
  description: "A schedule on which the operator starts SparkApplications, and its observed state.",
  schema: ScheduledSparkApplication,
  name: ScheduleName,
  columns: [
    // kubeflow's, in its order and of its types.
    column("Schedule", "string", ".spec.schedule", "When runs start, as a cron expression."),
    column("TimeZone", "string", ".spec.timeZone", "The time zone of the schedule."),
    column("Suspend", "string", ".spec.suspend", "Whether the schedule is suspended."),
    column("Last Run", "date", ".status.lastRun", "The time at which the last run was created."),
    column("Last Run Name", "string", ".status.lastRunName", "The name of the last run."),
    column("Age", "date", ".metadata.creationTimestamp", "The age of the resource."),
    wideColumn("Next Run", "string", ".status.nextRun", "The next scheduled time."),
    wideColumn("State", "string", ".status.scheduleState", "Scheduled, or FailedValidation if the spec has a mistake."),
    wideColumn("Active", "string", ".status.active[*].name", "Unfinished runs."),
    wideColumn(
      "Last Success",
      "date",
      ".status.lastSuccessfulTime",
      "The time since a run last completed successfully.",
    ),
  ],
})
