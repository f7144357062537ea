/**
 * What would change for a ScheduledSparkApplication: the problems and warnings of its validation, which includes its template, where Firesteel
 * behaves differently from kubeflow's operator although both run it, and what becomes of one that exists when Firesteel starts.
 */

import { Predicate } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { Problem } from "../../api/Problem.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import type { ScheduledSparkApplicationSpec } from "../../api/schedule/ScheduledSparkApplicationSpec.ts"
import { isFinal } from "../../api/States.ts"
import { readSchedule } from "../../schedule/Validate.ts"
import { created } from "../manifest/Created.ts"
import { imageZone } from "../render/RenderSchedule.ts"
import { type Assumed, checkApplication } from "./ApplicationRules.ts"
import { type Finding, note, problem, warning } from "./Finding.ts"

interface Difference {
  readonly field: string
  /** The spec as it is written, without defaults. */
  readonly applies: (spec: Partial<ScheduledSparkApplicationSpec>) => boolean
  readonly finding: (field: string, message: string) => Finding
  readonly message: string
}

const differences: ReadonlyArray<Difference> = [
  {
    field: "spec.concurrencyPolicy",
    applies: ({ concurrencyPolicy }) => !concurrencyPolicy,
    finding: warning,
    message:
      "is not set: kubeflow's operator starts nothing while any earlier run exists, Firesteel starts a run at each scheduled time (Allow); set Forbid if runs must not overlap",
  },
  {
    field: "spec.concurrencyPolicy",
    applies: ({ concurrencyPolicy }) => concurrencyPolicy === "Forbid",
    finding: note,
    message:
      "all unfinished runs count, not only the newest; a run that failed to be submitted counts until it is FAILED",
  },
  {
    field: "spec.concurrencyPolicy",
    applies: ({ concurrencyPolicy }) => concurrencyPolicy === "Replace",
    finding: note,
    message: "the new run starts when the drivers of the replaced ones are gone; kubeflow's operator starts it at once",
  },
  {
    field: "spec.suspend",
    applies: ({ suspend }) => suspend === true,
    finding: note,
    message:
      "scheduled times that pass during the suspension are not made up for; kubeflow's operator starts one run when it is resumed",
  },
  {
    field: "spec.schedule",
    applies: ({ schedule }) => schedule?.includes("@every") === true,
    finding: note,
    message:
      "counts at a fixed distance from the creation; kubeflow's operator counts from the creation of the last run",
  },
]

const specOf = (object: unknown): Partial<ScheduledSparkApplicationSpec> =>
  Predicate.hasProperty(object, "spec") && Predicate.isObject(object.spec) ? object.spec : {}

/** All findings about a schedule with these settings; `namespace` is the default for a manifest without one. */
export const checkSchedule = (object: unknown, assumed: Assumed, namespace = "default"): ReadonlyArray<Finding> => {
  const notes: Array<Finding> = []
  const ofSeverity = (findings: ReadonlyArray<Finding>, severity: Finding["severity"]): ReadonlyArray<Problem> =>
    findings.filter((found) => found.severity === severity)
  const { problems, warnings } = readSchedule(created(object, namespace) as ScheduledSparkApplication, {
    precision: assumed.precision,
    localZone: imageZone,
    validateTemplate: (run) => {
      const findings = checkApplication(run, assumed, namespace)
      notes.push(...findings.filter(({ severity }) => severity === "note"))
      return { problems: ofSeverity(findings, "problem"), warnings: ofSeverity(findings, "warning") }
    },
  })
  return [
    ...problems.map(({ field, message }) => problem(field, message)),
    ...warnings.map(({ field, message }) => warning(field, message)),
    ...notes.map((found) => ({ ...found, field: found.field.replace(/^spec\b/, "spec.template") })),
    ...differences
      .filter(({ applies }) => applies(specOf(object)))
      .map(({ field, finding, message }) => finding(field, message)),
  ]
}

/** What happens to a schedule, by the state in which kubeflow's operator left it; empty: it is new. */
export const scheduleFates: Readonly<Record<string, string>> = {
  "": "is followed by the operator that sees it first",
  Scheduled: "its next run starts at status.nextRun, or at once, one for all times that have passed",
  FailedValidation: "is validated again, and followed from then on if it is valid",
}

/** What becomes of it; nothing for a schedule that Firesteel follows already. */
export const takeOverSchedule = (
  { metadata, status }: ScheduledSparkApplication,
  applications: ReadonlyArray<SparkApplication>,
): ReadonlyArray<Finding> => {
  if (status?.observedGeneration !== undefined) return []
  const state = status?.scheduleState ?? ""
  const fate = scheduleFates[state]
  if (fate === undefined) return [warning("status.scheduleState", `${state} is not a state of any known operator`)]
  const active = applications.filter(
    (application) =>
      application.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) === true &&
      !isFinal(application.status?.applicationState.state ?? ""),
  )
  const names = active.map((application) => application.metadata.name).join(", ")
  return [
    note("status", `${state === "" ? "New" : state}: ${fate}`),
    ...(active.length > 0
      ? [note("status", `unfinished runs are taken over, and count for its policy: ${names}`)]
      : []),
  ]
}
