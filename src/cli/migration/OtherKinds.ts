/** The kinds of kubeflow's operator that this version does not run: the consequences, and findings about the application in a schedule. */

import { Predicate } from "effect"
import { sparkApplications } from "../../api/Kinds.ts"
import { type Assumed, checkApplication } from "./ApplicationRules.ts"
import { type Finding, problem, warning } from "./Finding.ts"

const stay = "keep it in a namespace of kubeflow's operator (spark.jobNamespaces of both charts)"

/** A field of an object, whatever the object is. */
const member = (value: unknown, key: string): unknown =>
  Predicate.isObject(value) && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined

/** Findings about the application that the schedule would create; the field names are those of the schedule. */
const templateFindings = (object: unknown, assumed: Assumed, namespace?: string): ReadonlyArray<Finding> => {
  const spec = member(member(object, "spec"), "template")
  const metadata = member(object, "metadata")
  const application = { ...(object as object), kind: sparkApplications.kind, metadata, spec }
  return checkApplication(application, assumed, namespace)
    .filter(({ field }) => !field.startsWith("metadata"))
    .map((found) => ({ ...found, field: found.field.replace(/^spec\b/, "spec.template") }))
}

/** A ScheduledSparkApplication: no runs are started from it; its template is checked like an application. */
export const checkSchedule = (object: unknown, assumed: Assumed, namespace?: string): ReadonlyArray<Finding> => {
  const suspended = member(member(object, "spec"), "suspend") === true
  const message = `ScheduledSparkApplication is not supported by this version: nothing would be started on schedule; ${stay}, or let a CronJob create the SparkApplication`
  return [
    suspended ? warning("spec.schedule", `${message}. It is currently suspended`) : problem("spec.schedule", message),
    ...templateFindings(object, assumed, namespace),
  ]
}
