/** Reads the spec of an application for a decision: validated, or its problems; and how the run is to be controlled. */

import { Result } from "effect"
import { readRunControls } from "../../api/application/RunControls.ts"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SubmitterKind } from "../../api/application/SubmissionOptions.ts"
import type { Problem } from "../../api/Problem.ts"
import { accessWarnings } from "../../spark/access/AccessRules.ts"
import { noChildOptions } from "../../spark/ChildOptions.ts"
import type { BuildOptions } from "../../spark/driver/Build.ts"
import type { HealthDefaults } from "../../spark/health/HealthDefaults.ts"
import { progressWarnings } from "../../spark/health/HealthPlan.ts"
import * as Labels from "../../spark/Labels.ts"
import { inheritedLabels } from "../../spark/pod/InheritedLabels.ts"
import type { BatchScheduling } from "../../spark/scheduler/BatchScheduler.ts"
import { withSubmitterOf } from "../../spark/submit/Submitter.ts"
import type { Desired, Situation } from "../lifecycle/Situation.ts"
import { runSpecHash } from "../RunSpec.ts"
import { type ValidApplication, validate } from "../Validate.ts"

/** The settings of the operator that shape or judge a spec. */
export interface SpecRules {
  readonly buildOptions: BuildOptions
  /** The submitter of applications that name none. */
  readonly submitter: SubmitterKind
  readonly batchScheduling: BatchScheduling
  /** Default and templates of health checks, as they are now; the same object while they stay the same. */
  readonly healthDefaults: () => HealthDefaults
  /** Whether the progress of drivers is read. */
  readonly followsProgress: boolean
}

export interface ReadSpec extends Pick<
  Situation,
  "desired" | "problems" | "warnings" | "submitter" | "inheritedLabels" | "runSpecHash"
> {
  /** Undefined when there are problems: nothing can be submitted then. */
  readonly valid: ValidApplication | undefined
}

/**
 * A function that reads specs. Its result is cached as long as the spec and the labels (caches replace objects and never change them), the
 * submitter annotation and the operator's health checks stay the same.
 */
export const makeReader = (rules: SpecRules): ((application: SparkApplication) => ReadSpec) => {
  const known = new WeakMap<
    object,
    {
      readonly labels: object | undefined
      readonly submitter: string | undefined
      readonly health: HealthDefaults
      readonly read: ReadSpec
    }
  >()
  return (application) => {
    const { annotations, labels } = application.metadata
    const submitter = annotations?.[Labels.submitterAnnotation]
    const health = rules.healthDefaults()
    const before = known.get(application.spec)
    const same = before?.labels === labels && before?.submitter === submitter && before?.health === health
    if (before && same) return before.read
    const read = readSpec(application, rules)
    known.set(application.spec, { labels, submitter, health, read })
    return read
  }
}

const readSpec = (application: SparkApplication, rules: SpecRules): ReadSpec => {
  const { batchScheduling, submitter, buildOptions, healthDefaults, followsProgress } = rules
  const validated = validate(application, {
    scheduling: batchScheduling,
    submitter,
    healthDefaults: healthDefaults(),
  })
  const hash = runSpecHash(withSubmitterOf(application))
  if (Result.isFailure(validated)) {
    const problems: ReadonlyArray<Problem> = validated.failure
    return {
      valid: undefined,
      problems,
      warnings: [],
      submitter: undefined,
      inheritedLabels: { driver: {}, executor: {} },
      desired: desiredOf(application, undefined),
      runSpecHash: hash,
    }
  }
  const valid = validated.success
  return {
    valid,
    problems: [],
    warnings: [
      ...valid.warnings,
      ...(followsProgress
        ? []
        : progressWarnings(application, "the operator does not read the progress of drivers (--spark-ui-access=off)")),
      ...accessWarnings(valid.workload, buildOptions.children ?? noChildOptions, valid.submitter.by),
    ],
    submitter: valid.submitter,
    inheritedLabels: inheritedLabels(valid.conf),
    desired: desiredOf(application, valid),
    runSpecHash: hash,
  }
}

/** Of a spec with problems only these controls count; a run that is active meanwhile continues, and is not retried. */
const desiredOf = ({ spec }: SparkApplication, valid: ValidApplication | undefined): Desired => ({
  ...readRunControls(spec),
  restartPolicy: valid ? (spec.restartPolicy ?? {}) : { type: "Never" },
  watchdog: valid?.health.watchdog,
  heartbeat: valid?.health.heartbeat,
  initialExecutors: valid?.initialExecutors,
})
