/**
 * From a workload to a plan that can be submitted, or to everything that is wrong with it. A `Valid` comes from here only, and `Build.ts`
 * carries it out without further checks. What only the resource of a kind knows (its schema, its defaults, fields that shape no pod) is
 * checked by that kind before (`application/Validate.ts`).
 */

import { Result } from "effect"
import type { SubmitterKind } from "../api/application/SubmissionOptions.ts"
import type { Problem } from "../api/Problem.ts"
import { accessProblems } from "./access/AccessRules.ts"
import { confReader } from "./conf/ConfReader.ts"
import { forbiddenConf } from "./conf/ForbiddenConf.ts"
import { refuseAtStart } from "./conf/StartRules.ts"
import { contradictions } from "./Contradictions.ts"
import { driverObjects, replacedOfDriver } from "./driver/DriverObjects.ts"
import { executorPod } from "./executor/ExecutorPod.ts"
import { probeProblems } from "./health/ProbeRules.ts"
import { eventLogWarnings } from "./history/EventLog.ts"
import * as Labels from "./Labels.ts"
import { monitoringProblems } from "./monitoring/MonitoringRules.ts"
import { telemetryProblems, telemetryWarnings } from "./monitoring/OpenTelemetryRules.ts"
import { makePlan, type Plan, type PlanSettings } from "./Plan.ts"
import { labelError } from "./pod/MetadataRules.ts"
import { objectProblems, podProblems } from "./pod/ObjectRules.ts"
import { templateProblems } from "./pod/PodTemplateShape.ts"
import { replacedParts } from "./pod/ReplacedParts.ts"
import { reservedLabelProblems } from "./pod/ReservedLabels.ts"
import { roleProblems } from "./pod/RoleRules.ts"
import { fromPod } from "./pod/SparkPod.ts"
import { schedulerProblems, schedulerWarnings } from "./scheduler/BatchScheduler.ts"
import { newestProfile, profileOf, profiles } from "./SparkProfile.ts"
import { chooseSubmitter, type Submitter, wantedSubmitter } from "./submit/Submitter.ts"
import { warnings } from "./Warnings.ts"
import type { Workload } from "./Workload.ts"

const checked: unique symbol = Symbol("firesteel/spark/Valid")

/** A workload that can be submitted. */
export interface Valid extends Plan {
  /** What does not prevent the submission but may surprise the user. */
  readonly warnings: ReadonlyArray<Problem>
  readonly submitter: Submitter
  readonly [checked]: true
}

/** A stand-in for any submission: names and ids always have the same lengths. */
const trial = { submissionId: "00000000-0000-8000-8000-000000000000", submittedAt: 0, attempt: 1 }
const trialOptions = { master: "k8s://https://kubernetes.default.svc:443" }

const versionProblems = ({ spec: { sparkVersion } }: Workload): ReadonlyArray<Problem> => {
  const known = profiles.map(({ minor }) => minor).join(", ")
  const field = "spec.sparkVersion"
  if (profileOf(sparkVersion) === undefined) {
    return [
      {
        field,
        message: `Spark ${JSON.stringify(sparkVersion)} is not supported; use a version of ${known}, such as ${newestProfile.minor}.0`,
        ...(/^[3-9]\.\d+/.test(sparkVersion) ? { nativeOnly: true } : {}),
      },
    ]
  }
  const error = labelError(Labels.sparkVersion, sparkVersion)
  return error === undefined ? [] : [{ field, message: error }]
}

/** Each problem once: two readers may find the same one. */
const distinct = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> => [
  ...new Map(problems.map((problem) => [`${problem.field}\n${problem.message}`, problem])).values(),
]

/** The operator's settings for validation. No member has a default, so a caller cannot forget one silently. */
export interface ValidationSettings extends PlanSettings {
  /** The submitter of workloads that do not choose one. */
  readonly submitter: SubmitterKind
}

/**
 * Checks everything that the build relies on: versions, names, labels, images, memory arithmetic, volumes, dependencies that need no
 * submitting machine, keys that are not the user's to set, sizes. On failure every problem found, each with its field and the remedy.
 * `known` are problems that were found before; a further problem of the same field would only repeat them. Pure; costs about one build.
 */
export const checkWorkload = (
  workload: Workload,
  settings: ValidationSettings,
  known: ReadonlyArray<Problem>,
): Result.Result<Valid, ReadonlyArray<Problem>> => {
  const { metadata, spec } = workload
  const { scheduling } = settings
  const shapeless = [
    ...templateProblems(spec.driver.template, "spec.driver.template"),
    ...templateProblems(spec.executor.template, "spec.executor.template"),
  ]
  if (shapeless.length > 0) return Result.fail(shapeless)

  const found: Array<Problem> = [
    ...versionProblems(workload),
    ...forbiddenConf(spec, metadata.namespace),
    ...reservedLabelProblems(workload),
    ...roleProblems(spec),
    ...monitoringProblems(spec),
    ...telemetryProblems(spec),
    ...accessProblems(workload),
    ...schedulerProblems(spec, scheduling),
  ]
  const profile = profileOf(spec.sparkVersion) ?? newestProfile
  const report = (problem: Problem) => void found.push(problem)
  const plan = makePlan(workload, profile, settings, report)
  const read = confReader(plan.conf, report)
  found.push(...probeProblems(plan, read))
  refuseAtStart(read, profile)
  const wanted = workload.submittableByJob ? wantedSubmitter(workload, settings.submitter, report) : undefined
  const fresh = distinct(found).filter(({ field }) => known.every((problem) => problem.field !== field))
  const { submitter, problems: remaining } = chooseSubmitter(wanted, [...known, ...fresh])
  const problems = [...remaining]
  const objects = driverObjects(plan, trial, trialOptions)
  const executor = executorPod(plan, objects.pod, trial, trialOptions)
  // Collisions in the objects are often only consequences of an earlier problem.
  if (problems.length === 0) {
    problems.push(...objectProblems(objects))
    problems.push(...podProblems(executor, "spec.executor"))
  }
  return problems.length > 0
    ? Result.fail(distinct(problems))
    : Result.succeed({
        ...plan,
        warnings: [
          ...warnings(spec, profile, plan.conf),
          ...contradictions(spec, plan.conf),
          ...replacedOfDriver(plan, trial, trialOptions),
          ...replacedParts("executor", spec, plan.executorTemplate, fromPod(executor), profile.minor),
          ...telemetryWarnings(spec),
          ...schedulerWarnings(spec, scheduling),
          ...plan.health.warnings,
          ...eventLogWarnings(plan),
        ],
        submitter,
        [checked]: true,
      })
}
