/** From a SparkApplication as read from the API to one that can be submitted, or to everything that is wrong with it. */

import { Result } from "effect"
import { readSparkApplication } from "../api/application/Decode.ts"
import { withDefaults } from "../api/application/Defaults.ts"
import { fieldAsWritten } from "../api/application/PodTemplateAlias.ts"
import type { SparkApplication } from "../api/application/SparkApplication.ts"
import type { Problem } from "../api/Problem.ts"
import { checkWorkload, type Valid, type ValidationSettings } from "../spark/Validate.ts"
import { specProblems, specWarnings } from "./SpecRules.ts"
import { workloadOf } from "./Workload.ts"

/** An application that can be submitted. */
export interface ValidApplication extends Valid {
  /** Defaults applied. */
  readonly application: SparkApplication
}

/**
 * Decodes, fills in defaults and checks everything that a submission relies on; see `checkWorkload`. On failure every problem found, each
 * with its field and the remedy. Pure; costs about one build.
 */
export const validate = (
  resource: unknown,
  settings: ValidationSettings,
): Result.Result<ValidApplication, ReadonlyArray<Problem>> => {
  const { application: read, problems } = readSparkApplication(resource)
  if (read === undefined) return Result.fail(problems)
  const application = { ...read, spec: withDefaults(read.spec) }
  const { spec } = application
  const own = specProblems(spec).filter(({ field }) => problems.every((problem) => problem.field !== field))
  const fieldOf = fieldAsWritten(read.spec)
  const asWritten = (found: ReadonlyArray<Problem>) => found.map((one) => ({ ...one, field: fieldOf(one.field) }))
  return Result.mapBoth(checkWorkload(workloadOf(application), settings, [...problems, ...own]), {
    onFailure: asWritten,
    onSuccess: (valid) => ({
      ...valid,
      warnings: asWritten([...specWarnings(application), ...valid.warnings]),
      submitter:
        valid.submitter.by === "job"
          ? { ...valid.submitter, reasons: asWritten(valid.submitter.reasons) }
          : valid.submitter,
      application,
    }),
  })
}
