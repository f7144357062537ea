/** The kinds of kubeflow's operator that this version does not run: what that means, and what is in them all the same. */

import { Predicate } from "effect"
import { sparkApplications } from "../../api/Kinds.ts"
import { type Assumed, checkApplication } from "./ApplicationRules.ts"
import { type Finding, problem, warning } from "./Finding.ts"

const stay = "leave it in a namespace that kubeflow's operator keeps (spark.jobNamespaces of both charts)"

/** A field of an object, whatever the object is. */
const member = (value: unknown, key: string): unknown =>
  Predicate.isObject(value) && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined

/** The template as the application that the schedule would make of it, its fields named as they stand in the schedule. */
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
  const message = `ScheduledSparkApplication is not run by this version: nothing would start at these times; ${stay}, or let a CronJob create the SparkApplication`
  return [
    suspended ? warning("spec.schedule", `${message}. It is suspended now`) : problem("spec.schedule", message),
    ...templateFindings(object, assumed, namespace),
  ]
}

export const checkConnect = (): ReadonlyArray<Finding> => [
  problem("kind", `SparkConnect is not run by this version: its server would not be looked after; ${stay}`),
]
