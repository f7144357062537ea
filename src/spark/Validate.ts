/**
 * From a resource as read from the API to an application that can be submitted, or to everything that is wrong with it.
 * A `Valid` comes from here only, and holds the plan that `Build.ts` carries out; whoever has one needs no further checks.
 */

import { Result } from "effect"
import { readSparkApplication } from "../api/application/Decode.ts"
import { withDefaults } from "../api/application/Defaults.ts"
import type { SparkApplication } from "../api/application/SparkApplication.ts"
import type { SubmitterKind } from "../api/application/SubmissionOptions.ts"
import type { Problem } from "../api/Problem.ts"
import { accessProblems } from "./access/AccessRules.ts"
import { confReader } from "./conf/ConfReader.ts"
import { contradictions } from "./Contradictions.ts"
import { driverObjects } from "./driver/DriverObjects.ts"
import { type HealthDefaults, noHealthDefaults } from "./health/HealthDefaults.ts"
import { probeProblems } from "./health/ProbeRules.ts"
import * as Labels from "./Labels.ts"
import { monitoringProblems } from "./monitoring/MonitoringRules.ts"
import { telemetryProblems, telemetryWarnings } from "./monitoring/OpenTelemetryRules.ts"
import { makePlan, type Plan } from "./Plan.ts"
import { labelComplaint } from "./pod/MetadataRules.ts"
import { objectProblems, podProblems } from "./pod/ObjectRules.ts"
import { templateProblems } from "./pod/PodTemplateShape.ts"
import { roleProblems } from "./pod/RoleRules.ts"
import { toPod } from "./pod/SparkPod.ts"
import { labelRefusals, refusals } from "./Refusals.ts"
import {
  type BatchScheduling,
  noBatchScheduling,
  schedulerProblems,
  schedulerWarnings,
} from "./scheduler/BatchScheduler.ts"
import { newestProfile, profileOf, profiles } from "./SparkProfile.ts"
import { chooseSubmitter, type Submitter, wantedSubmitter } from "./submit/Submitter.ts"
import { warnings } from "./Warnings.ts"

const checked: unique symbol = Symbol("firesteel/spark/Valid")

/** An application that can be submitted. `application` has its defaults applied. */
export interface Valid extends Plan {
  /** What does no harm but is not as the user may think. */
  readonly warnings: ReadonlyArray<Problem>
  readonly submitter: Submitter
  readonly [checked]: true
}

/** Any submission: names and ids have the same lengths in all. */
const trial = { submissionId: "00000000-0000-8000-8000-000000000000", submittedAt: 0, attempt: 1 }
const trialOptions = { master: "k8s://https://kubernetes.default.svc:443" }

const versionProblems = ({ spec: { sparkVersion } }: SparkApplication): ReadonlyArray<Problem> => {
  const known = profiles.map(({ minor }) => minor).join(", ")
  const field = "spec.sparkVersion"
  if (profileOf(sparkVersion) === undefined) {
    return [
      {
        field,
        message: `Spark ${JSON.stringify(sparkVersion)} is not known; use a version of ${known}, such as ${newestProfile.minor}.0`,
        ...(/^[3-9]\.\d+/.test(sparkVersion) ? { nativeOnly: true } : {}),
      },
    ]
  }
  const complaint = labelComplaint(Labels.sparkVersion, sparkVersion)
  return complaint === undefined ? [] : [{ field, message: complaint }]
}

/** Equal problems are told once: two readers may stumble over the same value. */
const distinct = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> => [
  ...new Map(problems.map((problem) => [`${problem.field}\n${problem.message}`, problem])).values(),
]

/** `known` is what the schema has found: of the same fields the other checks would only say it in other words. */
const check = (
  application: SparkApplication,
  known: ReadonlyArray<Problem>,
  scheduling: BatchScheduling,
  byDefault: SubmitterKind,
  health: HealthDefaults,
): Result.Result<Valid, ReadonlyArray<Problem>> => {
  const { metadata, spec } = application
  const shapeless = [
    ...templateProblems(spec.driver.template, "spec.driver.template"),
    ...templateProblems(spec.executor.template, "spec.executor.template"),
  ]
  if (shapeless.length > 0) return Result.fail(shapeless)

  const found: Array<Problem> = [
    ...versionProblems(application),
    ...refusals(spec, metadata.namespace),
    ...labelRefusals(application),
    ...roleProblems(spec),
    ...monitoringProblems(spec),
    ...telemetryProblems(spec),
    ...accessProblems(application),
    ...schedulerProblems(spec, scheduling),
  ]
  const profile = profileOf(spec.sparkVersion) ?? newestProfile
  const report = (problem: Problem) => void found.push(problem)
  const plan = makePlan(application, profile, scheduling, report, health)
  found.push(
    ...probeProblems(application, plan.health.asked, profile, plan.executorTemplate, confReader(plan.conf, report)),
  )
  const wanted = wantedSubmitter(application, byDefault, report)
  const fresh = distinct(found).filter(({ field }) => known.every((problem) => problem.field !== field))
  const { submitter, problems: remaining } = chooseSubmitter(wanted, [...known, ...fresh])
  const problems = [...remaining]
  // Collisions in the objects often only repeat an earlier problem in other words.
  if (problems.length === 0) {
    problems.push(...objectProblems(driverObjects(plan, trial, trialOptions)))
    problems.push(...podProblems(toPod(plan.executorTemplate), "spec.executor"))
  }
  return problems.length > 0
    ? Result.fail(distinct(problems))
    : Result.succeed({
        ...plan,
        warnings: [
          ...warnings(spec, profile, plan.conf),
          ...contradictions(spec, plan.conf),
          ...telemetryWarnings(spec),
          ...schedulerWarnings(spec, scheduling),
          ...plan.health.warnings,
        ],
        submitter,
        [checked]: true,
      })
}

/**
 * Decodes, fills in defaults and checks everything that the build relies on: versions, names, labels, images, memory arithmetic, volumes,
 * dependencies that need no submitting machine, keys that are not the user's to set, sizes. On failure every problem found, each with its
 * field and the remedy. `scheduling` is what the operator is set up for, `submitter` who
 * submits where the application does not choose, `health` the operator's default and templates of health checks. Pure; costs about one build.
 */
export const validate = (
  application: unknown,
  scheduling: BatchScheduling = noBatchScheduling,
  submitter: SubmitterKind = "native",
  health: HealthDefaults = noHealthDefaults,
): Result.Result<Valid, ReadonlyArray<Problem>> => {
  const { application: read, problems } = readSparkApplication(application)
  return read === undefined
    ? Result.fail(problems)
    : check({ ...read, spec: withDefaults(read.spec) }, problems, scheduling, submitter, health)
}
